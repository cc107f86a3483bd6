//! Gradient descent with momentum.

use super::optimizer::{Memory, without_denormals};

/// Keras' `SGD(momentum=0.9)`: `v ← 0.9 · v − rate · g`, `w ← w + v`.
pub struct Sgd {
    rate: f32,
    velocities: Vec<Vec<f32>>,
}

const MOMENTUM: f32 = 0.9;

impl Sgd {
    /// For parameters with these numbers of weights.
    pub fn new(counts: impl Iterator<Item = usize>) -> Self {
        Self { rate: 0.0, velocities: counts.map(|count| vec![0.0; count]).collect() }
    }

    /// The velocities.
    pub fn state(&self) -> Vec<&[f32]> {
        self.velocities.iter().map(Vec::as_slice).collect()
    }

    /// Goes on from a [`state`](Self::state).
    pub fn restore(&mut self, values: &[Vec<f32>]) {
        self.velocities.iter_mut().zip(values).for_each(|(velocity, value)| velocity.copy_from_slice(value));
    }

    /// Begins the next step.
    pub fn begin_step(&mut self, rate: f64) {
        self.rate = rate as f32;
    }

    /// What is remembered of parameter `index`, in runs of `length` weights, to change them by `factor` times the step
    /// size.
    pub fn memories(&mut self, index: usize, length: usize, factor: f32) -> Vec<Box<dyn Memory + '_>> {
        let rate = self.rate * factor;
        let runs = self.velocities[index].chunks_mut(length);
        runs.map(|velocities| Box::new(Run { rate, velocities }) as Box<dyn Memory>).collect()
    }
}

/// Velocities of weights that follow each other.
struct Run<'a> {
    rate: f32,
    velocities: &'a mut [f32],
}

impl Memory for Run<'_> {
    fn update(&mut self, start: usize, weights: &mut [f32], gradients: &[f32]) {
        let velocities = &mut self.velocities[start..][..weights.len()];
        for ((weight, velocity), &gradient) in weights.iter_mut().zip(velocities).zip(gradients) {
            *velocity = without_denormals(MOMENTUM * *velocity - self.rate * gradient);
            *weight += *velocity;
        }
    }
}
