"""Functions over records: what they are given, and what becomes of what they return."""

import math
import os
import random
import unittest

from forebay import RecordRejected
from forebay.slot import STATUS_DONE, STATUS_OVERFLOWED
from tests.support import FEATURES, READINGS, Batch, batch, fields


def processRecordBatch(records):
    results = []
    for record in records:
        value = record["value"]
        normalized = (value - 20.0) / 60.0
        rollingFeature = math.sqrt(abs(normalized)) * math.log(abs(value) + 1)
        results.append({
            **record,                              # copy existing fields
            "normalized": round(normalized, 4),
            "feature": round(rollingFeature, 4)
        })
    return results


def only_outputs(records):
    return [{"normalized": r["value"], "feature": 1.0} for r in records]


class Records(unittest.TestCase):
    def test_computes_the_lectures_function(self):
        for singly in (False, True):
            values = [21.5, -3.25, 0.0, 1e9, math.nan, math.inf][:4]
            done = batch(values).call(processRecordBatch, singly)
            expected = processRecordBatch([{"value": value} for value in values])
            self.assertEqual(done.status, STATUS_DONE)
            self.assertEqual(done.output("normalized"), [r["normalized"] for r in expected])
            self.assertEqual(done.output("feature"), [r["feature"] for r in expected])
            self.assertEqual(done.rejected, {})

    def test_gives_the_fields_in_their_order_and_then_the_undeclared_members(self):
        seen = []

        def look(records):
            seen.extend(records)
            return only_outputs(records)

        extras = ['"unit":"C","tags":["a",{"b":null}]', None, '"unit":"C"']
        batch([1.0, 2.0, 3.0], extras=extras).call(look)
        self.assertEqual(list(seen[0]), ["sensorId", "timestamp", "value", "unit", "tags"])
        self.assertEqual(seen[0]["tags"], ["a", {"b": None}])
        self.assertEqual(list(seen[1]), ["sensorId", "timestamp", "value"])
        self.assertEqual(seen[2]["unit"], "C")
        self.assertEqual(type(seen[0]["timestamp"]), int)

    def test_passes_undeclared_members_on_if_they_are_as_before(self):
        def spoil(records):
            out = processRecordBatch(records)
            out[1]["unit"] = "F"
            out[2]["more"] = 1
            del out[3]["unit"]
            return out

        done = batch([1.0] * 5, extras=['"unit":"C"'] * 5).call(processRecordBatch)
        self.assertEqual(done.marks, [0] * 5)
        done = batch([1.0] * 5, extras=['"unit":"C"'] * 5).call(spoil)
        self.assertEqual(done.marks, [0, 2, 2, 0, 0])
        self.assertIn("changed 'unit' from 'C' (str) to 'F' (str)", done.rejected[1][0])
        self.assertIn("returned 'more', which is not one of its outputs", done.rejected[2][0])

    def test_rejects_a_record_whose_undeclared_member_it_has_changed_and_nothing_else(self):
        def spoil(records):
            out = processRecordBatch(records)
            out[0]["unit"] = "F"
            return out

        done = batch([1.0, 2.0], extras=['"unit":"C"'] * 2).call(spoil)
        self.assertEqual(done.marks, [2, 0])

    def test_accepts_records_with_nothing_but_the_outputs(self):
        done = batch([1.0, 2.0]).call(only_outputs)
        self.assertEqual(done.output("normalized"), [1.0, 2.0])
        self.assertEqual(done.marks, [0, 0])

    def test_accepts_changed_records_in_place(self):
        def change(records):
            for r in records:
                r["normalized"] = r["feature"] = 2 * r["value"]
            return records

        self.assertEqual(batch([1.0, 2.0]).call(change).output("feature"), [2.0, 4.0])

    def test_rejects_the_rows_that_make_it_raise_and_no_other(self):
        seed = int(os.environ.get("FOREBAY_SEED", "1"))
        rng = random.Random(seed)
        for size in (1, 2, 7, 100, 1000):
            for count in (0, 1, 10, size):
                poison = set(rng.sample(range(size), min(count, size)))

                def picky(records):
                    for r in records:
                        if r["timestamp"] - 1_700_000_000_000 in poison:
                            raise ValueError("poison")
                    return only_outputs(records)

                for singly in (False, True):
                    done = batch([float(i) for i in range(size)], capacity=1024).call(picky, singly)
                    marks = [2 if row in poison else 0 for row in range(size)]
                    self.assertEqual(done.marks, marks, "seed %d" % seed)
                    self.assertEqual(set(done.rejected), poison)
                    kept = [v for v, m in zip(done.output("normalized"), marks) if m == 0]
                    self.assertEqual(kept, [float(i) for i in range(size) if i not in poison])

    def test_tells_the_traceback_from_the_function_on(self):
        done = batch([1.0, 0.0]).call(lambda records: [divide(r) for r in records])
        reason, detail = done.rejected[1]
        self.assertEqual(
            reason, "the function module.function raised ZeroDivisionError: float division by zero"
        )
        self.assertNotIn("forebay/calls", detail)
        self.assertIn("in divide", detail)
        self.assertTrue(detail.startswith("Traceback (most recent call last):"))
        self.assertTrue(detail.endswith("ZeroDivisionError: float division by zero"))

    def test_masks_addresses(self):
        def addressed(records):
            raise ValueError(object())

        reason, detail = batch([1.0]).call(addressed).rejected[0]
        self.assertIn("<object object at 0x…>", reason)

    def test_rejects_with_the_reason_alone_if_the_function_gave_one(self):
        def picky(records):
            if any(r["value"] < 0 for r in records):
                raise RecordRejected("below zero")
            return only_outputs(records)

        done = batch([1.0, -1.0, 2.0]).call(picky)
        self.assertEqual(done.rejected, {1: ("below zero", "")})

    def test_says_what_is_wrong_with_what_was_returned(self):
        def changed(name, value):
            def function(records):
                out = processRecordBatch(records)
                for each in out:
                    if each["value"] == 2.0:
                        each[name] = value
                return out

            return function

        def without(records):
            out = processRecordBatch(records)
            out[1].pop("feature")
            return out

        cases = [
            (lambda records: None, [0, 1, 2], "returned None (NoneType) in place of a list"),
            (lambda records: iter(records), [0, 1, 2], "in place of a list"),
            (lambda records: {}, [0, 1, 2], "returned {} (dict) in place of a list"),
            (lambda r: processRecordBatch(r)[1:], [0, 1, 2], "returned 0 records for 1"),
            (lambda r: processRecordBatch(r) * 2, [0, 1, 2], "returned 2 records for 1"),
            (
                lambda r: [x for x in processRecordBatch(r) if x["value"] != 2.0],
                [1],
                "returned 0 records for 1: let it return one for each record",
            ),
            (lambda r: [1, 2, 3][: len(r)], [0, 1, 2], "(int) in place of a dict for a record"),
            (without, [1], "without 'feature': let it return 'normalized' and 'feature'"),
            (changed("feature", None), [1], "returned None for 'feature'"),
            (changed("feature", "x"), [1], "returned 'x' (str) for 'feature', which is float64"),
            (changed("feature", True), [1], "returned True (bool) for 'feature'"),
            (changed("feature", 2**53 + 1), [1], "which is float64: return a float"),
            (changed("value", 3.0), [1], "changed 'value' from 2.0 (float) to 3.0 (float)"),
            (changed("sensorId", 1), [1], "changed 'sensorId' from 'hall-1' (str) to 1 (int)"),
            (changed("alarm", True), [1], "returned 'alarm', which is not one of its outputs"),
        ]
        for function, rows, sentence in cases:
            for singly in (False, True):
                with self.subTest(sentence=sentence, singly=singly):
                    if singly and function is without:
                        continue
                    done = batch([1.0, 2.0, 3.0]).call(function, singly)
                    self.assertEqual(done.status, STATUS_DONE)
                    self.assertEqual(sorted(done.rejected), rows)
                    for row in rows:
                        self.assertIn(sentence, done.rejected[row][0])
                        self.assertEqual(done.rejected[row][1], "")

    def test_accepts_numbers_that_are_exact(self):
        def integers(records):
            return [{**r, "normalized": 3, "feature": math.nan} for r in records]

        done = batch([1.0]).call(integers)
        self.assertEqual(done.output("normalized"), [3.0])
        self.assertTrue(math.isnan(done.output("feature")[0]))
        self.assertEqual(done.marks, [0])

    def test_writes_every_type(self):
        outputs = fields(
            a="bool", b="int32", c="int64", d="float32", e="timestamp-us", f="string",
            g="binary", h="list-float64", i="bool?", j="int32?", k="float64?", l="string?",
            m="binary?", n="list-float64?",
        )
        rows = [
            [True, -(2**31), 2**63 - 1, 0.5, -1, "grüß", b"\0\xff", [1.0, math.inf]]
            + [None, None, None, None, None, None],
            [False, 7, -1, -0.25, 10**18, "", b"", []] + [False, 1, -0.0, "", b"", []],
            [True, 0, 0, 1.5, 0, "x" * 100, b"abc", [0.5] * 9] + [True, 2, 2.5, "β", b"z", [2.0]],
        ]
        names = [field.name for field in outputs]

        def make(records):
            return [dict(zip(names, rows[r["id"]])) for r in records]

        for singly in (False, True):
            done = Batch(fields(id="int64"), outputs, [[0, 1, 2]]).call(make, singly)
            self.assertEqual(done.marks, [0, 0, 0], done.rejected)
            for i, name in enumerate(names):
                self.assertEqual(done.output(name), [row[i] for row in rows], name)

    def test_reads_every_type(self):
        input = fields(
            a="bool", b="int32", c="int64", d="float32", e="timestamp-ns", f="string", g="binary",
            h="list-float64", i="bool?", j="int32?", k="float64?", l="string?",
        )
        columns = [
            [True, False, True],
            [1, -2, 3],
            [2**40, 0, -1],
            [0.5, 1.5, -2.5],
            [1, 2, 3],
            ["a", "", "βγ"],
            [b"", b"\0", b"xyz"],
            [[], [1.0], [2.0, math.inf]],
            [None, True, False],
            [1, None, 3],
            [None, None, 2.5],
            ["x", None, None],
        ]
        seen = []

        def look(records):
            seen.append([dict(r) for r in records])
            return [{"o": 1} for _ in records]

        Batch(input, fields(o="int64"), columns).call(look)
        expected = [dict(zip([f.name for f in input], row)) for row in zip(*columns)]
        self.assertEqual(seen, [expected])

    def test_overflows_where_texts_stop_to_fit(self):
        def make(records):
            return [{"text": "x" * r["size"]} for r in records]

        for singly in (False, True):
            sizes = [1000, 3000, 90, 10, 5000]
            done = Batch(fields(size="int64"), fields(text="string"), [sizes]).call(make, singly)
            self.assertEqual(done.status, STATUS_OVERFLOWED)
            self.assertEqual(done.overflow_row, 3)

    def test_overflows_by_a_byte(self):
        def make(records):
            return [{"text": "x" * r["size"]} for r in records]

        for last, overflow in ((96, -1), (97, 1)):
            done = Batch(fields(size="int64"), fields(text="string"), [[4000, last]]).call(make)
            self.assertEqual(done.overflow_row, overflow)

    def test_overflows_at_the_row_whose_texts_stop_to_fit_where_rows_are_multiplied(self):
        def make(records):
            return [[{"text": "x" * 500}] * r["times"] for r in records]

        done = Batch(fields(times="int64"), fields(text="string"), [[3, 0, 4, 2]], shape="ANY")
        done.call(make)
        self.assertEqual((done.status, done.overflow_row), (STATUS_OVERFLOWED, 3))

    def test_ignores_the_bits_behind_the_last_row(self):
        seen = []

        def look(records):
            seen.extend(r["a"] for r in records)
            return [{"o": 1} for _ in records]

        made = Batch(fields(a="bool"), fields(o="int64"), [[True, False, True]])
        data = made.word(128 + 64 * 2 + 28)
        made.memory[data] |= 0xF0
        made.call(look)
        self.assertEqual(seen, [True, False, True])

    def test_overflows_where_reasons_stop_to_fit(self):
        def fail(records):
            raise ValueError("x" * 900 + str(records[0]["timestamp"]))

        done = batch([0.0] * 200, capacity=256).call(fail)
        self.assertEqual(done.status, STATUS_OVERFLOWED)
        self.assertGreater(done.overflow_row, 5)

    def test_leaves_rows_out_if_that_is_declared(self):
        def evens(records):
            return [
                {**r, "normalized": 0.0, "feature": r["value"]} if r["value"] % 2 == 0 else None
                for r in records
            ]

        for singly in (False, True):
            done = batch([0.0, 1.0, 2.0], shape="FEWER").call(evens, singly)
            self.assertEqual(done.marks, [0, 1, 0])
            self.assertEqual(done.output("feature")[2], 2.0)
            refused = batch([0.0, 1.0, 2.0]).call(evens, singly)
            self.assertEqual(refused.marks, [0, 2, 0])
            self.assertIn("None (NoneType) in place of a dict", refused.rejected[1][0])

    def test_multiplies_rows_if_that_is_declared(self):
        def repeat(records):
            out = []
            for r in records:
                if r["value"] == 7:
                    raise ValueError("seven")
                out.append([{"normalized": float(i), "feature": 0.0} for i in range(int(r["value"]))])
            return out

        for singly in (False, True):
            done = batch([2.0, 0.0, 7.0, 3.0], shape="ANY").call(repeat, singly)
            self.assertEqual(done.marks, [0, 1, 2, 0])
            self.assertEqual(done.origins, [0, 0, 3, 3, 3])
            self.assertEqual(done.output("normalized"), [0.0, 1.0, 0.0, 1.0, 2.0])
            full = batch([30.0, 30.0, 30.0], shape="ANY").call(repeat, singly)
            self.assertEqual(full.status, STATUS_OVERFLOWED)
            self.assertEqual(full.overflow_row, 2)

    def test_replaces_a_column(self):
        def fahrenheit(records):
            return [{**r, "value": r["value"] * 1.8 + 32} for r in records]

        done = batch([0.0, 100.0], fields(value="float64")).call(fahrenheit)
        self.assertEqual(done.output("value"), [32.0, 212.0])

    def test_computes_nothing_of_an_empty_batch(self):
        done = batch([]).call(only_outputs)
        self.assertEqual((done.status, done.output_rows), (STATUS_DONE, 0))

    def test_rejects_a_row_whose_exit_is_asked_for(self):
        def leave(records):
            raise SystemExit(3)

        self.assertIn("raised SystemExit: 3", batch([1.0]).call(leave).rejected[0][0])


def divide(record):
    return {**record, "normalized": 1 / record["value"], "feature": 0.0}


assert READINGS and FEATURES

if __name__ == "__main__":
    unittest.main()
