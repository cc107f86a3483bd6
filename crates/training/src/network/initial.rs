//! Weights before the first step.

use rand_chacha::ChaCha8Rng;

use super::Parameter;
use crate::random::{Purpose, stream, uniform};

/// Weights as Keras makes them: Glorot's uniform distribution (Glorot and Bengio 2010, formula 16),
/// ± √(6 ÷ (inputs + outputs)) with the 9 places of a 3×3 kernel counted; biases are 0. Each tensor has
/// a random stream of its own, so that it does not depend on the others.
pub fn initial_weights(parameters: &[Parameter], seed: u64) -> Vec<Vec<f32>> {
    let weights = |(index, parameter): (usize, &Parameter)| {
        let Some(limit) = glorot_limit(&parameter.shape) else { return vec![0.0; parameter.count()] };
        let mut random: ChaCha8Rng = stream(seed, Purpose::Weights, 0, index as u64);
        (0..parameter.count()).map(|_| uniform(&mut random, -limit, limit) as f32).collect()
    };
    parameters.iter().enumerate().map(weights).collect()
}

fn glorot_limit(shape: &[usize]) -> Option<f64> {
    let fans = match *shape {
        [filters, channels, height, width] => (filters + channels) * height * width,
        [inputs, units] => inputs + units,
        _ => return None,
    };
    Some((6.0 / fans as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_fill_glorots_range_and_biases_are_zero() {
        let parameter = |name: &str, shape: &[usize]| Parameter { name: name.to_owned(), shape: shape.to_vec() };
        let parameters = [parameter("conv", &[8, 3, 3, 3]), parameter("bias", &[8]), parameter("dense", &[100, 20])];
        let weights = initial_weights(&parameters, 42);
        for (weights, limit) in [(&weights[0], (6.0_f32 / 99.0).sqrt()), (&weights[2], (6.0_f32 / 120.0).sqrt())] {
            let largest = weights.iter().fold(0.0_f32, |top, w| top.max(w.abs()));
            assert!(largest <= limit && largest > 0.9 * limit, "{largest} of {limit}");
            let mean = weights.iter().sum::<f32>() / weights.len() as f32;
            assert!(mean.abs() < 0.15 * limit, "{mean}");
        }
        assert!(weights[1].iter().all(|&w| w == 0.0));
        assert_eq!(weights, initial_weights(&parameters, 42));
        assert_ne!(weights, initial_weights(&parameters, 43));
    }
}
