//! Products of many matrices at once, and what networks of 1×1 and depthwise convolutions need beside them.
//! Meanings are those of <https://onnx.ai/onnx/operators/>, opset 17.

use super::{
    builder::{DYNAMIC, GraphBuilder, RUNTIME_DOMAIN, Setting, Value},
    operators::broadcast,
};
use crate::network::Depthwise;

impl GraphBuilder {
    /// Matrix products: the last two axes multiply, those before are broadcast.
    pub fn matmul(&mut self, a: &Value, b: &Value) -> Value {
        let shape = product_shape(a, b, [false; 2]);
        self.node("MatMul", &[&a.name, &b.name], &[], shape)
    }

    /// Matrix products with the last two axes of `a` or `b` exchanged first, by ONNX Runtime's own operator.
    pub fn matmul_transposed(&mut self, a: &Value, b: &Value, [turn_a, turn_b]: [bool; 2]) -> Value {
        let shape = product_shape(a, b, [turn_a, turn_b]);
        let name = self.fresh("FusedMatMul");
        let settings = [Setting::Int("transA", turn_a.into()), Setting::Int("transB", turn_b.into())];
        self.push(RUNTIME_DOMAIN, "FusedMatMul", &[&a.name, &b.name], std::slice::from_ref(&name), &settings);
        Value { name, shape }
    }

    /// min(max(x, low), high).
    pub fn clip(&mut self, x: &Value, low: f32, high: f32) -> Value {
        let (low, high) = (self.scalar(low), self.scalar(high));
        self.node("Clip", &[&x.name, &low.name, &high.name], &[], x.shape.clone())
    }

    /// Mean over the last axis, `axis`, which goes.
    pub fn reduce_mean(&mut self, x: &Value, axis: usize) -> Value {
        assert_eq!(axis + 1, x.shape.len(), "only the last axis");
        let settings = [Setting::Ints("axes", &[axis as i64]), Setting::Int("keepdims", 0)];
        self.node("ReduceMean", &[&x.name], &settings, x.shape[..axis].to_vec())
    }

    /// A value repeated along axes of length 1.
    pub fn expand(&mut self, x: &Value, shape: &[i64]) -> Value {
        assert_eq!(broadcast(&x.shape, shape), shape, "{:?} does not become {shape:?}", x.shape);
        let lengths = self.integers(shape);
        self.node("Expand", &[&x.name, &lengths], &[], shape.to_vec())
    }

    /// Convolution of each of `[n, c, h, w]`'s channels by itself with `[c, 1, kernel, kernel]`.
    pub fn depthwise(&mut self, x: &Value, (kernel, bias): (&Value, &Value), convolution: Depthwise) -> Value {
        let ([n, c, h, w], [kc, ..]) = (x.dims::<4>(), kernel.dims::<4>());
        assert_eq!(c, kc, "channels of {:?} and {:?}", x.shape, kernel.shape);
        let Depthwise { kernel: side, stride, .. } = convolution;
        let [rows, columns] = [h, w].map(|length| convolution.zeros(length as usize));
        let pads = [rows.0, columns.0, rows.1, columns.1].map(|zeros| zeros as i64);
        let settings = [
            Setting::Ints("kernel_shape", &[side as i64; 2]),
            Setting::Ints("strides", &[stride as i64; 2]),
            Setting::Ints("pads", &pads),
            Setting::Int("group", c),
        ];
        let [rows, columns] = [h, w].map(|length| convolution.output_side(length as usize) as i64);
        self.node("Conv", &[&x.name, &kernel.name, &bias.name], &settings, vec![n, c, rows, columns])
    }

    /// The mean of each channel of `[n, c, h, w]`: `[n, c]`; the batch may be free.
    pub fn channel_means(&mut self, x: &Value) -> Value {
        let [n, c, ..] = x.dims::<4>();
        let pooled = self.node("GlobalAveragePool", &[&x.name], &[], vec![n, c, 1, 1]);
        self.flatten(&pooled)
    }

    /// Pictures `[N, c, h, w]` and their mirror images after them: `[2N, c, h, w]`.
    pub fn with_mirror_images(&mut self, x: &Value) -> Value {
        let [start, end, axis, step] = [-1, i64::MIN, 3, -1].map(|number| self.integers(&[number]));
        let mirrored = self.node("Slice", &[&x.name, &start, &end, &axis, &step], &[], x.shape.clone());
        self.node("Concat", &[&x.name, &mirrored.name], &[Setting::Int("axis", 0)], x.shape.clone())
    }

    /// Means of the rows of the upper half of `[2N, c]` with those of the lower half: `[N, c]`.
    pub fn mean_of_halves(&mut self, x: &Value) -> Value {
        let columns = x.shape[1];
        let shape = self.integers(&[2, DYNAMIC, columns]);
        let halves = self.node("Reshape", &[&x.name, &shape], &[], vec![2, DYNAMIC, columns]);
        let settings = [Setting::Ints("axes", &[0]), Setting::Int("keepdims", 0)];
        self.node("ReduceMean", &[&halves.name], &settings, vec![DYNAMIC, columns])
    }

    /// The value itself under another name.
    pub fn identity(&mut self, x: &Value) -> Value {
        self.node("Identity", &[&x.name], &[], x.shape.clone())
    }
}

fn product_shape(a: &Value, b: &Value, [turn_a, turn_b]: [bool; 2]) -> Vec<i64> {
    let parts = |value: &Value, turn: bool| {
        let (before, last) = value.shape.split_at(value.shape.len() - 2);
        let last = if turn { [last[1], last[0]] } else { [last[0], last[1]] };
        (before.to_vec(), last)
    };
    let ((before_a, [m, k]), (before_b, [k2, n])) = (parts(a, turn_a), parts(b, turn_b));
    assert_eq!(k, k2, "products of {:?} and {:?}", a.shape, b.shape);
    [broadcast(&before_a, &before_b), vec![m, n]].concat()
}
