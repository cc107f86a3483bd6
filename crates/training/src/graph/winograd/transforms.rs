//! The matrices of F(4×4, 3×3): `Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A` (Lavin and Gray 2015, section 4.1).

/// Places of a transformed tile along one axis.
pub const TILE: usize = 6;

/// Bᵀ: from 6 inputs to the tile.
pub const INPUT: [[f32; 6]; TILE] = [
    [4.0, 0.0, -5.0, 0.0, 1.0, 0.0],
    [0.0, -4.0, -4.0, 1.0, 1.0, 0.0],
    [0.0, 4.0, -4.0, -1.0, 1.0, 0.0],
    [0.0, -2.0, -1.0, 2.0, 1.0, 0.0],
    [0.0, 2.0, -1.0, -2.0, 1.0, 0.0],
    [0.0, 4.0, 0.0, -5.0, 0.0, 1.0],
];

/// G: from 3 weights to the tile.
const KERNEL: [[f64; 3]; TILE] = [
    [1.0 / 4.0, 0.0, 0.0],
    [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
    [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
    [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
    [0.0, 0.0, 1.0],
];

/// Aᵀ: from the tile to 4 outputs. They are ordered for pooling: the first places of both pool windows,
/// then the second ones, so that a maximum of halves is the pool.
pub const OUTPUT: [[f32; TILE]; 4] = [
    [1.0, 1.0, 1.0, 1.0, 1.0, 0.0],
    [0.0, 1.0, 1.0, 4.0, 4.0, 0.0],
    [0.0, 1.0, -1.0, 2.0, -2.0, 0.0],
    [0.0, 1.0, -1.0, 8.0, -8.0, 1.0],
];

/// Both axes of G at once: `[36, 9]`. Rows are (column, row) of the tile, columns (row, column) of the kernel.
pub fn kernel_both_axes() -> Vec<f32> {
    let mut matrix = Vec::with_capacity(TILE * TILE * 9);
    for by_column in KERNEL {
        for by_row in KERNEL {
            let row = |place: usize| by_row[place / 3] * by_column[place % 3];
            matrix.extend((0..9).map(|place| row(place) as f32));
        }
    }
    matrix
}

/// A matrix turned round, row by row.
pub fn transposed(matrix: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| matrix.iter().skip(column).step_by(columns).copied()).collect()
}
