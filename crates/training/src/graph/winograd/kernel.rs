//! The transform of the kernels in F(4×4, 3×3), `G g Gᵀ`, as one matrix (Lavin and Gray 2015, section 4.1).

/// G: from 3 weights to the tile.
const KERNEL: [[f64; 3]; 6] = [
    [1.0 / 4.0, 0.0, 0.0],
    [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
    [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
    [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
    [0.0, 0.0, 1.0],
];

/// Both axes of G at once: `[36, 9]`. Rows are (column, row) of the tile, columns (row, column) of the kernel.
pub fn kernel_both_axes() -> Vec<f32> {
    let mut matrix = Vec::with_capacity(36 * 9);
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
