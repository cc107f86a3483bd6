"""Makes ONNX files of pretrained backbones: python3 convert_backbone.py SOURCE TARGET

The published files are PyTorch checkpoints in its old format: MobileNetV2 (torchvision) or EfficientNet-Lite0, told
apart by their weights' names. The result takes normalised pixels `input` [N,3,H,W] and gives `features` [N,1280] and,
for MobileNetV2, `map` [N,96,H/16,W/16], what its 14th block reads. Batch normalisation is folded into the
convolutions. Weights are named NODE.weight and NODE.bias.

It needs nothing but Python, computes in double precision and rounds once: the result is the same byte for byte on
every machine. Field numbers are those of onnx.proto (opset 13, ONNX IR version 7).
"""

import collections
import math
import pickle
import struct
import sys
from array import array
from pathlib import Path

from convert_centerface import BYTES, VARINT, message

FLOAT, INT, INTS, STRING = 1, 2, 7, 3
MOBILENET = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
LITE0 = [(1, 1, 1), (2, 2, 6), (2, 2, 6), (3, 2, 6), (3, 1, 6), (4, 2, 6), (1, 1, 6)]


class Tensor:
    """A weight: its values in order, and its shape."""

    def __init__(self, values, shape):
        self.values, self.shape = values, list(shape)


class Unpickler(pickle.Unpickler):
    """Reads a checkpoint without PyTorch, and nothing but tensors."""

    def __init__(self, file):
        super().__init__(file)
        self.storages = {}

    def find_class(self, module, name):
        if name == "_rebuild_tensor_v2":
            return lambda storage, offset, size, stride, *_: (storage, offset, tuple(size), tuple(stride))
        if name == "_rebuild_parameter":
            return lambda data, *_: data
        if name in ("FloatStorage", "LongStorage"):
            return name
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        raise ValueError(f"expected a checkpoint of tensors, found {module}.{name}")

    def persistent_load(self, saved):
        _, kind, key = saved[:3]
        self.storages[key] = kind
        return key


def read_checkpoint(path):
    """The weights of a checkpoint by name."""
    with open(path, "rb") as file:
        storages = {}
        for _ in range(3):
            Unpickler(file).load()
        unpickler = Unpickler(file)
        tensors = unpickler.load()
        for key in pickle.Unpickler(file).load():
            (count,) = struct.unpack("<q", file.read(8))
            code, size = ("f", 4) if unpickler.storages[key] == "FloatStorage" else ("q", 8)
            values = array(code)
            values.frombytes(file.read(count * size))
            if sys.byteorder == "big":
                values.byteswap()
            storages[key] = values
    weights = {}
    for name, saved in tensors.items():
        if not isinstance(saved, tuple):
            continue
        key, offset, shape, stride = saved
        places = [offset]
        for length, step in zip(shape, stride):
            places = [place + index * step for place in places for index in range(length)]
        storage = storages[key]
        weights[name] = Tensor([storage[place] for place in places], shape)
    return weights


class Graph:
    """Nodes and weights of an ONNX graph in the making."""

    def __init__(self, weights, epsilon):
        self.weights, self.epsilon = weights, epsilon
        self.nodes, self.initializers = [], []
        self.constant("zero", [0.0], [])
        self.constant("six", [6.0], [])

    def constant(self, name, values, shape):
        data = array("f", values)
        if sys.byteorder == "big":
            data.byteswap()
        parts = [(1, VARINT, length) for length in shape]
        parts += [(2, VARINT, FLOAT), (8, BYTES, name.encode()), (9, BYTES, data.tobytes())]
        self.initializers.append(message(parts))

    def node(self, operator, inputs, output, **settings):
        parts = [(1, BYTES, name.encode()) for name in inputs] + [(2, BYTES, output.encode())]
        parts += [(3, BYTES, output.encode()), (4, BYTES, operator.encode())]
        for name, value in settings.items():
            kind, values = INT, [(3, VARINT, value)]
            if isinstance(value, list):
                kind, values = INTS, [(8, VARINT, number) for number in value]
            elif isinstance(value, str):
                kind, values = STRING, [(4, BYTES, value.encode())]
            parts.append((5, BYTES, message([(1, BYTES, name.encode()), *values, (20, VARINT, kind)])))
        self.nodes.append(message(parts))
        return output

    def convolution(self, x, name, convolution, normalisation, relu6, **settings):
        """A convolution with its batch normalisation folded in: w · γ ÷ √(σ² + ε), β − μ · γ ÷ √(σ² + ε)."""
        gamma, beta, mean, variance = (
            self.weights[f"{normalisation}.{part}"].values for part in ("weight", "bias", "running_mean", "running_var")
        )
        factors = [g / math.sqrt(v + self.epsilon) for g, v in zip(gamma, variance)]
        weight = self.weights[f"{convolution}.weight"]
        per_filter = len(weight.values) // weight.shape[0]
        values = [value * factors[at // per_filter] for at, value in enumerate(weight.values)]
        self.constant(f"{name}.weight", values, weight.shape)
        self.constant(f"{name}.bias", [b - m * f for b, m, f in zip(beta, mean, factors)], [weight.shape[0]])
        inputs = [x, f"{name}.weight", f"{name}.bias"]
        y = self.node("Conv", inputs, name, kernel_shape=weight.shape[2:], **settings)
        return self.node("Clip", [y, "zero", "six"], f"{name}.relu6") if relu6 else y

    def model(self, name, outputs):
        """The file's bytes. Outputs are (name, lengths); a length that is a word is free."""

        def value(name, lengths):
            dimension = lambda length: (2, BYTES, length.encode()) if isinstance(length, str) else (1, VARINT, length)
            shape = message((1, BYTES, message([dimension(length)])) for length in lengths)
            kind = message([(1, BYTES, message([(1, VARINT, FLOAT), (2, BYTES, shape)]))])
            return message([(1, BYTES, name.encode()), (2, BYTES, kind)])

        parts = [(1, BYTES, node) for node in self.nodes] + [(2, BYTES, name.encode())]
        parts += [(5, BYTES, weight) for weight in self.initializers]
        parts.append((11, BYTES, value("input", ["N", 3, "H", "W"])))
        parts += [(12, BYTES, value(*output)) for output in outputs]
        opset = message([(1, BYTES, b""), (2, VARINT, 13)])
        return message([(1, VARINT, 7), (2, BYTES, b"bauta"), (7, BYTES, message(parts)), (8, BYTES, opset)])


def pooled(graph, x):
    graph.node("GlobalAveragePool", [x], "pooled")
    graph.node("Flatten", ["pooled"], "features", axis=1)


def mobilenet_v2(weights):
    graph = Graph(weights, 1e-5)

    def convolution(x, name, source, at, stride=1, groups=1, relu6=True):
        kernel = weights[f"{source}{at[0]}.weight"].shape[2]
        return graph.convolution(
            x, name, f"{source}{at[0]}", f"{source}{at[1]}", relu6, strides=[stride] * 2, pads=[kernel // 2] * 4, group=groups
        )

    x, block = convolution("input", "stem", "features.0.", ("0", "1"), 2), 0
    for expansion, channels, repeats, stride in MOBILENET:
        for repeat in range(repeats):
            block += 1
            source, name, y = f"features.{block}.conv.", f"block{block}", x
            if expansion > 1:
                y = convolution(y, f"{name}.expand", source, ("0.0", "0.1"))
            depthwise = ("1.0", "1.1") if expansion > 1 else ("0.0", "0.1")
            groups = weights[f"{source}{depthwise[0]}.weight"].shape[0]
            y = convolution(y, f"{name}.depthwise", source, depthwise, 1 if repeat else stride, groups)
            project = ("2", "3") if expansion > 1 else ("1", "2")
            y = convolution(y, f"{name}.project", source, project, relu6=False)
            # What block 14 reads is an output.
            total = "map" if block == 13 else f"{name}.sum"
            x = graph.node("Add", [x, y], total) if repeat else y
    pooled(graph, convolution(x, "last", "features.18.", ("0", "1")))
    return graph.model("mobilenet-v2", [("features", ["N", 1280]), ("map", ["N", 96, "h", "w"])])


def efficientnet_lite0(weights):
    graph = Graph(weights, 1e-3)

    def convolution(x, name, source, normalisation, stride=1, groups=1, relu6=True):
        settings = {"strides": [stride] * 2, "auto_pad": "SAME_UPPER", "group": groups}
        return graph.convolution(x, name, source, normalisation, relu6, **settings)

    x, block = convolution("input", "stem", "_conv_stem", "_bn0", 2), 0
    for repeats, stride, expansion in LITE0:
        for repeat in range(repeats):
            source, name, y = f"_blocks.{block}.", f"block{block + 1}", x
            if expansion > 1:
                y = convolution(y, f"{name}.expand", f"{source}_expand_conv", f"{source}_bn0")
            groups = weights[f"{source}_depthwise_conv.weight"].shape[0]
            depthwise = (f"{source}_depthwise_conv", f"{source}_bn1")
            y = convolution(y, f"{name}.depthwise", *depthwise, 1 if repeat else stride, groups)
            y = convolution(y, f"{name}.project", f"{source}_project_conv", f"{source}_bn2", relu6=False)
            x = graph.node("Add", [x, y], f"{name}.sum") if repeat else y
            block += 1
    pooled(graph, convolution(x, "last", "_conv_head", "_bn1"))
    return graph.model("efficientnet-lite0", [("features", ["N", 1280])])


def converted(path):
    """The bytes of a checkpoint's ONNX model, as the head of this file says."""
    weights = read_checkpoint(path)
    return mobilenet_v2(weights) if "features.0.0.weight" in weights else efficientnet_lite0(weights)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.splitlines()[0])
    Path(sys.argv[2]).write_bytes(converted(sys.argv[1]))
