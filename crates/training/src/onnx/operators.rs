//! The operators that our graphs use, with the shapes of their results. Meanings are those of
//! <https://onnx.ai/onnx/operators/>, opset 17.

use super::builder::{DYNAMIC, GraphBuilder, Setting, Value};

/// Where a maximum came from: what `MaxPool` remembers for `MaxUnpool`.
#[derive(Clone, Debug)]
pub struct Indices(String);

/// A range of one axis: from `start` up to `end` without it, every `step`-th.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// Which axis.
    pub axis: usize,
    /// First index.
    pub start: i64,
    /// One past the last index.
    pub end: i64,
    /// Distance of indices, at least 1.
    pub step: i64,
}

/// Side of all pools, and their step.
const POOL: [i64; 2] = [2, 2];

impl GraphBuilder {
    /// Convolution of `[n, c, h, w]` with `[m, c, k, k]`, with `pad` zeros on every side.
    pub fn conv(&mut self, x: &Value, kernel: &Value, bias: Option<&Value>, stride: i64, pad: i64) -> Value {
        let ([n, c, h, w], [m, kc, k, k2]) = (x.dims(), kernel.dims());
        assert!(
            c == kc && k == k2 && h + 2 * pad >= k && w + 2 * pad >= k,
            "conv of {:?} with {:?}",
            x.shape,
            kernel.shape
        );
        let length = |side: i64| (side + 2 * pad - k) / stride + 1;
        let mut inputs = vec![x.name.as_str(), &kernel.name];
        inputs.extend(bias.map(|bias| bias.name.as_str()));
        let settings = [
            Setting::Ints("kernel_shape", &[k, k]),
            Setting::Ints("strides", &[stride, stride]),
            Setting::Ints("pads", &[pad; 4]),
        ];
        self.node("Conv", &inputs, &settings, vec![n, m, length(h), length(w)])
    }

    /// 2×2 maximum of `[n, c, h, w]`; a last odd row or column is dropped.
    pub fn max_pool(&mut self, x: &Value) -> Value {
        let [n, c, h, w] = x.dims();
        let settings = [Setting::Ints("kernel_shape", &POOL), Setting::Ints("strides", &POOL)];
        self.node("MaxPool", &[&x.name], &settings, vec![n, c, h / 2, w / 2])
    }

    /// As [`max_pool`](Self::max_pool), and where each maximum was (the first one among equals).
    pub fn max_pool_with_indices(&mut self, x: &Value) -> (Value, Indices) {
        let [n, c, h, w] = x.dims();
        let settings = [Setting::Ints("kernel_shape", &POOL), Setting::Ints("strides", &POOL)];
        let outputs = [self.fresh("MaxPool"), self.fresh("indices")];
        self.push("", "MaxPool", &[&x.name], &outputs, &settings);
        let [name, indices] = outputs;
        (Value { name, shape: vec![n, c, h / 2, w / 2] }, Indices(indices))
    }

    /// Puts each element back where its maximum was, in a tensor of `shape` that is zero elsewhere.
    pub fn max_unpool(&mut self, x: &Value, indices: &Indices, shape: &[i64]) -> Value {
        let output_shape = self.integers(shape);
        let settings = [Setting::Ints("kernel_shape", &POOL), Setting::Ints("strides", &POOL)];
        self.node("MaxUnpool", &[&x.name, &indices.0, &output_shape], &settings, shape.to_vec())
    }

    /// `a · b + c`, with `a` or `b` transposed first when asked for; `c` is spread over the rows.
    pub fn gemm(&mut self, a: &Value, b: &Value, c: Option<&Value>, transpose_a: bool, transpose_b: bool) -> Value {
        let turned = |[rows, columns]: [i64; 2], turn: bool| if turn { [columns, rows] } else { [rows, columns] };
        let ([m, k], [k2, n]) = (turned(a.dims(), transpose_a), turned(b.dims(), transpose_b));
        assert_eq!(k, k2, "product of {:?} and {:?}", a.shape, b.shape);
        let mut inputs = vec![a.name.as_str(), &b.name];
        inputs.extend(c.map(|c| c.name.as_str()));
        let settings = [Setting::Int("transA", transpose_a.into()), Setting::Int("transB", transpose_b.into())];
        self.node("Gemm", &inputs, &settings, vec![m, n])
    }

    /// Sum over the batch of `a[i] · b[i]ᵀ` for `[n, m, p]` and `[n, k, p]`: `[m, k]`.
    pub fn summed_products(&mut self, a: &Value, b: &Value) -> Value {
        let ([n, m, p], [_, k, _]) = (a.dims::<3>(), b.dims::<3>());
        if n == 1 {
            let (a, b) = (self.reshape(a, &[m, p]), self.reshape(b, &[k, p]));
            return self.gemm(&a, &b, None, false, true);
        }
        let products = self.matmul_transposed(a, b, [false, true]);
        self.reduce_sum(&products, &[0], false)
    }

    /// max(x, 0).
    pub fn relu(&mut self, x: &Value) -> Value {
        self.unary("Relu", x)
    }

    /// −1, 0 or 1.
    pub fn sign(&mut self, x: &Value) -> Value {
        self.unary("Sign", x)
    }

    /// eˣ.
    pub fn exp(&mut self, x: &Value) -> Value {
        self.unary("Exp", x)
    }

    /// Natural logarithm.
    pub fn log(&mut self, x: &Value) -> Value {
        self.unary("Log", x)
    }

    /// Softmax over the last axis.
    pub fn softmax(&mut self, x: &Value) -> Value {
        self.node("Softmax", &[&x.name], &[Setting::Int("axis", -1)], x.shape.clone())
    }

    /// Logarithm of the softmax over the last axis.
    pub fn log_softmax(&mut self, x: &Value) -> Value {
        self.node("LogSoftmax", &[&x.name], &[Setting::Int("axis", -1)], x.shape.clone())
    }

    /// a + b, broadcast.
    pub fn add(&mut self, a: &Value, b: &Value) -> Value {
        self.binary("Add", a, b)
    }

    /// a − b, broadcast.
    pub fn sub(&mut self, a: &Value, b: &Value) -> Value {
        self.binary("Sub", a, b)
    }

    /// a · b element by element, broadcast.
    pub fn mul(&mut self, a: &Value, b: &Value) -> Value {
        self.binary("Mul", a, b)
    }

    /// a ÷ b, broadcast.
    pub fn div(&mut self, a: &Value, b: &Value) -> Value {
        self.binary("Div", a, b)
    }

    /// 1 where a = b, else 0; broadcast.
    pub fn equal(&mut self, a: &Value, b: &Value) -> Value {
        let equal = self.binary("Equal", a, b);
        let to_float = [Setting::Int("to", super::messages::FLOAT.into())];
        self.node("Cast", &[&equal.name], &to_float, equal.shape)
    }

    /// Sum of values of one shape.
    pub fn sum(&mut self, values: &[Value]) -> Value {
        let names: Vec<&str> = values.iter().map(|v| v.name.as_str()).collect();
        self.node("Sum", &names, &[], values[0].shape.clone())
    }

    /// Sum over `axes`, which stay with length 1 when `keep` says so.
    pub fn reduce_sum(&mut self, x: &Value, axes: &[i64], keep: bool) -> Value {
        let axes_name = self.integers(axes);
        let shape = reduced(&x.shape, axes, keep);
        self.node("ReduceSum", &[&x.name, &axes_name], &[Setting::Int("keepdims", keep.into())], shape)
    }

    /// Maximum over one axis, which stays with length 1.
    pub fn reduce_max(&mut self, x: &Value, axis: i64) -> Value {
        let settings = [Setting::Ints("axes", &[axis]), Setting::Int("keepdims", 1)];
        self.node("ReduceMax", &[&x.name], &settings, reduced(&x.shape, &[axis], true))
    }

    /// The same elements under another shape.
    pub fn reshape(&mut self, x: &Value, shape: &[i64]) -> Value {
        let counts = [&x.shape, shape].map(|lengths| lengths.iter().product::<i64>());
        assert_eq!(counts[0], counts[1], "{:?} does not become {shape:?}", x.shape);
        let shape_name = self.integers(shape);
        self.node("Reshape", &[&x.name, &shape_name], &[], shape.to_vec())
    }

    /// `[n, …]` as a matrix of n rows; the batch may be [`DYNAMIC`].
    pub fn flatten(&mut self, x: &Value) -> Value {
        let shape = vec![x.shape[0], x.shape[1..].iter().product()];
        self.node("Flatten", &[&x.name], &[Setting::Int("axis", 1)], shape)
    }

    /// Values one after the other along an axis.
    pub fn concat(&mut self, values: &[Value], axis: usize) -> Value {
        let names: Vec<&str> = values.iter().map(|v| v.name.as_str()).collect();
        let mut shape = values[0].shape.clone();
        shape[axis] = values.iter().map(|v| v.shape[axis]).sum();
        self.node("Concat", &names, &[Setting::Int("axis", axis as i64)], shape)
    }

    /// Part of a value.
    pub fn slice(&mut self, x: &Value, ranges: &[Slice]) -> Value {
        let mut shape = x.shape.clone();
        for &Slice { axis, start, end, step } in ranges {
            assert!(0 <= start && start < end && end <= shape[axis], "{ranges:?} of {:?}", x.shape);
            shape[axis] = (end - start + step - 1) / step;
        }
        let column = |of: fn(&Slice) -> i64| ranges.iter().map(of).collect::<Vec<_>>();
        let columns = [column(|r| r.start), column(|r| r.end), column(|r| r.axis as i64), column(|r| r.step)];
        let [start, end, axes, step] = columns.map(|c| self.integers(&c));
        self.node("Slice", &[&x.name, &start, &end, &axes, &step], &[], shape)
    }

    /// A value with the order along two axes turned round.
    pub fn reverse(&mut self, x: &Value, axes: [i64; 2]) -> Value {
        let [start, end, axes, step] = [[-1; 2], [i64::MIN; 2], axes, [-1; 2]].map(|c| self.integers(&c));
        self.node("Slice", &[&x.name, &start, &end, &axes, &step], &[], x.shape.clone())
    }

    /// Axis `i` of the result is axis `order[i]` of `x`.
    pub fn transpose(&mut self, x: &Value, order: &[i64]) -> Value {
        let shape = order.iter().map(|&axis| x.shape[axis as usize]).collect();
        self.node("Transpose", &[&x.name], &[Setting::Ints("perm", order)], shape)
    }

    /// Zeros around the last two axes: before and after rows, before and after columns.
    pub fn pad_plane(&mut self, x: &Value, rows: [i64; 2], columns: [i64; 2]) -> Value {
        let [a, b, h, w] = x.dims();
        let pads = self.integers(&[0, 0, rows[0], columns[0], 0, 0, rows[1], columns[1]]);
        let shape = vec![a, b, h + rows[0] + rows[1], w + columns[0] + columns[1]];
        self.node("Pad", &[&x.name, &pads], &[], shape)
    }

    fn unary(&mut self, operator: &str, x: &Value) -> Value {
        self.node(operator, &[&x.name], &[], x.shape.clone())
    }

    fn binary(&mut self, operator: &str, a: &Value, b: &Value) -> Value {
        let shape = broadcast(&a.shape, &b.shape);
        self.node(operator, &[&a.name, &b.name], &[], shape)
    }
}

fn reduced(shape: &[i64], axes: &[i64], keep: bool) -> Vec<i64> {
    let lengths = shape.iter().enumerate().filter_map(|(axis, &length)| match axes.contains(&(axis as i64)) {
        true => keep.then_some(1),
        false => Some(length),
    });
    lengths.collect()
}

/// ONNX's (numpy's) rule: shapes are aligned at their ends, and a length of 1 is repeated.
pub(super) fn broadcast(a: &[i64], b: &[i64]) -> Vec<i64> {
    let rank = a.len().max(b.len());
    let length = |shape: &[i64], axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1, |place| shape[place]);
    let joined = |axis| match (length(a, axis), length(b, axis)) {
        (x, y) if x == y => x,
        (1, other) | (other, 1) => other,
        (DYNAMIC, _) | (_, DYNAMIC) => DYNAMIC,
        _ => panic!("{a:?} and {b:?} cannot be combined element by element"),
    };
    (0..rank).map(joined).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_joined_as_numpy_does() {
        struct Case(&'static [i64], &'static [i64], &'static [i64]);
        for Case(a, b, joined) in [
            Case(&[2, 3], &[3], &[2, 3]),
            Case(&[2, 3], &[2, 1], &[2, 3]),
            Case(&[4, 1, 5], &[3, 1], &[4, 3, 5]),
            Case(&[], &[2], &[2]),
            Case(&[DYNAMIC, 3, 8, 8], &[1, 3, 1, 1], &[DYNAMIC, 3, 8, 8]),
        ] {
            assert_eq!(broadcast(a, b), joined, "{a:?} {b:?}");
        }
    }

    #[test]
    #[should_panic(expected = "cannot be combined")]
    fn a_mismatch_shows_while_the_graph_is_built() {
        let mut graph = GraphBuilder::default();
        let (a, b) = (graph.input("a", &[2, 3]), graph.input("b", &[2, 4]));
        graph.add(&a, &b);
    }
}
