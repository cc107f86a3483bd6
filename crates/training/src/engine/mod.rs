//! Runs the graphs: one single-threaded session a worker, gradients summed in a fixed order, Adam.

mod adam;
mod crew;
mod finish;
mod optimizer;
mod prepare;
mod sgd;
mod worker;

use bauta_domain::{Loss, Optimizer as OptimizerKind};
use ort::{environment::Environment, memory::Allocator, value::Tensor};

pub use self::worker::{Evaluated, StepFigures};
pub(crate) use self::worker::{extraction_session, most_likely};
use self::{
    crew::Crew,
    optimizer::{Change, Optimizer},
    prepare::Prepare,
    worker::{Models, Worker},
};
pub use crate::graph::Computation;
use crate::{
    TrainingError,
    graph::{evaluation_graph, in_trunk, training_graphs},
    network::{Layer, NetworkDescription, Parameter, SampleShape, initial_weights},
};

/// Most pictures that go through the plain graph at once. Measured at 180 px: 2, 4 and 8 differ by less
/// than the noise, 1 is 10 % slower.
const MAX_MICRO_BATCH: usize = 4;

/// Places of the first pooled map that go through the fast graph at once: what the caches hold. Measured
/// at 180 px (7,921 places a picture): one picture at a time is fastest.
const PLACES: usize = 8192;

/// Samples that go at once through a network whose layers are single products: wide ones are fastest.
const PRODUCTS_MICRO_BATCH: usize = 16;

/// Feature vectors that go at once through a network of dense layers, whose weights are read anew each time.
const VECTORS_MICRO_BATCH: usize = 32;

/// Most pictures that go through the fast graph at once.
const MAX_FAST_MICRO_BATCH: usize = 8;

/// Bytes that a layer's shifted copies of its input may take, for each worker; the largest thing in memory.
const COLUMNS_BYTES: usize = 96 << 20;

/// Prepared pictures of one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Epoch, from 1; chooses the dropout masks.
    pub epoch: u32,
    /// Identity of each sample in its dataset; chooses the dropout masks.
    pub samples: Vec<usize>,
    /// Label of each sample.
    pub labels: Vec<usize>,
    /// What goes into the network, sample by sample: normalised pixels `[3, side, side]`, or features.
    pub inputs: Vec<f32>,
}

/// Writes what goes into the network of one sample, given its place among those asked for.
pub type FillInput<'a> = dyn Fn(usize, &mut [f32]) -> Result<(), TrainingError> + Sync + 'a;

/// How an engine computes.
#[derive(Clone, Debug, Default)]
pub struct EngineSettings {
    /// What is minimised.
    pub loss: Loss,
    /// How gradients become steps.
    pub optimizer: OptimizerKind,
    /// Share of a label that is spread over all classes, 0 up to but not 1.
    pub label_smoothing: f32,
    /// What a sample of each class counts in the loss; empty when all count 1.
    pub class_weights: Vec<f32>,
    /// Seed of weights and dropout.
    pub seed: u64,
    /// Workers, each on a thread of its own, at least 1.
    pub threads: usize,
    /// How gradients are computed.
    pub computation: Computation,
    /// Share of the learning rate by which weights shrink in each step (not biases): decoupled weight decay.
    pub weight_decay: f32,
    /// Factor of the learning rate for each parameter; empty when all have 1.
    pub rates: Vec<f32>,
}

/// A network in training. The same settings and batches give the same figures: each worker has its
/// fixed part of every batch, and sums are taken in one order.
pub struct Engine {
    network: NetworkDescription,
    weights: Vec<Tensor<f32>>,
    prepare: Option<Prepare>,
    workers: Vec<Worker>,
    crew: Crew,
    optimizer: Optimizer,
    settings: EngineSettings,
}

impl Engine {
    /// Builds the graphs and opens the sessions.
    ///
    /// # Errors
    /// When the runtime does not take the graphs or has no memory left.
    pub fn new(
        environment: &Environment,
        network: NetworkDescription,
        settings: &EngineSettings,
    ) -> Result<Self, TrainingError> {
        let micro_batch = micro_batch(&network, settings.computation);
        Self::with_micro_batch(environment, network, settings, micro_batch)
    }

    /// An engine that takes this many pictures at once; the figures differ by rounding only.
    pub(crate) fn with_micro_batch(
        environment: &Environment,
        network: NetworkDescription,
        settings: &EngineSettings,
        micro_batch: usize,
    ) -> Result<Self, TrainingError> {
        let parameters = network.parameters();
        let mut weights = parameters.iter().map(zeros).collect::<Result<Vec<_>, _>>()?;
        for (tensor, initial) in weights.iter_mut().zip(initial_weights(&parameters, settings.seed)) {
            tensor.extract_tensor_mut().1.copy_from_slice(&initial);
        }
        let graphs = training_graphs(&network, settings.loss, micro_batch, settings.computation);
        let prepare = Prepare::new(environment, &graphs, &parameters, &weights)?;
        let evaluation = evaluation_graph(&network, micro_batch);
        let models = Models { graphs: &graphs, evaluation: &evaluation, micro_batch };
        let prepared = prepare.as_ref().map_or(&[][..], Prepare::values);
        let worker = |_| Worker::new(environment, &network, &models, (&weights, prepared), settings);
        let workers = (0..settings.threads.max(1)).map(worker).collect::<Result<_, _>>()?;
        let crew = Crew::new(settings.threads)?;
        let optimizer = Optimizer::new(settings.optimizer, parameters.iter().map(Parameter::count));
        Ok(Self { network, weights, prepare, workers, crew, optimizer, settings: settings.clone() })
    }

    /// The network.
    pub fn network(&self) -> &NetworkDescription {
        &self.network
    }

    /// One step of the optimiser, of size `rate`, on a batch of any length from 1. The loss is the mean over
    /// the batch.
    ///
    /// # Errors
    /// When the runtime fails.
    pub fn step(&mut self, batch: &Batch, rate: f64) -> Result<StepFigures, TrainingError> {
        let figures = self.accumulate(batch)?;
        let Self { weights, workers, crew, optimizer, settings, .. } = self;
        optimizer.begin_step(rate);
        for (index, weight) in weights.iter_mut().enumerate() {
            let gradients: Vec<&[f32]> = workers.iter().map(|worker| worker.gradient(index)).collect();
            let factor = settings.rates.get(index).copied().unwrap_or(1.0);
            // Weights come before biases, which do not shrink.
            let decay = if index % 2 == 0 { settings.weight_decay } else { 0.0 };
            let shrink = 1.0 - rate as f32 * factor * decay;
            let weights = weight.extract_tensor_mut().1;
            optimizer.update(index, weights, &gradients, Change { factor, shrink }, crew)?;
        }
        Ok(figures)
    }

    /// Leaves the gradient of the batch's mean loss in the workers.
    fn accumulate(&mut self, batch: &Batch) -> Result<StepFigures, TrainingError> {
        if let Some(prepare) = &mut self.prepare {
            prepare.run()?;
        }
        let count = self.workers.len();
        let run = |(index, worker): (usize, &mut Worker)| worker.accumulate(batch, index, count);
        let parts = self.crew.each(self.workers.iter_mut().enumerate(), run)?;
        Ok(parts.into_iter().fold(StepFigures::default(), StepFigures::plus))
    }

    /// The gradient of the batch's mean loss by each parameter, without a step.
    #[cfg(test)]
    pub(crate) fn gradients(&mut self, batch: &Batch) -> Result<(f64, Vec<Vec<f32>>), TrainingError> {
        let figures = self.accumulate(batch)?;
        let summed = |index: usize| {
            let mut sum = self.workers[0].gradient(index).to_vec();
            for worker in &self.workers[1..] {
                sum.iter_mut().zip(worker.gradient(index)).for_each(|(a, b)| *a += b);
            }
            sum
        };
        Ok((figures.loss, (0..self.weights.len()).map(summed).collect()))
    }

    /// The probabilities of `count` pictures. `fill` is called from the workers' threads.
    ///
    /// # Errors
    /// When the runtime or `fill` fails; [`Evaluated::Stopped`] when `stop` says so.
    pub fn evaluate(
        &mut self,
        count: usize,
        fill: &FillInput<'_>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Evaluated, TrainingError> {
        let workers = self.workers.len();
        let run = |(index, worker): (usize, &mut Worker)| worker.evaluate(count, fill, stop, index, workers);
        let parts = self.crew.each(self.workers.iter_mut().enumerate(), run)?;
        let classes = self.network.classes();
        let mut probabilities = vec![0.0; count * classes];
        for part in parts {
            let Some(chunks) = part else { return Ok(Evaluated::Stopped) };
            for (first, values) in chunks {
                probabilities[first * classes..][..values.len()].copy_from_slice(&values);
            }
        }
        Ok(Evaluated::Probabilities(probabilities))
    }

    /// A copy of the weights, in the order of [`NetworkDescription::parameters`].
    pub fn weights(&self) -> Vec<Vec<f32>> {
        self.weights.iter().map(|tensor| tensor.extract_tensor().1.to_vec()).collect()
    }

    /// Puts weights back that [`weights`](Self::weights) gave, or the first of them; the others stay.
    pub fn set_weights(&mut self, weights: &[Vec<f32>]) {
        for (tensor, weights) in self.weights.iter_mut().zip(weights) {
            tensor.extract_tensor_mut().1.copy_from_slice(weights);
        }
    }

    /// What the optimiser remembers: its steps, and the values of its parameters' moments.
    pub(crate) fn optimizer_state(&self) -> (i32, Vec<&[f32]>) {
        self.optimizer.state()
    }

    /// Goes on from an [`optimizer_state`](Self::optimizer_state) of the same network and optimiser.
    pub(crate) fn restore_optimizer(&mut self, steps: i32, values: &[Vec<f32>]) {
        self.optimizer.restore(steps, values);
    }
}

/// How many pictures of this network go through its graph at once.
fn micro_batch(network: &NetworkDescription, computation: Computation) -> usize {
    if in_trunk(network, computation) > 0 {
        let SampleShape::Picture { side, .. } = network.input_of(2) else { return 1 };
        return (PLACES / side.pow(2)).clamp(1, MAX_FAST_MICRO_BATCH);
    }
    if matches!(network.input(), SampleShape::Row(_)) {
        return VECTORS_MICRO_BATCH;
    }
    if !network.layers().iter().any(|layer| matches!(layer, Layer::Conv3x3 { .. })) {
        return PRODUCTS_MICRO_BATCH;
    }
    let columns = |(index, layer): (usize, &Layer)| match (layer, network.input_of(index)) {
        (Layer::Conv3x3 { .. }, SampleShape::Picture { channels, side }) => 9 * channels * (side - 2).pow(2),
        _ => 0,
    };
    let largest = network.layers().iter().enumerate().map(columns).max().unwrap_or(0);
    (COLUMNS_BYTES / (largest * size_of::<f32>()).max(1)).clamp(1, MAX_MICRO_BATCH)
}

/// A tensor of zeros in the parameter's shape.
fn zeros(parameter: &Parameter) -> ort::Result<Tensor<f32>> {
    tensor(&parameter.shape)
}

fn tensor(shape: &[usize]) -> ort::Result<Tensor<f32>> {
    let mut tensor = Tensor::<f32>::new(&Allocator::default(), shape)?;
    tensor.extract_tensor_mut().1.fill(0.0);
    Ok(tensor)
}
