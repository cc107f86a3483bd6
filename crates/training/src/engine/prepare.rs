//! What is computed once a step from the weights alone, for all workers.

use std::collections::HashMap;

use ort::{
    environment::Environment,
    session::{IoBinding, Session},
    value::Tensor,
};

use super::{
    tensor,
    worker::{bind_inputs, session},
};
use crate::{graph::TrainingGraphs, network::Parameter};

pub(super) struct Prepare {
    session: Session,
    binding: IoBinding,
    values: Vec<Tensor<f32>>,
}

impl Prepare {
    /// `None` when nothing is to be prepared.
    pub(super) fn new(
        environment: &Environment,
        graphs: &TrainingGraphs,
        parameters: &[Parameter],
        weights: &[Tensor<f32>],
    ) -> ort::Result<Option<Self>> {
        let Some(model) = &graphs.prepare else { return Ok(None) };
        let session = session(environment, model)?;
        let mut binding = session.create_binding()?;
        let known: HashMap<String, &Tensor<f32>> = parameters.iter().map(|p| p.name.clone()).zip(weights).collect();
        bind_inputs(&mut binding, &session, &known)?;
        let mut values = Vec::new();
        for slot in &graphs.prepared {
            let mut value = tensor(&slot.shape)?;
            binding.bind_output(slot.name.as_str(), &mut value)?;
            values.push(value);
        }
        Ok(Some(Self { session, binding, values }))
    }

    /// The tensors that [`run`](Self::run) fills, in the order of [`TrainingGraphs::prepared`].
    pub(super) fn values(&self) -> &[Tensor<f32>] {
        &self.values
    }

    pub(super) fn run(&mut self) -> ort::Result<()> {
        drop(self.session.run_binding(&self.binding)?);
        Ok(())
    }
}
