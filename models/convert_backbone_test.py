"""The conversion of backbones: a folded convolution by itself, and the real files where they are there."""

import unittest
from pathlib import Path

import convert_backbone as conversion

try:
    import numpy as np
    import onnx
    import onnxruntime
except ImportError as missing:
    onnx = None
    print(f"skipped: {missing}")

FILES = Path(__file__).parent / "files"


def tensor(values):
    return conversion.Tensor([float(value) for value in values.ravel()], values.shape)


@unittest.skipIf(onnx is None, "numpy, onnx and onnxruntime are not installed")
class Backbones(unittest.TestCase):
    def test_a_folded_convolution_is_the_convolution_and_its_normalisation(self):
        random = np.random.default_rng(1)
        w, x = random.normal(size=(4, 3, 1, 1)), random.normal(size=(2, 3, 5, 5))
        gamma, beta, mean, variance = (random.uniform(0.5, 2, 4) for _ in range(4))
        parts = dict(weight=gamma, bias=beta, running_mean=mean, running_var=variance)
        weights = {"c.weight": tensor(w), **{f"n.{name}": tensor(value) for name, value in parts.items()}}
        graph = conversion.Graph(weights, 1e-5)
        graph.convolution("input", "y", "c", "n", True, strides=[1, 1], pads=[0] * 4, group=1)
        session = onnxruntime.InferenceSession(graph.model("small", [("y.relu6", ["N", 4, "h", "w"])]))
        (found,) = session.run(None, {"input": x.astype(np.float32)})
        shape = (1, 4, 1, 1)
        plain = np.einsum("fc,nchw->nfhw", w[:, :, 0, 0], x) - mean.reshape(shape)
        expected = plain / np.sqrt(variance + 1e-5).reshape(shape) * gamma.reshape(shape) + beta.reshape(shape)
        np.testing.assert_allclose(found, np.clip(expected, 0, 6), atol=1e-5)

    def test_the_real_files_are_sound_and_take_any_size(self):
        for name, extra in (("mobilenet-v2", [(96, 10, 12)]), ("efficientnet-lite0", [])):
            file = FILES / f"{name}.onnx"
            if not file.exists():
                self.skipTest(f"{file.name} is not here; npm run setup fetches it")
            onnx.checker.check_model(onnx.load(file), full_check=True)
            session = onnxruntime.InferenceSession(file)
            outputs = session.run(None, {"input": np.zeros((2, 3, 160, 192), np.float32)})
            self.assertEqual([output.shape for output in outputs], [(2, 1280), *((2, *shape) for shape in extra)])


if __name__ == "__main__":
    unittest.main()
