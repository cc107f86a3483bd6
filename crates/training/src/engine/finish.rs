//! The end of a worker's step: from sums and rows over its micro-batches to the gradients.

use ort::{
    environment::Environment,
    session::{IoBinding, Session},
    value::Tensor,
};

use super::{tensor, worker::session, zeros};
use crate::{
    graph::{TrainingGraphs, names},
    network::Parameter,
};

pub(super) struct Finish {
    session: Session,
    /// One for each set of sums.
    bindings: [IoBinding; 2],
    kept: Vec<Kept>,
    /// Rows that `kept` has room for.
    room: usize,
    gradients: Vec<Tensor<f32>>,
}

/// Rows that are collected over micro-batches.
struct Kept {
    name: String,
    /// Those of one micro-batch: an output of the step.
    part: Tensor<f32>,
    /// Those of all.
    all: Tensor<f32>,
    length: usize,
}

impl Finish {
    pub(super) fn new(
        environment: &Environment,
        graphs: &TrainingGraphs,
        parameters: &[Parameter],
        sums: &[Vec<Tensor<f32>>; 2],
    ) -> ort::Result<Self> {
        let session = session(environment, &graphs.finish)?;
        let mut gradients = parameters.iter().map(zeros).collect::<ort::Result<Vec<_>>>()?;
        let mut bindings = [session.create_binding()?, session.create_binding()?];
        for (binding, sums) in bindings.iter_mut().zip(sums) {
            for (slot, sum) in graphs.sums.iter().zip(sums) {
                binding.bind_input(names::sum(&slot.name), sum)?;
            }
            for (parameter, gradient) in parameters.iter().zip(&mut gradients) {
                binding.bind_output(names::gradient(&parameter.name), gradient)?;
            }
        }
        let kept = graphs.rows.iter().map(|slot| {
            let length = slot.shape[1];
            Ok(Kept { name: slot.name.clone(), part: tensor(&slot.shape)?, all: tensor(&[1, length])?, length })
        });
        Ok(Self { session, bindings, kept: kept.collect::<ort::Result<_>>()?, room: 0, gradients })
    }

    /// Binds the rows of one micro-batch as outputs of the step.
    pub(super) fn bind_parts(&mut self, step: &mut IoBinding) -> ort::Result<()> {
        for kept in &mut self.kept {
            step.bind_output(kept.name.as_str(), &mut kept.part)?;
        }
        Ok(())
    }

    /// Makes room for this many rows.
    pub(super) fn begin(&mut self, rows: usize) -> ort::Result<()> {
        if rows == self.room {
            return Ok(());
        }
        self.room = rows;
        for kept in &mut self.kept {
            kept.all = tensor(&[rows, kept.length])?;
            for binding in &mut self.bindings {
                binding.bind_input(kept.name.as_str(), &kept.all)?;
            }
        }
        Ok(())
    }

    /// Keeps the rows of the micro-batch that just ran, this worker's `turn`-th from 0.
    pub(super) fn keep(&mut self, turn: usize) {
        for kept in &mut self.kept {
            let part = kept.part.extract_tensor().1;
            kept.all.extract_tensor_mut().1[turn * part.len()..][..part.len()].copy_from_slice(part);
        }
    }

    /// Computes the gradients from the sums of set `current` and the kept rows.
    pub(super) fn run(&mut self, current: usize) -> ort::Result<()> {
        if self.room == 0 {
            // This worker had no picture of the batch.
            self.gradients.iter_mut().for_each(|gradient| gradient.extract_tensor_mut().1.fill(0.0));
            return Ok(());
        }
        drop(self.session.run_binding(&self.bindings[current])?);
        Ok(())
    }

    /// The gradient of parameter `index`.
    pub(super) fn gradient(&self, index: usize) -> &[f32] {
        self.gradients[index].extract_tensor().1
    }
}
