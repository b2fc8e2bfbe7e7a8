"""Functions over columns: memoryviews, numpy arrays, pyarrow arrays."""

import importlib.util
import math
import unittest
from array import array

from forebay.slot import STATUS_DONE, STATUS_OVERFLOWED
from tests.support import FEATURES, Batch, batch, fields

needs_numpy = unittest.skipUnless(importlib.util.find_spec("numpy"), "numpy is not installed")
needs_arrow = unittest.skipUnless(importlib.util.find_spec("pyarrow"), "pyarrow is not installed")


class Memoryviews(unittest.TestCase):
    def test_gives_memoryviews_where_they_lie_and_takes_buffers(self):
        kept = []

        def double(columns):
            value = columns["value"]
            kept.append(value)
            self.assertEqual((value.format, value.readonly, len(value)), ("d", True, columns.rows))
            self.assertEqual(list(columns), ["sensorId", "timestamp", "value"])
            self.assertEqual(columns["sensorId"][0], "hall-0")
            return {"normalized": array("d", [2 * v for v in value]), "feature": value}

        done = batch([1.5, -2.0, 3.0]).call(double, form="columns")
        self.assertEqual(done.status, STATUS_DONE)
        self.assertEqual(done.output("normalized"), [3.0, -4.0, 6.0])
        self.assertEqual(done.output("feature"), [1.5, -2.0, 3.0])
        with self.assertRaises(ValueError):
            kept[0][0]  # The call is over.

    def test_takes_lists_of_every_type(self):
        outputs = fields(a="bool", b="int32", c="float64?", d="string?", e="list-float64")
        rows = [[True, 1, None, "x", [1.0]], [False, -2, 2.5, None, []]]

        def make(columns):
            chosen = [rows[i] for i in columns["id"]]
            return dict(zip("abcde", map(list, zip(*chosen))))

        for singly in (False, True):
            done = Batch(fields(id="int64"), outputs, [[0, 1]]).call(make, singly, "columns")
            self.assertEqual(done.marks, [0, 0], done.rejected)
            for i, name in enumerate("abcde"):
                self.assertEqual(done.output(name), [row[i] for row in rows])

    def test_tells_which_rows_have_a_value(self):
        seen = []

        def look(columns):
            seen.append((columns.valid("v"), columns.valid("w")))
            return {"o": [0] * columns.rows}

        Batch(fields(v="float64?", w="int64?"), fields(o="int64"), [[1.0, None], [1, 2]]).call(
            look, form="columns"
        )
        self.assertEqual(seen, [([True, False], None)])

    def test_rejects_the_rows_that_make_it_raise_and_no_other(self):
        def picky(columns):
            if any(value < 0 for value in columns["value"]):
                raise ValueError("below zero")
            return {"normalized": columns["value"], "feature": columns["value"]}

        values = [float(i) if i not in (3, 77) else -1.0 for i in range(100)]
        for singly in (False, True):
            done = batch(values, capacity=128).call(picky, singly, "columns")
            self.assertEqual(sorted(done.rejected), [3, 77])
            self.assertIn("raised ValueError: below zero", done.rejected[3][0])
            self.assertEqual(done.output("feature")[99], 99.0)

    def test_says_what_is_wrong_with_what_was_returned(self):
        value = "value"
        cases = [
            (lambda c: None, "returned None (NoneType) in place of a mapping"),
            (lambda c: [c[value], c[value]], "in place of a mapping"),
            (lambda c: {"feature": c[value]}, "returned no column 'normalized'"),
            (lambda c: {"feature": c[value], "normalized": 1.0}, "returned 1.0 (float) for the"),
            (lambda c: {"feature": c[value], "normalized": [1.0] * 7}, "returned 7 values for"),
            (
                lambda c: {"feature": c[value], "normalized": ["x"] * c.rows},
                "returned 'x' (str) for 'normalized', which is float64",
            ),
            (
                lambda c: {"feature": c[value], "normalized": c[value], "more": c[value]},
                "returned the column 'more', which is not one of its outputs",
            ),
            (
                lambda c: {**c, "value": [0.0] * c.rows, "feature": c[value], "normalized": c[value]},
                "returned the column 'value', which is not one of its outputs",
            ),
        ]
        for function, sentence in cases:
            with self.subTest(sentence=sentence):
                done = batch([1.0, 2.0]).call(function, form="columns")
                self.assertEqual(sorted(done.rejected), [0, 1])
                self.assertIn(sentence, done.rejected[0][0])

    def test_passes_columns_on_that_are_as_they_were_given(self):
        def function(columns):
            return {**columns, "normalized": columns["value"], "feature": columns["value"]}

        self.assertEqual(batch([1.0]).call(function, form="columns").marks, [0])

    def test_overflows_where_texts_stop_to_fit(self):
        def make(columns):
            return {"text": ["x" * size for size in columns["size"]]}

        sizes = [1000, 3000, 90, 10, 5000]
        done = Batch(fields(size="int64"), fields(text="string"), [sizes]).call(
            make, form="columns"
        )
        self.assertEqual((done.status, done.overflow_row), (STATUS_OVERFLOWED, 3))


@needs_numpy
class Numpy(unittest.TestCase):
    def test_computes_the_lectures_function_without_a_copy(self):
        import numpy as np

        def features(columns):
            value = columns["value"]
            self.assertFalse(value.flags.writeable)
            self.assertFalse(value.flags.owndata)
            normalized = (value - 20.0) / 60.0
            feature = np.sqrt(np.abs(normalized)) * np.log(np.abs(value) + 1)
            return {"normalized": normalized, "feature": feature}

        values = [21.5, -3.0, 1e6]
        done = batch(values).call(features, form="numpy")
        self.assertEqual(done.marks, [0, 0, 0], done.rejected)
        for value, feature in zip(values, done.output("feature")):
            expected = math.sqrt(abs((value - 20) / 60)) * math.log(abs(value) + 1)
            self.assertAlmostEqual(feature, expected, delta=1e-12 * expected)

    def test_gives_and_takes_every_type(self):
        import numpy as np

        input = fields(a="bool", b="int32", f="float64?", s="string", l="list-float64")
        columns = [[True, False], [1, -2], [0.5, None], ["x", "yß"], [[1.0], []]]
        outputs = fields(
            a="bool", b="int32", c="int64", f="float64", t="timestamp-ms", s="string?", m="float64?"
        )

        def function(given):
            self.assertEqual(given["a"].dtype, bool)
            self.assertTrue(np.isnan(given["f"][1]))
            self.assertEqual(list(given["s"]), ["x", "yß"])
            self.assertEqual(list(given["l"][0]), [1.0])
            return {
                "a": ~given["a"],
                "b": given["b"][::-1],
                "c": given["b"],
                "f": given["b"].astype("float32"),
                "t": np.array(["2026-01-01", "2026-01-02"], dtype="datetime64[D]"),
                "s": np.array(["u", None], dtype=object),
                "m": np.ma.masked_array([1.0, 2.0], mask=[True, False]),
            }

        done = Batch(input, outputs, columns).call(function, form="numpy")
        self.assertEqual(done.marks, [0, 0], done.rejected)
        self.assertEqual(done.output("a"), [False, True])
        self.assertEqual(done.output("b"), [-2, 1])
        self.assertEqual(done.output("c"), [1, -2])
        self.assertEqual(done.output("f"), [1.0, -2.0])
        self.assertEqual(done.output("t")[0], 1_767_225_600_000)
        self.assertEqual(done.output("s"), ["u", None])
        self.assertEqual(done.output("m"), [None, 2.0])

    def test_refuses_arrays_of_a_type_that_loses_values(self):
        import numpy as np

        done = batch([1.0], fields(x="int64")).call(lambda c: {"x": np.array([1.5])}, form="numpy")
        self.assertIn("returned 1.5 (float) for 'x', which is int64", done.rejected[0][0])


@needs_arrow
class Arrow(unittest.TestCase):
    def test_takes_timestamps_in_the_unit_of_the_column(self):
        import pyarrow as pa

        for unit, number in (("s", 2), ("ms", 2000), ("us", 2_000_000)):
            made = pa.array([number, None], type=pa.timestamp(unit))
            done = batch([1.0, 2.0], fields(t="timestamp-ms?")).call(
                lambda c: {"t": made[: c.rows]}, form="arrow"
            )
            self.assertEqual(done.output("t"), [2000, None])

    def test_gives_and_takes_every_type(self):
        import pyarrow as pa
        import pyarrow.compute as pc

        input = fields(
            a="bool?", b="int32", f="float64?", t="timestamp-ms", s="string?", l="list-float64"
        )
        columns = [
            [True, None, False],
            [1, -2, 3],
            [0.5, None, 2.5],
            [0, 1, 2],
            ["x", None, "yß"],
            [[1.0], [], [2.0, 3.0]],
        ]
        outputs = fields(f="float64?", b="int32", s="string?", n="int64")

        def function(given):
            for name, values in zip("abfsl", [columns[i] for i in (0, 1, 2, 4, 5)]):
                first = given["b"][0].as_py()
                self.assertEqual(given[name].to_pylist()[0], values[0 if first == 1 else 1])
            self.assertEqual(given["t"].type, pa.timestamp("ms"))
            given["s"].validate(full=True)
            return {
                "f": pc.multiply(given["f"], 2),
                "b": given["b"],
                "s": given["s"],
                "n": pc.list_value_length(given["l"]).cast(pa.int64()),
            }

        done = Batch(input, outputs, columns).call(function, form="arrow")
        self.assertEqual(done.marks, [0, 0, 0], done.rejected)
        self.assertEqual(done.output("f"), [1.0, None, 5.0])
        self.assertEqual(done.output("b"), [1, -2, 3])
        self.assertEqual(done.output("s"), ["x", None, "yß"])
        self.assertEqual(done.output("n"), [1, 0, 2])


assert FEATURES

if __name__ == "__main__":
    unittest.main()
