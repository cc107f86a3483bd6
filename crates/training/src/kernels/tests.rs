//! The kernels against plain loops in double precision, for channels that fill vectors and for some that do not.

use pulp::Arch;

use super::{
    PLACES,
    stem::{Sizes, Stem, StemGradient},
    tiles::{Input, InputGradient, Output, OutputGradient},
    tiling::Tiling,
};
use crate::random::{Purpose, stream, uniform};

/// Lavin and Gray's matrices, section 4.1.
const INPUT: [[f64; 6]; 6] = [
    [4.0, 0.0, -5.0, 0.0, 1.0, 0.0],
    [0.0, -4.0, -4.0, 1.0, 1.0, 0.0],
    [0.0, 4.0, -4.0, -1.0, 1.0, 0.0],
    [0.0, -2.0, -1.0, 2.0, 1.0, 0.0],
    [0.0, 2.0, -1.0, -2.0, 1.0, 0.0],
    [0.0, 4.0, 0.0, -5.0, 0.0, 1.0],
];
const OUTPUT: [[f64; 6]; 4] = [
    [1.0, 1.0, 1.0, 1.0, 1.0, 0.0],
    [0.0, 1.0, -1.0, 2.0, -2.0, 0.0],
    [0.0, 1.0, 1.0, 4.0, 4.0, 0.0],
    [0.0, 1.0, -1.0, 8.0, -8.0, 1.0],
];

fn random(item: u64, count: usize) -> Vec<f32> {
    let mut random = stream(5, Purpose::Weights, 1, item);
    (0..count).map(|_| uniform(&mut random, -1.0, 1.0) as f32).collect()
}

fn close(name: &str, found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{name}");
    let largest = expected.iter().fold(0.0_f64, |top, x| top.max(x.abs()));
    for (at, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        assert!((f64::from(found) - expected).abs() < 1e-5 * largest, "{name}, {at}: {found} {expected}");
    }
}

/// Sizes of maps: one tile with and without all of its rows, several tiles, an odd number of pools.
const SIDES: [usize; 5] = [4, 6, 9, 10, 12];
/// Channels: less than a vector, whole vectors, and some left over.
const CHANNELS: [usize; 3] = [3, 16, 21];

#[test]
fn a_tile_is_the_transformed_square_of_its_inputs() {
    for (side, channels) in SIDES.into_iter().flat_map(|side| CHANNELS.map(|channels| (side, channels))) {
        let tiling = Tiling { pictures: 2, side };
        let maps = random(1, 2 * side * side * channels);
        let mut tiles = vec![0.0; PLACES * tiling.tiles() * channels];
        Arch::new().dispatch(Input { tiling, channels, maps: &maps, tiles: &mut tiles });
        let across = ((side - 2) / 2).div_ceil(2);
        let mut expected = vec![0.0; tiles.len()];
        for_each_place(across, channels, |picture, [top, left], tile, channel| {
            for place in 0..PLACES {
                let mut sum = 0.0;
                for (down, right) in (0..6).flat_map(|down| (0..6).map(move |right| (down, right))) {
                    let (y, x) = ((4 * top + down).min(side - 1), (4 * left + right).min(side - 1));
                    let value = maps[((picture * side + y) * side + x) * channels + channel];
                    sum += INPUT[place % 6][down] * INPUT[place / 6][right] * f64::from(value);
                }
                expected[(place * tiling.tiles() + tile) * channels + channel] = sum;
            }
        });
        close(&format!("side {side}, {channels} channels"), &tiles, &expected);
    }
}

fn for_each_place(across: usize, channels: usize, mut work: impl FnMut(usize, [usize; 2], usize, usize)) {
    for picture in 0..2 {
        for tile in 0..across * across {
            for channel in 0..channels {
                work(picture, [tile / across, tile % across], picture * across * across + tile, channel);
            }
        }
    }
}

#[test]
fn a_pool_gives_the_largest_output_after_bias_and_relu_and_its_gradient_goes_back_there() {
    for (side, filters) in SIDES.into_iter().flat_map(|side| CHANNELS.map(|filters| (side, filters))) {
        let name = format!("side {side}, {filters} filters");
        let tiling = Tiling { pictures: 2, side };
        let (tiles, pooled) = (tiling.tiles(), (side - 2) / 2);
        let across = pooled.div_ceil(2);
        let products = random(2, PLACES * tiles * filters);
        let bias = random(3, filters);
        let length = 2 * pooled * pooled * filters;
        let (mut maps, mut choices) = (vec![0.0; length], vec![0.0; length]);
        let output =
            Output { tiling, filters, products: &products, bias: &bias, maps: &mut maps, choices: &mut choices };
        Arch::new().dispatch(output);
        let gradient = random(4, length);
        let (mut by_products, mut by_bias) = (vec![0.0; products.len()], vec![0.0; filters]);
        let back = OutputGradient {
            tiling,
            filters,
            gradient: &gradient,
            choices: &choices,
            products: &mut by_products,
            bias: &mut by_bias,
        };
        Arch::new().dispatch(back);

        let (mut expected, mut expected_by_products) = (vec![0.0; length], vec![0.0; products.len()]);
        let mut expected_by_bias = vec![0.0; filters];
        for_each_place(across, filters, |picture, [top, left], tile, filter| {
            let product = |place: usize| (place * tiles + tile) * filters + filter;
            for window in 0..4 {
                let (y, x) = (2 * top + window / 2, 2 * left + window % 2);
                if y >= pooled || x >= pooled {
                    continue;
                }
                let weight = |place: usize, at: usize| {
                    OUTPUT[2 * (window / 2) + at / 2][place % 6] * OUTPUT[2 * (window % 2) + at % 2][place / 6]
                };
                let value =
                    |at| (0..PLACES).map(|place| weight(place, at) * f64::from(products[product(place)])).sum::<f64>();
                let largest = (0..4).max_by(|&a, &b| value(a).total_cmp(&value(b))).unwrap();
                let sum = value(largest) + f64::from(bias[filter]);
                let at = ((picture * pooled + y) * pooled + x) * filters + filter;
                if sum > 0.0 {
                    expected[at] = sum;
                    expected_by_bias[filter] += f64::from(gradient[at]);
                    for place in 0..PLACES {
                        expected_by_products[product(place)] += weight(place, largest) * f64::from(gradient[at]);
                    }
                }
            }
        });
        close(&name, &maps, &expected);
        close(&name, &by_products, &expected_by_products);
        close(&name, &by_bias, &expected_by_bias);
    }
}

/// ⟨a, b⟩ in double precision.
fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

#[test]
fn the_way_back_from_tiles_is_the_transpose_of_the_way_there() {
    for (side, channels) in SIDES.into_iter().flat_map(|side| CHANNELS.map(|channels| (side, channels))) {
        let tiling = Tiling { pictures: 2, side };
        // What lies beyond the map is left out on the way back, so whole tiles only.
        if side % 4 != 2 {
            continue;
        }
        let (maps, by_tiles) = (random(1, 2 * side * side * channels), random(2, PLACES * tiling.tiles() * channels));
        let (mut tiles, mut by_maps) = (vec![0.0; by_tiles.len()], vec![0.0; maps.len()]);
        Arch::new().dispatch(Input { tiling, channels, maps: &maps, tiles: &mut tiles });
        Arch::new().dispatch(InputGradient { tiling, channels, tiles: &by_tiles, maps: &mut by_maps });
        let [there, back] = [dot(&tiles, &by_tiles), dot(&maps, &by_maps)];
        assert!((there - back).abs() < 1e-4 * dot(&tiles, &tiles).sqrt(), "side {side}, {channels}: {there} {back}");
    }
}

#[test]
fn the_first_layer_is_a_convolution_with_pool_bias_and_relu() {
    for (side, filters) in SIDES.into_iter().flat_map(|side| [3, 16, 40, 45].map(|filters| (side, filters))) {
        let name = format!("side {side}, {filters} filters");
        let sizes = Sizes { pictures: 2, side, filters };
        let pooled = (side - 2) / 2;
        let (pixels, kernels, bias) = (random(1, 2 * side * side * 3), random(2, 27 * filters), random(3, filters));
        let length = 2 * pooled * pooled * filters;
        let (mut maps, mut choices) = (vec![0.0; length], vec![0.0; length]);
        let stem =
            Stem { sizes, pixels: &pixels, kernels: &kernels, bias: &bias, maps: &mut maps, choices: &mut choices };
        Arch::new().dispatch(stem);
        let gradient = random(4, length);
        let (mut by_kernels, mut by_bias) = (vec![0.0; kernels.len()], vec![0.0; filters]);
        let back = StemGradient {
            sizes,
            pixels: &pixels,
            gradient: &gradient,
            choices: &choices,
            kernels: &mut by_kernels,
            bias: &mut by_bias,
        };
        Arch::new().dispatch(back);

        let mut expected = vec![0.0; length];
        let (mut expected_by_kernels, mut expected_by_bias) = (vec![0.0; kernels.len()], vec![0.0; filters]);
        for at in 0..length {
            let (filter, window) = (at % filters, at / filters);
            let (x, y, picture) = (window % pooled, window / pooled % pooled, window / (pooled * pooled));
            let pixel = |place: usize, tap: usize| {
                let (row, column) = (2 * y + place / 2 + tap / 9, 2 * x + place % 2 + tap / 3 % 3);
                f64::from(pixels[((picture * side + row) * side + column) * 3 + tap % 3])
            };
            let value =
                |place| (0..27).map(|tap| pixel(place, tap) * f64::from(kernels[tap * filters + filter])).sum::<f64>();
            let largest = (0..4).max_by(|&a, &b| value(a).total_cmp(&value(b))).unwrap();
            let sum = value(largest) + f64::from(bias[filter]);
            if sum > 0.0 {
                expected[at] = sum;
                expected_by_bias[filter] += f64::from(gradient[at]);
                for tap in 0..27 {
                    expected_by_kernels[tap * filters + filter] += pixel(largest, tap) * f64::from(gradient[at]);
                }
            }
        }
        close(&name, &maps, &expected);
        close(&name, &by_kernels, &expected_by_kernels);
        close(&name, &by_bias, &expected_by_bias);
    }
}
