//! The rule that turns gradients into changes of weights.

use bauta_domain::Optimizer as Kind;

use super::{adam::Adam, sgd::Sgd};

/// Weights updated at once: few enough to stay in the processor's first cache.
const BLOCK: usize = 1024;

/// How one parameter changes in a step beside the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    /// Factor of the step size.
    pub factor: f32,
    /// Factor of the weights before the step: 1 less the decay (Loshchilov and Hutter 2019, "decoupled").
    pub shrink: f32,
}

pub(super) enum Optimizer {
    Adam(Adam),
    Sgd(Sgd),
}

impl Optimizer {
    /// For parameters with these numbers of weights.
    pub(super) fn new(kind: Kind, counts: impl Iterator<Item = usize>) -> Self {
        match kind {
            Kind::Adam => Self::Adam(Adam::new(counts)),
            Kind::Sgd => Self::Sgd(Sgd::new(counts)),
        }
    }

    /// Steps so far (where the rule counts them), and what it remembers of each parameter.
    pub(super) fn state(&self) -> (i32, Vec<&[f32]>) {
        match self {
            Self::Adam(adam) => adam.state(),
            Self::Sgd(sgd) => (0, sgd.state()),
        }
    }

    /// Goes on from a [`state`](Self::state) of the same rule and parameters.
    pub(super) fn restore(&mut self, steps: i32, values: &[Vec<f32>]) {
        match self {
            Self::Adam(adam) => adam.restore(steps, values),
            Self::Sgd(sgd) => sgd.restore(values),
        }
    }

    /// Begins the next step with this step size; [`update`](Self::update) follows for each parameter.
    pub(super) fn begin_step(&mut self, rate: f64) {
        match self {
            Self::Adam(adam) => adam.begin_step(rate),
            Self::Sgd(sgd) => sgd.begin_step(rate),
        }
    }

    /// Changes parameter `index` by the sum of `gradients`, taken in their order.
    pub(super) fn update(&mut self, index: usize, weights: &mut [f32], gradients: &[&[f32]], change: Change) {
        let (first, others) = gradients.split_first().expect("there is at least one worker");
        let mut sum = [0.0; BLOCK];
        for (block, weights) in weights.chunks_mut(BLOCK).enumerate() {
            let start = block * BLOCK;
            let range = start..start + weights.len();
            let sum = &mut sum[..weights.len()];
            sum.copy_from_slice(&first[range.clone()]);
            for other in others {
                sum.iter_mut().zip(&other[range.clone()]).for_each(|(sum, gradient)| *sum += gradient);
            }
            if change.shrink < 1.0 {
                weights.iter_mut().for_each(|weight| *weight *= change.shrink);
            }
            match self {
                Self::Adam(adam) => adam.update((index, start), weights, sum, change.factor),
                Self::Sgd(sgd) => sgd.update((index, start), weights, sum, change.factor),
            }
        }
    }
}

/// Moments of weights that stopped learning fade towards zero; the processor computes with the tiniest
/// of numbers a hundred times slower.
pub(super) fn without_denormals(value: f32) -> f32 {
    if value.abs() < f32::MIN_POSITIVE { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Change = Change { factor: 1.0, shrink: 1.0 };

    fn close(found: [f32; 3], expected: [f32; 3]) {
        found.iter().zip(expected).for_each(|(f, e)| assert!((f - e).abs() < 1e-5, "{found:?} {expected:?}"));
    }

    #[test]
    fn steps_of_adam_are_those_of_keras() {
        // keras.optimizers.Adam(0.1) on w = [1, -2, 3] with gradients [0.5, -1, 0], then [0.5, 2, 1e-3].
        let mut adam = Optimizer::new(Kind::Adam, [3].into_iter());
        let mut weights = [1.0, -2.0, 3.0];
        adam.begin_step(0.1);
        adam.update(0, &mut weights, &[&[0.25, -1.5, 0.0], &[0.25, 0.5, 0.0]], PLAIN);
        close(weights, [0.900_000_6, -1.900_000_3, 3.0]);
        adam.begin_step(0.1);
        adam.update(0, &mut weights, &[&[0.5, 2.0, 1e-3]], PLAIN);
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

    #[test]
    fn decay_shrinks_weights_before_their_step() {
        let mut sgd = Optimizer::new(Kind::Sgd, [3].into_iter());
        let mut weights = [1.0, -2.0, 3.0];
        sgd.begin_step(0.1);
        sgd.update(0, &mut weights, &[&[1.0, 0.0, -1.0]], Change { factor: 2.0, shrink: 0.5 });
        close(weights, [0.3, -1.0, 1.7]);
    }

    #[test]
    fn gradient_descent_keeps_nine_tenths_of_its_speed() {
        let mut sgd = Optimizer::new(Kind::Sgd, [3].into_iter());
        let mut weights = [1.0, -2.0, 3.0];
        sgd.begin_step(0.1);
        sgd.update(0, &mut weights, &[&[1.0, 0.0, -1.0]], PLAIN);
        close(weights, [0.9, -2.0, 3.1]);
        sgd.begin_step(0.2);
        sgd.update(0, &mut weights, &[&[1.0, 1.0, 0.0]], PLAIN);
        close(weights, [0.9 - 0.09 - 0.2, -2.2, 3.1 + 0.09]);
    }
}
