//! Winograd's transforms between maps and tiles, with the pool folded in: see [`super::tiling`] for their shapes.

use pulp::{Simd, WithSimd};

use super::{
    lanes::{Lanewise, add_to, each_vector, load, store},
    pool::{passed, pooled, routed},
    tiling::{Area, Tile, Tiling},
    transforms::{self, OUTPUTS, TILE, both_axes},
};

/// Maps to transformed tiles: `Bᵀ d B`.
pub struct Input<'a> {
    /// How the maps are cut.
    pub tiling: Tiling,
    /// Channels of maps and tiles.
    pub channels: usize,
    /// `[pictures, side, side, channels]`
    pub maps: &'a [f32],
    /// Is written: `[36, tiles, channels]`.
    pub tiles: &'a mut [f32],
}

impl WithSimd for Input<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for (number, area) in self.tiling.inputs(self.channels) {
            let tile = Tile::new(number, self.tiling.tiles(), self.channels);
            each_vector(simd, self.channels, &mut InputTile { maps: self.maps, area, tiles: self.tiles, tile });
        }
    }
}

struct InputTile<'a> {
    maps: &'a [f32],
    area: Area,
    tiles: &'a mut [f32],
    tile: Tile,
}

impl Lanewise for InputTile<'_> {
    #[inline(always)]
    fn at<S: Simd>(&mut self, simd: S, channel: usize) {
        let Area { rows, columns, .. } = self.area;
        let mut square = [[simd.splat_f32s(0.0); TILE]; TILE];
        for (column, places) in square.iter_mut().enumerate() {
            for (row, place) in places.iter_mut().enumerate() {
                // What lies beyond the map only reaches outputs that no pool reads.
                let at = self.area.at(column.min(columns - 1), row.min(rows - 1));
                *place = load::<S>(self.maps, at + channel);
            }
        }
        let transformed = both_axes::<transforms::Input, S, _, _>(simd, square);
        store_tile::<S>(self.tiles, self.tile, channel, transformed);
    }
}

/// The gradient of transformed tiles to that of the maps: the transpose of [`Input`].
pub struct InputGradient<'a> {
    /// How the maps are cut.
    pub tiling: Tiling,
    /// Channels of maps and tiles.
    pub channels: usize,
    /// `[36, tiles, channels]`
    pub tiles: &'a [f32],
    /// Is added to: `[pictures, side, side, channels]`.
    pub maps: &'a mut [f32],
}

impl WithSimd for InputGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for (number, area) in self.tiling.inputs(self.channels) {
            let tile = Tile::new(number, self.tiling.tiles(), self.channels);
            let mut work = InputGradientTile { tiles: self.tiles, tile, maps: self.maps, area };
            each_vector(simd, self.channels, &mut work);
        }
    }
}

struct InputGradientTile<'a> {
    tiles: &'a [f32],
    tile: Tile,
    maps: &'a mut [f32],
    area: Area,
}

impl Lanewise for InputGradientTile<'_> {
    #[inline(always)]
    fn at<S: Simd>(&mut self, simd: S, channel: usize) {
        let gradient =
            both_axes::<transforms::InputGradient, S, _, _>(simd, load_tile::<S>(simd, self.tiles, self.tile, channel));
        for (column, places) in gradient.iter().enumerate().take(self.area.columns) {
            for (row, value) in places.iter().enumerate().take(self.area.rows) {
                add_to(simd, self.maps, self.area.at(column, row) + channel, *value);
            }
        }
    }
}

/// Products to pooled maps: `Aᵀ m A`, then pool, bias and ReLU.
pub struct Output<'a> {
    /// How the maps that the convolution read were cut.
    pub tiling: Tiling,
    /// Filters: channels of the products and of the pooled maps.
    pub filters: usize,
    /// `[36, tiles, filters]`
    pub products: &'a [f32],
    /// `[filters]`
    pub bias: &'a [f32],
    /// Is written: `[pictures, pooled, pooled, filters]`.
    pub maps: &'a mut [f32],
    /// Is written, in the shape of the maps: what each pool chose.
    pub choices: &'a mut [f32],
}

impl WithSimd for Output<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { products, bias, maps, choices, .. } = self;
        for (number, area) in self.tiling.outputs(self.filters) {
            let tile = Tile::new(number, self.tiling.tiles(), self.filters);
            each_vector(simd, self.filters, &mut OutputTile { products, tile, bias, maps, choices, area });
        }
    }
}

struct OutputTile<'a> {
    products: &'a [f32],
    tile: Tile,
    bias: &'a [f32],
    maps: &'a mut [f32],
    choices: &'a mut [f32],
    area: Area,
}

impl Lanewise for OutputTile<'_> {
    #[inline(always)]
    fn at<S: Simd>(&mut self, simd: S, channel: usize) {
        let outputs =
            both_axes::<transforms::Output, S, _, _>(simd, load_tile::<S>(simd, self.products, self.tile, channel));
        let bias = load::<S>(self.bias, channel);
        for column in 0..self.area.columns {
            let [left, right] = [outputs[2 * column], outputs[2 * column + 1]];
            for row in 0..self.area.rows {
                let (upper, lower) = (2 * row, 2 * row + 1);
                let (value, choice) = pooled(simd, [left[upper], right[upper], left[lower], right[lower]], bias);
                let at = self.area.at(column, row) + channel;
                store::<S>(self.maps, at, value);
                store::<S>(self.choices, at, choice);
            }
        }
    }
}

/// The gradient of pooled maps to that of products and bias: the transpose of [`Output`].
pub struct OutputGradient<'a> {
    /// How the maps that the convolution read were cut.
    pub tiling: Tiling,
    /// Filters.
    pub filters: usize,
    /// `[pictures, pooled, pooled, filters]`
    pub gradient: &'a [f32],
    /// What each pool chose, in the same shape.
    pub choices: &'a [f32],
    /// Is written: `[36, tiles, filters]`.
    pub products: &'a mut [f32],
    /// Is added to: `[filters]`.
    pub bias: &'a mut [f32],
}

impl WithSimd for OutputGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { gradient, choices, products, bias, .. } = self;
        for (number, area) in self.tiling.outputs(self.filters) {
            let tile = Tile::new(number, self.tiling.tiles(), self.filters);
            each_vector(simd, self.filters, &mut OutputGradientTile { gradient, choices, area, products, tile, bias });
        }
    }
}

struct OutputGradientTile<'a> {
    gradient: &'a [f32],
    choices: &'a [f32],
    area: Area,
    products: &'a mut [f32],
    tile: Tile,
    bias: &'a mut [f32],
}

impl Lanewise for OutputGradientTile<'_> {
    #[inline(always)]
    fn at<S: Simd>(&mut self, simd: S, channel: usize) {
        let zero = simd.splat_f32s(0.0);
        let mut outputs = [[zero; OUTPUTS]; OUTPUTS];
        let mut bias = zero;
        for column in 0..self.area.columns {
            for row in 0..self.area.rows {
                let at = self.area.at(column, row) + channel;
                let (gradient, choice) = (load::<S>(self.gradient, at), load::<S>(self.choices, at));
                let [first, second, third, fourth] = routed(simd, gradient, choice);
                bias = simd.add_f32s(bias, passed(simd, gradient, choice));
                (outputs[2 * column][2 * row], outputs[2 * column + 1][2 * row]) = (first, second);
                (outputs[2 * column][2 * row + 1], outputs[2 * column + 1][2 * row + 1]) = (third, fourth);
            }
        }
        add_to(simd, self.bias, channel, bias);
        let gradient = both_axes::<transforms::OutputGradient, S, _, _>(simd, outputs);
        store_tile::<S>(self.products, self.tile, channel, gradient);
    }
}

/// The vectors of a tile's places, by columns.
#[inline(always)]
fn load_tile<S: Simd>(simd: S, tiles: &[f32], tile: Tile, channel: usize) -> [[S::f32s; TILE]; TILE] {
    let mut square = [[simd.splat_f32s(0.0); TILE]; TILE];
    for (column, places) in square.iter_mut().enumerate() {
        for (row, place) in places.iter_mut().enumerate() {
            *place = load::<S>(tiles, tile.at(column, row) + channel);
        }
    }
    square
}

/// Writes the vectors of a tile's places, given by columns.
#[inline(always)]
fn store_tile<S: Simd>(tiles: &mut [f32], tile: Tile, channel: usize, square: [[S::f32s; TILE]; TILE]) {
    for (column, places) in square.into_iter().enumerate() {
        for (row, value) in places.into_iter().enumerate() {
            store::<S>(tiles, tile.at(column, row) + channel, value);
        }
    }
}
