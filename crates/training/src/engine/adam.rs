//! The optimiser.

/// Adam as Keras computes it (Kingma and Ba 2015, in the form before their section 2.1):
/// `w ← w − rate · √(1 − β₂ᵗ) ÷ (1 − β₁ᵗ) · m ÷ (√v + ε)` with ε = 10⁻⁷.
pub struct Adam {
    learning_rate: f64,
    steps: i32,
    /// This step's factor of `m ÷ (√v + ε)`.
    rate: f32,
    moments: Vec<Moments>,
}

/// Running means of a parameter's gradients and of their squares.
struct Moments {
    mean: Vec<f32>,
    square: Vec<f32>,
}

const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.999;
const EPSILON: f32 = 1e-7;
/// Weights updated at once: few enough to stay in the processor's first cache.
const BLOCK: usize = 1024;

impl Adam {
    /// For parameters with these numbers of weights.
    pub fn new(learning_rate: f64, counts: impl Iterator<Item = usize>) -> Self {
        let moments = counts.map(|count| Moments { mean: vec![0.0; count], square: vec![0.0; count] }).collect();
        Self { learning_rate, steps: 0, rate: 0.0, moments }
    }

    /// Begins the next step; [`update`](Self::update) follows for each parameter.
    pub fn begin_step(&mut self) {
        self.steps = self.steps.saturating_add(1);
        let correction = |beta: f32| 1.0 - f64::from(beta).powi(self.steps);
        self.rate = (self.learning_rate * correction(BETA_2).sqrt() / correction(BETA_1)) as f32;
    }

    /// Changes parameter `index` by the sum of `gradients`, taken in their order.
    pub fn update(&mut self, index: usize, weights: &mut [f32], gradients: &[&[f32]]) {
        let (first, others) = gradients.split_first().expect("there is at least one worker");
        let Moments { mean, square } = &mut self.moments[index];
        let mut sum = [0.0; BLOCK];
        let moments = mean.chunks_mut(BLOCK).zip(square.chunks_mut(BLOCK));
        for (block, (weights, (mean, square))) in weights.chunks_mut(BLOCK).zip(moments).enumerate() {
            let range = block * BLOCK..block * BLOCK + weights.len();
            let sum = &mut sum[..weights.len()];
            sum.copy_from_slice(&first[range.clone()]);
            for other in others {
                sum.iter_mut().zip(&other[range.clone()]).for_each(|(sum, gradient)| *sum += gradient);
            }
            update_block(weights, mean, square, sum, self.rate);
        }
    }
}

fn update_block(weights: &mut [f32], mean: &mut [f32], square: &mut [f32], gradients: &[f32], rate: f32) {
    let moments = mean.iter_mut().zip(square);
    for ((weight, (mean, square)), &gradient) in weights.iter_mut().zip(moments).zip(gradients) {
        *mean = without_denormals(*mean + (gradient - *mean) * (1.0 - BETA_1));
        *square = without_denormals(*square + (gradient * gradient - *square) * (1.0 - BETA_2));
        *weight -= rate * *mean / (square.sqrt() + EPSILON);
    }
}

/// Moments of weights that stopped learning fade towards zero; the processor computes with the tiniest
/// of numbers a hundred times slower.
fn without_denormals(value: f32) -> f32 {
    if value.abs() < f32::MIN_POSITIVE { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_those_of_keras() {
        // keras.optimizers.Adam(0.1) on w = [1, -2, 3] with gradients [0.5, -1, 0], then [0.5, 2, 1e-3].
        let mut adam = Adam::new(0.1, [3].into_iter());
        let mut weights = [1.0, -2.0, 3.0];
        adam.begin_step();
        adam.update(0, &mut weights, &[&[0.25, -1.5, 0.0], &[0.25, 0.5, 0.0]]);
        let close = |found: [f32; 3], expected: [f32; 3]| {
            found.iter().zip(expected).for_each(|(f, e)| assert!((f - e).abs() < 1e-5, "{found:?} {expected:?}"));
        };
        close(weights, [0.900_000_6, -1.900_000_3, 3.0]);
        adam.begin_step();
        adam.update(0, &mut weights, &[&[0.5, 2.0, 1e-3]]);
        close(weights, expected_after_two_steps());
    }

    /// The same formula in double precision, written as the paper gives it.
    fn expected_after_two_steps() -> [f32; 3] {
        let run = |start: f64, gradients: [f64; 2]| {
            let (mut w, mut m, mut v) = (start, 0.0, 0.0);
            for (step, g) in gradients.into_iter().enumerate() {
                let t = step as i32 + 1;
                m = 0.9 * m + 0.1 * g;
                v = 0.999 * v + 0.001 * g * g;
                w -= 0.1 * (1.0 - 0.999_f64.powi(t)).sqrt() / (1.0 - 0.9_f64.powi(t)) * m / (v.sqrt() + 1e-7);
            }
            w as f32
        };
        [run(1.0, [0.5, 0.5]), run(-2.0, [-1.0, 2.0]), run(3.0, [0.0, 1e-3])]
    }
}
