//! How maps are cut into tiles, and where both lie among the numbers.
//!
//! A tile is 4×4 outputs of a convolution (2×2 after the pool), computed from 6×6 inputs. Maps are
//! `[pictures, side, side, channels]`; all tiles are `[36, tiles, channels]`, a place's number being
//! 6 · column + row.

use super::{
    pooled,
    transforms::{OUTPUTS, TILE},
};

/// Places of a transformed tile.
pub const PLACES: usize = TILE * TILE;

/// How the maps of a batch are cut into tiles.
#[derive(Clone, Copy, Debug)]
pub struct Tiling {
    /// Pictures.
    pub pictures: usize,
    /// Side of the maps that the convolution reads, at least 4.
    pub side: usize,
}

impl Tiling {
    /// How maps of this side were cut when that made `tiles` tiles.
    pub fn of_tiles(tiles: usize, side: usize) -> Self {
        Self { pictures: tiles / Self { pictures: 1, side }.tiles(), side }
    }

    fn across(self) -> usize {
        pooled(self.side).div_ceil(2)
    }

    /// Tiles of all pictures.
    pub fn tiles(self) -> usize {
        self.pictures * self.across().pow(2)
    }

    /// What each tile reads of maps with this many channels: (number of the tile, area).
    pub fn inputs(self, channels: usize) -> impl Iterator<Item = (usize, Area)> {
        self.areas(self.side, OUTPUTS, TILE, channels)
    }

    /// What each tile gives of the pooled maps.
    pub fn outputs(self, channels: usize) -> impl Iterator<Item = (usize, Area)> {
        self.areas(pooled(self.side), OUTPUTS / 2, OUTPUTS / 2, channels)
    }

    fn areas(self, side: usize, step: usize, length: usize, channels: usize) -> impl Iterator<Item = (usize, Area)> {
        let across = self.across();
        (0..self.tiles()).map(move |tile| {
            let (picture, place) = (tile / across.pow(2), tile % across.pow(2));
            let (top, left) = (place / across * step, place % across * step);
            let origin = ((picture * side + top) * side + left) * channels;
            let area = Area {
                origin,
                right: channels,
                down: side * channels,
                rows: length.min(side - top),
                columns: length.min(side - left),
            };
            (tile, area)
        })
    }
}

/// A part of a map: where it begins among the numbers, and how far it goes before the map ends.
#[derive(Clone, Copy)]
pub struct Area {
    /// Its first number.
    pub origin: usize,
    /// From a place to the one on its right.
    pub right: usize,
    /// From a place to the one below.
    pub down: usize,
    /// Rows before the map ends.
    pub rows: usize,
    /// Columns before the map ends.
    pub columns: usize,
}

impl Area {
    /// The first channel of a place.
    #[inline(always)]
    pub fn at(&self, column: usize, row: usize) -> usize {
        self.origin + column * self.right + row * self.down
    }
}

/// Where a tile lies among all tiles.
#[derive(Clone, Copy)]
pub struct Tile {
    first: usize,
    /// From one place of it to the next.
    stride: usize,
}

impl Tile {
    /// Tile `number` of so many.
    pub fn new(number: usize, tiles: usize, channels: usize) -> Self {
        Self { first: number * channels, stride: tiles * channels }
    }

    /// The first channel of a place.
    #[inline(always)]
    pub fn at(&self, column: usize, row: usize) -> usize {
        self.first + (TILE * column + row) * self.stride
    }
}
