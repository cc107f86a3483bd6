//! The program's own operators in a graph: see [`crate::kernels`] for what they compute.

use super::builder::{GraphBuilder, Setting, Value};
use crate::kernels::{self, Kernel, PLACES, TAPS};

/// Maps after a pool with bias and ReLU, `[pictures, side, side, filters]`.
pub struct Pooled {
    /// The maps.
    pub maps: Value,
    /// What each pool chose, in the same shape; only for the gradient.
    pub choices: Value,
}

impl GraphBuilder {
    /// 3×3 convolution, 2×2 pool, bias and ReLU of pixels `[pictures, side, side, 3]` by kernels
    /// `[27, filters]`: rows, columns, colours.
    pub fn stem(&mut self, pixels: &Value, kernels: &Value, bias: &Value) -> Pooled {
        let ([pictures, side, _, _], [taps, filters], [biases]) = (pixels.dims(), kernels.dims(), bias.dims());
        assert!((taps, biases) == (TAPS as i64, filters), "kernels {:?}, bias {:?}", kernels.shape, bias.shape);
        let shape = vec![pictures, pooled(side), pooled(side), filters];
        let [maps, choices] = self.own(Kernel::Stem, &[pixels, kernels, bias], None, [shape.clone(), shape]);
        Pooled { maps, choices }
    }

    /// The gradients of kernels and bias from that of the maps.
    pub fn stem_gradient(&mut self, pixels: &Value, gradient: &Value, choices: &Value) -> [Value; 2] {
        assert_eq!(gradient.shape, choices.shape, "a gradient and its choices");
        let [_, _, _, filters] = gradient.dims();
        let shapes = [vec![TAPS as i64, filters], vec![filters]];
        self.own(Kernel::StemGradient, &[pixels, gradient, choices], None, shapes)
    }

    /// Maps `[pictures, side, side, channels]` as transformed tiles `[36, tiles, channels]`.
    pub fn tiles_of_maps(&mut self, maps: &Value) -> Value {
        let [pictures, side, _, channels] = maps.dims();
        let shape = vec![PLACES as i64, tiles(pictures, side), channels];
        let [tiles] = self.own(Kernel::TilesOfMaps, &[maps], None, [shape]);
        tiles
    }

    /// The gradient of maps of this side from that of their tiles.
    pub fn maps_of_tiles(&mut self, by_tiles: &Value, side: i64) -> Value {
        let [_, count, channels] = by_tiles.dims();
        let shape = vec![count / tiles(1, side), side, side, channels];
        let [maps] = self.own(Kernel::MapsOfTiles, &[by_tiles], Some(side), [shape]);
        maps
    }

    /// Products `[36, tiles, filters]` back as maps, after pool, bias and ReLU. `side` is that of the maps that
    /// the convolution read.
    pub fn products_pooled(&mut self, products: &Value, bias: &Value, side: i64) -> Pooled {
        let ([_, count, filters], [biases]) = (products.dims(), bias.dims());
        assert_eq!(biases, filters, "products {:?}, bias {:?}", products.shape, bias.shape);
        let shape = vec![count / tiles(1, side), pooled(side), pooled(side), filters];
        let [maps, choices] = self.own(Kernel::Pooled, &[products, bias], Some(side), [shape.clone(), shape]);
        Pooled { maps, choices }
    }

    /// The gradients of products and bias from that of the maps.
    pub fn products_pooled_gradient(&mut self, gradient: &Value, choices: &Value, side: i64) -> [Value; 2] {
        assert_eq!(gradient.shape, choices.shape, "a gradient and its choices");
        let [pictures, _, _, filters] = gradient.dims();
        let shapes = [vec![PLACES as i64, tiles(pictures, side), filters], vec![filters]];
        self.own(Kernel::PooledGradient, &[gradient, choices], Some(side), shapes)
    }

    fn own<const N: usize>(
        &mut self,
        kernel: Kernel,
        inputs: &[&Value],
        side: Option<i64>,
        shapes: [Vec<i64>; N],
    ) -> [Value; N] {
        let values = shapes.map(|shape| Value { name: self.fresh(kernel.name()), shape });
        let inputs: Vec<&str> = inputs.iter().map(|value| value.name.as_str()).collect();
        let outputs: Vec<String> = values.iter().map(|value| value.name.clone()).collect();
        let settings: Vec<Setting<'_>> = side.map(|side| Setting::Int(Kernel::SIDE, side)).into_iter().collect();
        self.push(kernels::DOMAIN, kernel.name(), &inputs, &outputs, &settings);
        values
    }
}

fn pooled(side: i64) -> i64 {
    kernels::pooled(side as usize) as i64
}

fn tiles(pictures: i64, side: i64) -> i64 {
    kernels::tiles(pictures as usize, side as usize) as i64
}
