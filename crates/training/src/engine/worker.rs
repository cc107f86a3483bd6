//! One thread's share of the work: its sessions, and the buffers that are bound to them for good.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use ort::{
    environment::Environment,
    session::{IoBinding, Session, builder::GraphOptimizationLevel},
    value::Tensor,
};

use super::{Batch, EngineSettings, FillInput, finish::Finish, tensor};
use crate::{
    TrainingError,
    graph::{TrainingGraphs, names},
    kernels,
    network::{NetworkDescription, Parameter},
    random::{Purpose, fill_dropout_mask, stream},
};

/// Figures of one step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepFigures {
    /// Mean loss over the batch, with dropout.
    pub loss: f64,
    /// How many of the batch were called right, with dropout.
    pub right: usize,
}

impl StepFigures {
    pub(super) fn plus(self, other: Self) -> Self {
        Self { loss: self.loss + other.loss, right: self.right + other.right }
    }
}

/// What an evaluation gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Evaluated {
    /// `[pictures, classes]`
    Probabilities(Vec<f32>),
    /// It was asked to stop.
    Stopped,
}

/// The first picture of a chunk and the probabilities of all of it.
type Chunk = (usize, Vec<f32>);

/// The graphs that every worker runs.
pub(super) struct Models<'a> {
    pub graphs: &'a TrainingGraphs,
    pub evaluation: &'a [u8],
    /// Pictures that go through them at once.
    pub micro_batch: usize,
}

pub(super) struct Worker {
    step: Session,
    /// Sums alternate between two sets of buffers: binding `i` reads `sums[i]` and writes the other.
    bindings: [IoBinding; 2],
    sums: [Vec<Tensor<f32>>; 2],
    /// The set that holds the current sum.
    current: usize,
    finish: Finish,
    target: Tensor<f32>,
    share: Tensor<f32>,
    masks: Vec<Tensor<f32>>,
    loss: Tensor<f32>,
    evaluation: Session,
    evaluation_binding: IoBinding,
    /// Input and probabilities serve both sessions.
    input: Tensor<f32>,
    probabilities: Tensor<f32>,
    dropouts: Vec<(usize, f32)>,
    micro_batch: usize,
    classes: usize,
    settings: EngineSettings,
}

impl Worker {
    /// A worker on `weights`, and on what is prepared from them before each step.
    pub(super) fn new(
        environment: &Environment,
        network: &NetworkDescription,
        models: &Models<'_>,
        (weights, prepared): (&[Tensor<f32>], &[Tensor<f32>]),
        settings: &EngineSettings,
    ) -> ort::Result<Self> {
        let Models { graphs, evaluation, micro_batch } = *models;
        let (step, evaluation) = (session(environment, &graphs.step)?, session(environment, evaluation)?);
        let (parameters, dropouts) = (network.parameters(), network.dropouts());
        let classes = network.classes();
        let input = tensor(&network.input().batch(micro_batch))?;
        let mut probabilities = tensor(&[micro_batch, classes])?;
        let (target, share) = (tensor(&[micro_batch, classes])?, tensor(&[micro_batch, 1])?);
        let masks =
            dropouts.iter().map(|&(count, _)| tensor(&[micro_batch, count])).collect::<ort::Result<Vec<_>>>()?;
        let mut loss = tensor(&[])?;
        let sums = || graphs.sums.iter().map(|slot| tensor(&slot.shape)).collect::<ort::Result<Vec<_>>>();
        let mut sums = [sums()?, sums()?];
        let mut finish = Finish::new(environment, graphs, &parameters, &sums)?;

        let mut bindings = [step.create_binding()?, step.create_binding()?];
        for (index, binding) in bindings.iter_mut().enumerate() {
            let named = parameters.iter().map(|parameter| parameter.name.as_str()).zip(weights);
            let mut known: HashMap<String, &Tensor<f32>> =
                named.map(|(name, value)| (name.to_owned(), value)).collect();
            known.extend(graphs.prepared.iter().map(|slot| slot.name.clone()).zip(prepared));
            known.extend(masks.iter().enumerate().map(|(mask, tensor)| (names::mask(mask), tensor)));
            known.extend([(names::INPUT.to_owned(), &input), (names::TARGET.to_owned(), &target)]);
            known.insert(names::SHARE.to_owned(), &share);
            known.extend(graphs.sums.iter().map(|slot| names::sum(&slot.name)).zip(&sums[index]));
            bind_inputs(binding, &step, &known)?;
            binding.bind_output(names::LOSS, &mut loss)?;
            binding.bind_output(names::PROBABILITIES, &mut probabilities)?;
            for (slot, total) in graphs.sums.iter().zip(&mut sums[1 - index]) {
                binding.bind_output(names::total(&slot.name), total)?;
            }
            finish.bind_parts(binding)?;
        }
        let mut evaluation_binding = evaluation.create_binding()?;
        evaluation_binding.bind_input(names::INPUT, &input)?;
        evaluation_binding.bind_output(names::PROBABILITIES, &mut probabilities)?;
        for (Parameter { name, .. }, weights) in parameters.iter().zip(weights) {
            evaluation_binding.bind_input(name.as_str(), weights)?;
        }
        Ok(Self {
            step,
            bindings,
            sums,
            current: 0,
            finish,
            target,
            share,
            masks,
            loss,
            evaluation,
            evaluation_binding,
            input,
            probabilities,
            dropouts,
            micro_batch,
            classes,
            settings: settings.clone(),
        })
    }

    /// Computes the gradients of micro-batches `index`, `index + workers`, … of the batch.
    pub(super) fn accumulate(
        &mut self,
        batch: &Batch,
        index: usize,
        workers: usize,
    ) -> Result<StepFigures, TrainingError> {
        for sum in &mut self.sums[self.current] {
            sum.extract_tensor_mut().1.fill(0.0);
        }
        let count = batch.labels.len();
        let mut figures = StepFigures::default();
        let micro_batches = (index * self.micro_batch..count).step_by(workers * self.micro_batch);
        self.finish.begin(micro_batches.len() * self.micro_batch)?;
        for (turn, first) in micro_batches.enumerate() {
            let rows = self.micro_batch.min(count - first);
            self.fill(batch, first, rows);
            drop(self.step.run_binding(&self.bindings[self.current])?);
            self.current = 1 - self.current;
            self.finish.keep(turn);
            let probabilities = self.probabilities.extract_tensor().1.chunks_exact(self.classes);
            let right =
                probabilities.zip(&batch.labels[first..first + rows]).filter(|(p, label)| most_likely(p) == **label);
            let loss = f64::from(self.loss.extract_tensor().1[0]);
            figures = figures.plus(StepFigures { loss, right: right.count() });
        }
        self.finish.run(self.current)?;
        Ok(figures)
    }

    /// Fills the inputs with `rows` samples from `first`. Rows without a sample get no share in the loss;
    /// whatever finite numbers they hold have no effect.
    fn fill(&mut self, batch: &Batch, first: usize, rows: usize) {
        let count = batch.labels.len();
        let length = batch.inputs.len() / count;
        let inputs = &batch.inputs[first * length..(first + rows) * length];
        self.input.extract_tensor_mut().1[..inputs.len()].copy_from_slice(inputs);
        let (target, share) = (self.target.extract_tensor_mut().1, self.share.extract_tensor_mut().1);
        let EngineSettings { label_smoothing, class_weights, seed, .. } = &self.settings;
        target.fill(label_smoothing / self.classes as f32);
        share.fill(0.0);
        for row in 0..rows {
            let label = batch.labels[first + row];
            target[row * self.classes + label] += 1.0 - label_smoothing;
            share[row] = class_weights.get(label).unwrap_or(&1.0) / count as f32;
        }
        for (layer, (mask, &(length, rate))) in self.masks.iter_mut().zip(&self.dropouts).enumerate() {
            for (row, mask) in mask.extract_tensor_mut().1.chunks_exact_mut(length).take(rows).enumerate() {
                let sample = batch.samples[first + row] as u64;
                // The layer goes into the key's item beside the sample; there are few layers and no 2⁵⁶ samples.
                let item = sample | (layer as u64) << 56;
                fill_dropout_mask(mask, rate, &mut stream(*seed, Purpose::Dropout, batch.epoch, item));
            }
        }
    }

    /// The gradient that [`accumulate`](Self::accumulate) left for parameter `index`.
    pub(super) fn gradient(&self, index: usize) -> &[f32] {
        self.finish.gradient(index)
    }

    /// Probabilities of chunks `index`, `index + workers`, … of `count` pictures; `None` when stopped.
    pub(super) fn evaluate(
        &mut self,
        count: usize,
        fill: &FillInput<'_>,
        stop: &(dyn Fn() -> bool + Sync),
        index: usize,
        workers: usize,
    ) -> Result<Option<Vec<Chunk>>, TrainingError> {
        let mut chunks = Vec::new();
        for first in (index * self.micro_batch..count).step_by(workers * self.micro_batch) {
            if stop() {
                return Ok(None);
            }
            let rows = self.micro_batch.min(count - first);
            let input = self.input.extract_tensor_mut().1;
            let length = input.len() / self.micro_batch;
            for (row, sample) in input.chunks_exact_mut(length).take(rows).enumerate() {
                fill(first + row, sample)?;
            }
            drop(self.evaluation.run_binding(&self.evaluation_binding)?);
            chunks.push((first, self.probabilities.extract_tensor().1[..rows * self.classes].to_vec()));
        }
        Ok(Some(chunks))
    }
}

/// The class with the highest probability, the first among equals.
pub(crate) fn most_likely(probabilities: &[f32]) -> usize {
    let mut best = 0;
    for (class, &p) in probabilities.iter().enumerate() {
        if p > probabilities[best] {
            best = class;
        }
    }
    best
}

/// Whether the runtime knows the domain of our operators, which the first session tells it for the whole process. It
/// looks for the domain and adds it with no lock in between (`InferenceSession::AddCustomOpDomains`), so that of two
/// first sessions at once one fails.
static DOMAIN_KNOWN: Mutex<bool> = Mutex::new(false);

/// A session on the calling thread alone: the workers are the parallelism.
pub(super) fn session(environment: &Environment, model: &[u8]) -> ort::Result<Session> {
    let mut builder = Session::builder(environment)?
        .with_operators(kernels::domain()?)?
        .with_intra_threads(1)?
        .with_inter_threads(1)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_config_entry("session.set_denormal_as_zero", "1")?
        // The only constants that products read are tiny.
        .with_config_entry("session.disable_prepacking", "1")?;
    let mut known = DOMAIN_KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if *known {
        drop(known);
        return builder.commit_from_memory(model);
    }
    let session = builder.commit_from_memory(model)?;
    *known = true;
    Ok(session)
}

/// A session for a graph of constant weights, on so many threads.
pub(crate) fn extraction_session(environment: &Environment, model: &[u8], threads: usize) -> ort::Result<Session> {
    Session::builder(environment)?
        .with_intra_threads(threads)?
        .with_intra_op_spinning(false)?
        .with_inter_threads(1)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .commit_from_memory(model)
}

/// Binds every input that a session asks for to the tensor of its name.
pub(super) fn bind_inputs(
    binding: &mut IoBinding,
    session: &Session,
    known: &HashMap<String, &Tensor<f32>>,
) -> ort::Result<()> {
    for input in session.inputs() {
        let tensor = known.get(input.name()).expect("our graphs ask only for what we know");
        binding.bind_input(input.name(), *tensor)?;
    }
    Ok(())
}
