//! Adam.

use super::optimizer::{Memory, without_denormals};

/// Adam as Keras computes it (Kingma and Ba 2015, in the form before their section 2.1):
/// `w ← w − rate · √(1 − β₂ᵗ) ÷ (1 − β₁ᵗ) · m ÷ (√v + ε)` with ε = 10⁻⁷.
pub struct Adam {
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

impl Adam {
    /// For parameters with these numbers of weights.
    pub fn new(counts: impl Iterator<Item = usize>) -> Self {
        let moments = counts.map(|count| Moments { mean: vec![0.0; count], square: vec![0.0; count] }).collect();
        Self { steps: 0, rate: 0.0, moments }
    }

    /// Steps so far, and the moments: all means, then all squares.
    pub fn state(&self) -> (i32, Vec<&[f32]>) {
        let means = self.moments.iter().map(|moments| moments.mean.as_slice());
        (self.steps, means.chain(self.moments.iter().map(|moments| moments.square.as_slice())).collect())
    }

    /// Goes on from a [`state`](Self::state).
    pub fn restore(&mut self, steps: i32, values: &[Vec<f32>]) {
        self.steps = steps;
        let (means, squares) = values.split_at(self.moments.len());
        for (moments, (mean, square)) in self.moments.iter_mut().zip(means.iter().zip(squares)) {
            moments.mean.copy_from_slice(mean);
            moments.square.copy_from_slice(square);
        }
    }

    /// Begins the next step.
    pub fn begin_step(&mut self, rate: f64) {
        self.steps = self.steps.saturating_add(1);
        let correction = |beta: f32| 1.0 - f64::from(beta).powi(self.steps);
        self.rate = (rate * correction(BETA_2).sqrt() / correction(BETA_1)) as f32;
    }

    /// What is remembered of parameter `index`, in runs of `length` weights, to change them by `factor` times the step
    /// size.
    pub fn memories(&mut self, index: usize, length: usize, factor: f32) -> Vec<Box<dyn Memory + '_>> {
        let rate = self.rate * factor;
        let Moments { mean, square } = &mut self.moments[index];
        let runs = mean.chunks_mut(length).zip(square.chunks_mut(length));
        runs.map(|(mean, square)| Box::new(Run { rate, mean, square }) as Box<dyn Memory>).collect()
    }
}

/// Moments of weights that follow each other.
struct Run<'a> {
    rate: f32,
    mean: &'a mut [f32],
    square: &'a mut [f32],
}

impl Memory for Run<'_> {
    fn update(&mut self, start: usize, weights: &mut [f32], gradients: &[f32]) {
        let moments = self.mean[start..].iter_mut().zip(&mut self.square[start..]);
        for ((weight, (mean, square)), &gradient) in weights.iter_mut().zip(moments).zip(gradients) {
            *mean = without_denormals(*mean + (gradient - *mean) * (1.0 - BETA_1));
            *square = without_denormals(*square + (gradient * gradient - *square) * (1.0 - BETA_2));
            *weight -= self.rate * *mean / (square.sqrt() + EPSILON);
        }
    }
}
