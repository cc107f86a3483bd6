"""The conversion of CenterFace, on a small network of the same kind and on the real file where it is there."""

import unittest
from pathlib import Path

import convert_centerface as conversion

try:
    import numpy as np
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper
except ImportError as missing:
    onnx = None
    print(f"skipped: {missing}")

FILES = Path(__file__).parent / "files"


def floats(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def small_network():
    """A convolution with its shapes fixed, its weights listed as inputs, and a weight that no node reads."""
    weights = np.arange(2 * 3 * 3 * 3, dtype=np.float32).reshape(2, 3, 3, 3)
    tensors = [onnx.numpy_helper.from_array(weights, "weights"), onnx.numpy_helper.from_array(np.int64(7), "counter")]
    node = helper.make_node("Conv", ["picture", "weights"], ["answer"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    counter = helper.make_tensor_value_info("counter", TensorProto.INT64, [])
    graph = helper.make_graph(
        [node],
        "small",
        [floats("picture", [10, 3, 32, 32]), floats("weights", [2, 3, 3, 3]), counter],
        [floats("answer", [10, 2, 32, 32])],
        tensors,
        value_info=[floats("inner", [10, 2, 32, 32])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 9)], ir_version=4)


def dimensions(value):
    return [dimension.dim_param or dimension.dim_value for dimension in value.type.tensor_type.shape.dim]


class Wire(unittest.TestCase):
    def test_varints_survive_the_way_there_and_back(self):
        for number in (0, 1, 127, 128, 300, 2**63):
            self.assertEqual(conversion.read_varint(conversion.varint(number), 0), (number, len(conversion.varint(number))))

    def test_a_file_that_was_cut_off_is_refused(self):
        with self.assertRaisesRegex(ValueError, "ends inside a field"):
            list(conversion.fields(b"\x0a\x05abc"))


@unittest.skipIf(onnx is None, "onnx, onnxruntime or numpy is not installed")
class SmallNetwork(unittest.TestCase):
    def setUp(self):
        self.before = small_network()
        self.converted = conversion.converted(self.before.SerializeToString())
        self.after = onnx.load_from_string(self.converted)

    def test_shapes_get_names_and_fixed_ones_stay(self):
        onnx.checker.check_model(self.after, full_check=True)
        self.assertEqual(dimensions(self.after.graph.input[0]), ["batch", 3, "height", "width"])
        self.assertEqual(dimensions(self.after.graph.output[0]), ["batch", 2, "rows", "columns"])
        self.assertEqual(len(self.after.graph.value_info), 0)

    def test_weights_are_no_inputs_and_unread_ones_are_gone(self):
        self.assertEqual([value.name for value in self.after.graph.input], ["picture"])
        self.assertEqual([tensor.name for tensor in self.after.graph.initializer], ["weights"])

    def test_converting_twice_changes_nothing_more(self):
        self.assertEqual(conversion.converted(self.converted), self.converted)

    def test_answers_are_the_same_and_other_sizes_work(self):
        picture = np.random.default_rng(1).random((10, 3, 32, 32), dtype=np.float32)
        before, after = (self.run_model(model.SerializeToString(), picture) for model in (self.before, self.after))
        np.testing.assert_allclose(after, before, rtol=1e-6)
        self.assertEqual(self.run_model(self.converted, picture[:1, :, :20, :24]).shape, (1, 2, 20, 24))

    def run_model(self, model, picture):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return session.run(None, {"picture": picture})[0]


@unittest.skipIf(onnx is None, "onnx, onnxruntime or numpy is not installed")
@unittest.skipUnless((FILES / "centerface.onnx").is_file(), "models/files/centerface.onnx is not there")
class RealFile(unittest.TestCase):
    def test_it_is_valid_and_takes_pictures_of_any_size(self):
        model = onnx.load(FILES / "centerface.onnx")
        onnx.checker.check_model(model, full_check=True)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        answers = session.run(None, {session.get_inputs()[0].name: np.zeros((2, 3, 64, 96), np.float32)})
        self.assertEqual([answer.shape for answer in answers], [(2, n, 16, 24) for n in (1, 2, 2, 10)])


if __name__ == "__main__":
    # Results go where those of the other runners go.
    unittest.main()
