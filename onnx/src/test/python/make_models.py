"""Makes the small models of the tests, with the standard library only: ONNX is protobuf.

    python3 make_models.py FOLDER

Field numbers: https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto
"""

import struct
import sys
from pathlib import Path

FLOAT, INT32, INT64, STRING, BOOL, DOUBLE = 1, 6, 7, 8, 9, 11


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def value_info(name, element, shape):
    dimensions = b"".join(
        message(1, message(2, each) if isinstance(each, str) else number(1, each)) for each in shape
    )
    tensor = number(1, element) + message(2, dimensions)
    return message(1, name) + message(2, message(1, tensor))


def tensor(name, element, shape, values):
    formats = {FLOAT: "<f", DOUBLE: "<d", INT64: "<q", INT32: "<i"}
    raw = b"".join(struct.pack(formats[element], each) for each in values)
    return b"".join(number(1, each) for each in shape) + number(2, element) + message(8, name) + message(9, raw)


def attribute(name, value):
    if isinstance(value, bytes):
        return message(1, name) + message(5, value) + number(20, 4)
    return message(1, name) + number(3, value) + number(20, 2)


def node(operator, inputs, outputs, **attributes):
    return (
        b"".join(message(1, each) for each in inputs)
        + b"".join(message(2, each) for each in outputs)
        + message(4, operator)
        + b"".join(message(5, attribute(name, value)) for name, value in attributes.items())
    )


def model(nodes, inputs, outputs, initializers=()):
    graph = (
        b"".join(message(1, each) for each in nodes)
        + message(2, "graph")
        + b"".join(message(5, each) for each in initializers)
        + b"".join(message(11, each) for each in inputs)
        + b"".join(message(12, each) for each in outputs)
    )
    return number(1, 8) + message(2, "make_models") + message(7, graph) + message(8, number(2, 17))


def linear(rows, weights="w"):
    """y = 0.5 a - 2 b + 0.25 c + 1, over a first dimension of that many rows."""
    return model(
        [node("MatMul", ["x", weights], ["p"]), node("Add", ["p", "b"], ["y"])],
        [value_info("x", FLOAT, [rows, 3])],
        [value_info("y", FLOAT, [rows, 1])],
        [tensor("w", FLOAT, [3, 1], [0.5, -2, 0.25]), tensor("b", FLOAT, [1], [1])],
    )


MODELS = {
    "linear": linear("n"),
    "linear-one-row": linear(1),
    "linear-eight-rows": linear(8),
    # An alarm where warm and often: two named inputs of other types, three outputs.
    "alarm": model(
        [
            node("Mul", ["temperature", "two"], ["doubled"]),
            node("Greater", ["count", "limit"], ["often"]),
            node("Add", ["count", "limit"], ["class"]),
        ],
        [value_info("temperature", DOUBLE, ["n"]), value_info("count", INT64, ["n", 1])],
        [
            value_info("doubled", DOUBLE, ["n"]),
            value_info("often", BOOL, ["n", 1]),
            value_info("class", INT64, ["n", 1]),
        ],
        [tensor("two", DOUBLE, [1], [2]), tensor("limit", INT64, [1], [10])],
    ),
    # Sums and differences of the halves of four samples.
    "halves": model(
        [node("MatMul", ["signal", "w"], ["halves"])],
        [value_info("signal", FLOAT, ["n", 4])],
        [value_info("halves", FLOAT, ["n", 2])],
        [tensor("w", FLOAT, [4, 2], [1, 1, 1, 1, 1, -1, 1, -1])],
    ),
    "text": model(
        [node("Identity", ["name"], ["same"])],
        [value_info("name", STRING, ["n"])],
        [value_info("same", STRING, ["n"])],
    ),
    # Takes as much memory as the value says: 4 bytes each.
    "memory": model(
        [
            node("Cast", ["x"], ["long"], to=INT64),
            node("ReduceMax", ["long"], ["most"], keepdims=1),
            node("Reshape", ["most", "one"], ["shape"]),
            node("ConstantOfShape", ["shape"], ["zeros"]),
            node("ReduceSum", ["zeros"], ["sum"], keepdims=0),
            node("Add", ["x", "sum"], ["y"]),
        ],
        [value_info("x", FLOAT, ["n"])],
        [value_info("y", FLOAT, ["n"])],
        [tensor("one", INT64, [1], [1])],
    ),
    # One result for all rows.
    "mean": model(
        [node("ReduceMean", ["x"], ["mean"], keepdims=1)],
        [value_info("x", FLOAT, ["n"])],
        [value_info("mean", FLOAT, [1])],
    ),
    # Of examples/model.yaml: how many standard deviations (25) from the mean (50), and whether more than 3.
    "anomaly": model(
        [
            node("Sub", ["value", "mean"], ["difference"]),
            node("Div", ["difference", "deviation"], ["signed"]),
            node("Abs", ["signed"], ["score"]),
            node("Greater", ["score", "three"], ["anomaly"]),
        ],
        [value_info("value", FLOAT, ["n"])],
        [value_info("score", FLOAT, ["n"]), value_info("anomaly", BOOL, ["n"])],
        [tensor("mean", FLOAT, [1], [50]), tensor("deviation", FLOAT, [1], [25]), tensor("three", FLOAT, [1], [3])],
    ),
    "no-such-operator": model(
        [node("Normalise", ["x"], ["y"])], [value_info("x", FLOAT, ["n"])], [value_info("y", FLOAT, ["n"])]
    ),
}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, content in MODELS.items():
        (folder / (name + ".onnx")).write_bytes(content)
