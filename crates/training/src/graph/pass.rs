//! The graphs of a step in the making: what formulations add nodes, parameters and gradients to.

use super::{Slot, TrainingGraphs, names};
use crate::{
    network::{NetworkDescription, Parameter},
    onnx::{DYNAMIC, GraphBuilder, Value},
};

/// Three graphs in the making. Most of what a formulation does goes into `graph`, which runs on each
/// micro-batch; what depends on the parameters alone, and what can wait for the sum over all
/// micro-batches, goes into the graphs before and after it.
pub struct Pass {
    /// The graph of a micro-batch.
    pub graph: GraphBuilder,
    prepare: Inputs,
    finish: GraphBuilder,
    parameters: Vec<Parameter>,
    in_step: Vec<Option<Value>>,
    has_gradient: Vec<bool>,
    masks: Vec<Value>,
    prepared: Vec<Slot>,
    sums: Vec<Slot>,
    rows: Vec<Slot>,
    /// Outputs are named last: naming renames a value, which others may still want to read.
    outputs: Vec<(Value, String)>,
}

/// A graph whose parameters become inputs when they are first used.
#[derive(Default)]
struct Inputs {
    graph: GraphBuilder,
    values: Vec<Option<Value>>,
}

impl Pass {
    /// Declares the inputs for dropout masks.
    pub fn new(network: &NetworkDescription, micro_batch: i64) -> Self {
        let mut graph = GraphBuilder::default();
        let parameters = network.parameters();
        let dropouts = network.dropouts().into_iter().enumerate();
        let masks = dropouts.map(|(index, (count, _))| graph.input(&names::mask(index), &[micro_batch, count as i64]));
        Self {
            masks: masks.collect(),
            graph,
            prepare: Inputs { graph: GraphBuilder::default(), values: vec![None; parameters.len()] },
            finish: GraphBuilder::default(),
            in_step: vec![None; parameters.len()],
            has_gradient: vec![false; parameters.len()],
            parameters,
            prepared: Vec::new(),
            sums: Vec::new(),
            rows: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// Parameter `index`, in the order of [`NetworkDescription::parameters`].
    pub fn parameter(&mut self, index: usize) -> Value {
        input(&mut self.graph, &mut self.in_step[index], &self.parameters[index])
    }

    /// What `compute` makes of parameter `index`, once a step instead of once a micro-batch.
    pub fn prepared(&mut self, index: usize, compute: impl FnOnce(&mut GraphBuilder, &Value) -> Value) -> Value {
        let Inputs { graph, values } = &mut self.prepare;
        let parameter = input(graph, &mut values[index], &self.parameters[index]);
        let value = compute(graph, &parameter);
        let name = format!("prepared{}", self.prepared.len());
        graph.output(&value, &name);
        let here = self.graph.input(&name, value.shape());
        self.prepared.push(Slot { name, shape: lengths(value.shape()) });
        here
    }

    /// Mask of dropout layer `index`.
    pub fn mask(&self, index: usize) -> Value {
        self.masks[index].clone()
    }

    /// Adds this micro-batch's gradient of parameter `index`.
    pub fn add_gradient(&mut self, index: usize, gradient: &Value) {
        self.add_gradient_as(index, gradient, |graph, sum| graph.identity(sum));
    }

    /// Adds this micro-batch's part of the gradient of parameter `index`; `finish` makes the gradient of
    /// the sum over all micro-batches.
    pub fn add_gradient_as(
        &mut self,
        index: usize,
        part: &Value,
        finish: impl FnOnce(&mut GraphBuilder, &Value) -> Value,
    ) {
        let name = self.parameters[index].name.clone();
        let sum = self.graph.input(&names::sum(&name), part.shape());
        let total = self.graph.add(&sum, part);
        self.outputs.push((total, names::total(&name)));
        let summed = self.finish.input(&names::sum(&name), part.shape());
        let gradient = finish(&mut self.finish, &summed);
        self.sums.push(Slot { name, shape: lengths(part.shape()) });
        self.set_gradient(index, &gradient);
    }

    /// The gradient of parameter `index` is `aᵀ · b` summed over micro-batches: their rows are kept, and one
    /// product does it for all. A product for each micro-batch would read and write the network's largest
    /// tensors every time.
    pub fn add_product_gradient(&mut self, index: usize, a: &Value, b: &Value) {
        let name = self.parameters[index].name.clone();
        let [a, b] = [(a, "left"), (b, "right")].map(|(value, side)| {
            let [batch, length] = value.dims();
            let name = format!("{side}.{name}");
            let all = self.finish.input(&name, &[DYNAMIC, length]);
            // A value that is an output already gets a second name.
            let value = self.graph.identity(value);
            self.outputs.push((value, name.clone()));
            self.rows.push(Slot { name, shape: lengths(&[batch, length]) });
            all
        });
        let gradient = self.finish.gemm(&a, &b, None, true, false);
        self.set_gradient(index, &gradient);
    }

    fn set_gradient(&mut self, index: usize, gradient: &Value) {
        let parameter = &self.parameters[index];
        assert_eq!(lengths(gradient.shape()), parameter.shape, "the gradient of {}", parameter.name);
        self.finish.output(gradient, &names::gradient(&parameter.name));
        self.has_gradient[index] = true;
    }

    /// The finished graphs.
    pub fn into_graphs(mut self) -> TrainingGraphs {
        assert!(self.has_gradient.iter().all(|&has| has), "every formulation adds the gradients of its parameters");
        for (value, name) in &self.outputs {
            self.graph.output(value, name);
        }
        let prepare = (!self.prepared.is_empty()).then_some(self.prepare.graph);
        TrainingGraphs {
            prepare: prepare.map(|graph| graph.into_model("prepare", "what depends on parameters alone", Vec::new())),
            step: self.graph.into_model("step", "forward and backward pass on a micro-batch", Vec::new()),
            finish: self.finish.into_model("finish", "gradients of a whole batch", Vec::new()),
            prepared: self.prepared,
            sums: self.sums,
            rows: self.rows,
        }
    }
}

fn input(graph: &mut GraphBuilder, known: &mut Option<Value>, parameter: &Parameter) -> Value {
    let shape: Vec<i64> = parameter.shape.iter().map(|&length| length as i64).collect();
    known.get_or_insert_with(|| graph.input(&parameter.name, &shape)).clone()
}

fn lengths(shape: &[i64]) -> Vec<usize> {
    shape.iter().map(|&length| length as usize).collect()
}
