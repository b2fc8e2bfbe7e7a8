"""Writes a perceptron of three layers as an ONNX model: 64 numbers in, one out.

    perceptron.py FILE.onnx
"""

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[5] / "onnx/src/test/python"))
from make_models import FLOAT, model, node, tensor, value_info  # noqa: E402

LAYERS = [64, 128, 64, 1]


def main():
    rng = random.Random(58)
    nodes, weights, last = [], [], "x"
    for i, (rows, columns) in enumerate(zip(LAYERS, LAYERS[1:])):
        weights.append(tensor(f"w{i}", FLOAT, [rows, columns], [rng.gauss(0, rows**-0.5) for _ in range(rows * columns)]))
        out = "y" if columns == 1 else f"sum{i}"
        nodes.append(node("MatMul", [last, f"w{i}"], [out]))
        if columns > 1:
            nodes.append(node("Relu", [out], [f"layer{i}"]))
            last = f"layer{i}"
    Path(sys.argv[1]).write_bytes(model(
        nodes, [value_info("x", FLOAT, ["n", LAYERS[0]])], [value_info("y", FLOAT, ["n", 1])], weights))


if __name__ == "__main__":
    main()
