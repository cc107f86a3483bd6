"""Lets CenterFace take pictures of any size and number: python3 convert_centerface.py SOURCE TARGET

The published file fixes the shapes of its inputs and outputs to a batch of 10 pictures of 32x32, although the network
is fully convolutional. This rewrites what describes the network and leaves every weight and node as it is:

- batch, height and width of the picture and of the four outputs get names instead of numbers;
- weights are no longer listed as inputs, so that ONNX Runtime may fold batch normalisation into convolutions;
- weights that no node reads (counters of the training) are left out, since ONNX Runtime warns of each;
- noted shapes of inner values are left out: they would contradict the new ones.

It edits the protocol buffer itself, field by field, and needs nothing but Python: the result is the same byte for
byte on every machine. Field numbers are those of onnx.proto (ONNX IR version 4).
"""

import sys
from pathlib import Path

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_VALUE_INFO = 1, 5, 11, 12, 13
NODE_INPUT = 1
TENSOR_NAME = 8
VALUE_NAME, VALUE_TYPE = 1, 2
TYPE_TENSOR = 1
TENSOR_TYPE_SHAPE = 2
SHAPE_DIMENSION = 1
DIMENSION_NAME = 2

# The outputs are maps of a quarter of the picture's height and width.
INPUT_NAMES = {0: "batch", 2: "height", 3: "width"}
OUTPUT_NAMES = {0: "batch", 2: "rows", 3: "columns"}


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def varint(value):
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def fields(message):
    """The message's fields in order, as (number, wire type, value)."""
    at = 0
    while at < len(message):
        key, at = read_varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = read_varint(message, at)
        else:
            if wire == BYTES:
                size, at = read_varint(message, at)
            elif wire in (FIXED32, FIXED64):
                size = 4 if wire == FIXED32 else 8
            else:
                raise ValueError(f"expected a protocol buffer, found wire type {wire} at byte {at}")
            if at + size > len(message):
                raise ValueError(f"the file ends inside a field: byte {len(message)}, expected {at + size}")
            value, at = message[at : at + size], at + size
        yield number, wire, value


def message(parts):
    """The opposite of `fields`."""
    encoded = []
    for number, wire, value in parts:
        encoded.append(varint(number << 3 | wire))
        if wire == VARINT:
            encoded.append(varint(value))
        else:
            encoded.append(varint(len(value)) + value if wire == BYTES else value)
    return b"".join(encoded)


def all_of(parent, number):
    return [value for found, _, value in fields(parent) if found == number]


def with_changed(parent, number, change):
    """The message with every field of this number replaced by what `change` makes of it."""
    return message((found, wire, change(value) if found == number else value) for found, wire, value in fields(parent))


def with_named_dimensions(value_info, names):
    """A ValueInfoProto whose tensor shape has `names[i]` for dimension i, and the others as they were."""

    def renamed(shape):
        dimensions = enumerate(all_of(shape, SHAPE_DIMENSION))
        kept = [message([(DIMENSION_NAME, BYTES, names[i].encode())]) if i in names else old for i, old in dimensions]
        return message((SHAPE_DIMENSION, BYTES, dimension) for dimension in kept)

    def in_tensor(tensor):
        return with_changed(tensor, TENSOR_TYPE_SHAPE, renamed)

    return with_changed(value_info, VALUE_TYPE, lambda kind: with_changed(kind, TYPE_TENSOR, in_tensor))


def converted_graph(graph):
    read_by_nodes = {name for node in all_of(graph, GRAPH_NODE) for name in all_of(node, NODE_INPUT)}
    weights = {all_of(tensor, TENSOR_NAME)[0] for tensor in all_of(graph, GRAPH_INITIALIZER)}
    for number, wire, value in fields(graph):
        if number == GRAPH_VALUE_INFO:
            continue
        if number == GRAPH_INITIALIZER and all_of(value, TENSOR_NAME)[0] not in read_by_nodes:
            continue
        if number == GRAPH_INPUT:
            if all_of(value, VALUE_NAME)[0] in weights:
                continue
            value = with_named_dimensions(value, INPUT_NAMES)
        if number == GRAPH_OUTPUT:
            value = with_named_dimensions(value, OUTPUT_NAMES)
        yield number, wire, value


def converted(model):
    """The bytes of an ONNX model, converted as the head of this file says."""
    return with_changed(model, MODEL_GRAPH, lambda graph: message(converted_graph(graph)))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.splitlines()[0])
    Path(sys.argv[2]).write_bytes(converted(Path(sys.argv[1]).read_bytes()))
