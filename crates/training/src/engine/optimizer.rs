//! The rule that turns gradients into changes of weights.

use bauta_domain::Optimizer as Kind;

use super::{adam::Adam, crew::Crew, sgd::Sgd};
use crate::TrainingError;

/// Weights updated at once: few enough to stay in the processor's first cache.
const BLOCK: usize = 1024;

/// Weights that are worth another thread: waking it and waiting for it takes as long as changing some ten thousand.
const WORTH_A_THREAD: usize = 1 << 16;

/// How one parameter changes in a step beside the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    /// Factor of the step size.
    pub factor: f32,
    /// Factor of the weights before the step: 1 less the decay (Loshchilov and Hutter 2019, "decoupled").
    pub shrink: f32,
}

/// What a rule remembers of weights of one parameter that follow each other.
pub(super) trait Memory: Send {
    /// Changes the weights from place `start` of them on by their gradients.
    fn update(&mut self, start: usize, weights: &mut [f32], gradients: &[f32]);
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

    /// Changes parameter `index` by the sum of `gradients`, taken in their order. How many threads the crew has makes
    /// no difference to the result.
    ///
    /// # Errors
    /// When a thread is lost.
    pub(super) fn update(
        &mut self,
        index: usize,
        weights: &mut [f32],
        gradients: &[&[f32]],
        Change { factor, shrink }: Change,
        crew: &Crew,
    ) -> Result<(), TrainingError> {
        let runs = (weights.len() / WORTH_A_THREAD).clamp(1, crew.threads());
        let length = weights.len().div_ceil(runs);
        let memories = match self {
            Self::Adam(adam) => adam.memories(index, length, factor),
            Self::Sgd(sgd) => sgd.memories(index, length, factor),
        };
        let update = |(run, (weights, memory)): (usize, (&mut [f32], Box<dyn Memory + '_>))| {
            let range = run * length..run * length + weights.len();
            let gradients: Vec<&[f32]> = gradients.iter().map(|gradient| &gradient[range.clone()]).collect();
            update_run(weights, memory, &gradients, shrink);
            Ok(())
        };
        let mut all = weights.chunks_mut(length).zip(memories).enumerate();
        if runs == 1 { all.try_for_each(update) } else { crew.each(all, update).map(drop) }
    }
}

/// Changes weights that follow each other.
fn update_run(weights: &mut [f32], mut memory: Box<dyn Memory + '_>, gradients: &[&[f32]], shrink: f32) {
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
        if shrink < 1.0 {
            weights.iter_mut().for_each(|weight| *weight *= shrink);
        }
        memory.update(start, weights, sum);
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
        let crew = Crew::new(1).unwrap();
        let mut adam = Optimizer::new(Kind::Adam, [3].into_iter());
        let mut weights = [1.0, -2.0, 3.0];
        adam.begin_step(0.1);
        adam.update(0, &mut weights, &[&[0.25, -1.5, 0.0], &[0.25, 0.5, 0.0]], PLAIN, &crew).unwrap();
        close(weights, [0.900_000_6, -1.900_000_3, 3.0]);
        adam.begin_step(0.1);
        adam.update(0, &mut weights, &[&[0.5, 2.0, 1e-3]], PLAIN, &crew).unwrap();
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
        let crew = Crew::new(1).unwrap();
        let mut sgd = Optimizer::new(Kind::Sgd, [3].into_iter());
        let mut weights = [1.0, -2.0, 3.0];
        sgd.begin_step(0.1);
        sgd.update(0, &mut weights, &[&[1.0, 0.0, -1.0]], Change { factor: 2.0, shrink: 0.5 }, &crew).unwrap();
        close(weights, [0.3, -1.0, 1.7]);
    }

    #[test]
    fn the_number_of_threads_makes_no_difference() {
        let count = 5 * WORTH_A_THREAD + 7;
        let numbers =
            |seed: usize| (0..count).map(|at| ((at * 37 + seed) % 101) as f32 / 50.0 - 1.0).collect::<Vec<_>>();
        let (first, second) = (numbers(3), numbers(5));
        for kind in [Kind::Adam, Kind::Sgd] {
            let after = |threads| {
                let crew = Crew::new(threads).unwrap();
                let (mut optimizer, mut weights) = (Optimizer::new(kind, [2, count].into_iter()), numbers(1));
                for rate in [0.1, 0.01] {
                    optimizer.begin_step(rate);
                    let change = Change { factor: 2.0, shrink: 0.9 };
                    optimizer.update(1, &mut weights, &[&first, &second], change, &crew).unwrap();
                }
                weights
            };
            assert_ne!(after(1), numbers(1), "{kind:?}");
            assert_eq!(after(3), after(1), "{kind:?}");
        }
    }

    #[test]
    fn gradient_descent_keeps_nine_tenths_of_its_speed() {
        let crew = Crew::new(1).unwrap();
        let mut sgd = Optimizer::new(Kind::Sgd, [3].into_iter());
        let mut weights = [1.0, -2.0, 3.0];
        sgd.begin_step(0.1);
        sgd.update(0, &mut weights, &[&[1.0, 0.0, -1.0]], PLAIN, &crew).unwrap();
        close(weights, [0.9, -2.0, 3.1]);
        sgd.begin_step(0.2);
        sgd.update(0, &mut weights, &[&[1.0, 1.0, 0.0]], PLAIN, &crew).unwrap();
        close(weights, [0.9 - 0.09 - 0.2, -2.2, 3.1 + 0.09]);
    }
}
