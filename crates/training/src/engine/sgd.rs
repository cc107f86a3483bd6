//! Gradient descent with momentum.

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

    /// Changes a part of parameter `index`, from weight `start` on, by `factor` times the step size.
    pub fn update(&mut self, (index, start): (usize, usize), weights: &mut [f32], gradients: &[f32], factor: f32) {
        let rate = self.rate * factor;
        let velocities = &mut self.velocities[index][start..][..weights.len()];
        for ((weight, velocity), &gradient) in weights.iter_mut().zip(velocities).zip(gradients) {
            *velocity = super::optimizer::without_denormals(MOMENTUM * *velocity - rate * gradient);
            *weight += *velocity;
        }
    }
}
