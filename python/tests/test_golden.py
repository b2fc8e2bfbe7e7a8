"""The bytes of slots, frames and rings are those that the Java side is tested against."""

import os
import struct
import unittest

from forebay import wire
from forebay.columns import Reader, Writer
from forebay.ring import SINGLY, Ring
from forebay.slot import FILTERED, KEPT, REJECTED, SHAPES, Columns, CorruptSlot, Slot
from tests.support import Stage, fields

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SLOTS = os.path.join(ROOT, "slots/src/test/resources/golden")
PROTOCOL = os.path.join(ROOT, "workers/src/test/resources/golden")


# What stands for the answer in the golden slot.
SEAL = 241602422


def golden(folder, name, size=None):
    found = {}
    with open(os.path.join(folder, name + ".hex")) as lines:
        for line in lines:
            place, _, content = line.partition(":")
            found[int(place, 16)] = bytes.fromhex(content)
    end = max(at + len(content) for at, content in found.items())
    result = bytearray(size or end)
    for at, content in found.items():
        result[at : at + len(content)] = content
    return result


class GoldenSlot(unittest.TestCase):
    INPUT = fields(
        sensorId="string",
        timestamp="timestamp-ms",
        value="float64?",
        ok="bool",
        raw="binary",
        wave="list-float64",
        count="int32",
        gain="float32",
    )
    OUTPUT = fields(feature="float64?", label="string")

    def setUp(self):
        self.memory = golden(SLOTS, "published", 8192)
        self.columns = Columns(Stage(self.INPUT, self.OUTPUT, True))
        self.slot = Slot(0, memoryview(self.memory), self.columns.count)

    def test_reads_what_the_engine_has_published(self):
        self.slot.begin()
        self.assertEqual(self.slot.sequence, 0x1122334455667788)
        self.assertEqual(self.slot.rows, 3)
        values = {f.name: list(Reader(f, at).values(self.slot)) for f, at in self.columns.view}
        self.assertEqual(
            values,
            {
                "sensorId": ["hall-a", "hall-β", "hall-a"],
                "timestamp": [1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_002],
                "value": [20.5, None, 22.5],
                "ok": [False, False, True],
                "raw": [b"", b"x", b"xx"],
                "wave": [[1.0], [1.0, -2.0], [1.0, -2.0, 0.5]],
                "count": [0, -1, -2],
                "gain": [0.0, 0.25, 0.5],
            },
        )
        extras = Reader(wire.Field("x", "string", True), self.columns.extras)
        self.assertEqual(list(extras.values(self.slot)), ['"unit":"C"', None, None])

    def test_writes_what_the_engine_reads(self):
        slot = self.slot
        slot.begin()
        slot.cursor(2)
        (feature, at), (label, label_at) = self.columns.outputs
        self.assertIsNone(Writer(feature, at).write(slot, (41.0, None, None)))
        self.assertIsNone(Writer(label, label_at).write(slot, ("warm", "", "é")))
        marks = bytes([KEPT, FILTERED, REJECTED])
        slot.done(0, SHAPES["FEWER"], 3, marks, [(2, "too hot", "at row 2")], 1000, 900, 90)
        self.assertEqual(self.memory, golden(SLOTS, "done", 8192))
        self.assertEqual(slot.seal(self.columns.outputs), SEAL)
        self.memory[self.places_of(feature, at)] ^= 1
        self.assertNotEqual(slot.seal(self.columns.outputs), SEAL)

    def test_writes_elsewhere_when_told_so(self):
        slot = self.slot
        slot.memory = memoryview(bytes(self.memory))  # Not to be written to.
        reply = bytearray(8192)
        slot.reply_to(memoryview(reply))
        slot.begin()
        (feature, at), (label, label_at) = self.columns.outputs
        self.assertIsNone(Writer(feature, at).write(slot, (41.0, None, None)))
        self.assertIsNone(Writer(label, label_at).write(slot, ("warm", "", "é")))
        marks = bytes([KEPT, FILTERED, REJECTED])
        slot.cursor(2)
        slot.done(0, SHAPES["FEWER"], 3, marks, [(2, "too hot", "at row 2")], 1000, 900, 90)
        self.assertEqual(slot.seal(self.columns.outputs), SEAL)

    def places_of(self, field, at):
        return self.slot.places[at][3]

    def test_refuses_a_slot_of_another_layout(self):
        struct.pack_into("<i", self.memory, 4, 2)
        with self.assertRaisesRegex(CorruptSlot, "layout version 1"):
            self.slot.begin()


class GoldenProtocol(unittest.TestCase):
    def test_frames_have_the_golden_bytes(self):
        token = bytes(range(32))
        hello = wire.frame(wire.HELLO, struct.pack("<q", 4711) + token)
        self.assertEqual(hello, golden(PROTOCOL, "hello"))
        self.assertEqual(wire.frame(wire.READY), golden(PROTOCOL, "ready"))
        refused = wire.frame(wire.REFUSED, wire.text("no model file: größer"))
        self.assertEqual(refused, golden(PROTOCOL, "refused"))

    def test_reads_the_golden_assignment(self):
        content = bytes(golden(PROTOCOL, "configure"))
        kind, payload = wire.read(Connection(content))
        self.assertEqual(kind, wire.CONFIGURE)
        outputs = [wire.Field("normalized", "float64", False), wire.Field("β", "string", True)]
        self.assertEqual(
            wire.assignment(payload),
            wire.Assignment(
                engine_pid=4711,
                memory="/proc/4711/fd/9",
                slots=32,
                slot_bytes=1 << 20,
                control_bytes=4096,
                reply="/proc/4711/fd/10",
                parts=3,
                part=1,
                buffers=6,
                control=1536,
                entries=8,
                generation=5,
                stage=0,
                input=fields(sensorId="string", timestamp="timestamp-ms", value="float64?"),
                extras=True,
                stages=[outputs, []],
                function="com.acme.Features",
                parameters={"mode": "fast", "window": "9"},
                shape="FEWER",
                outputs=outputs,
            ),
        )

    def test_refuses_what_is_cut_off_or_too_long(self):
        content = bytes(golden(PROTOCOL, "configure"))
        for end in range(len(content)):
            with self.assertRaises((wire.ProtocolError, EOFError)):
                _, payload = wire.read(Connection(content[:end]))
                wire.assignment(payload)
        for header in ("000000000300 0200", "010010000300 0100", "ffffffff0300 0100"):
            with self.assertRaises(wire.ProtocolError):
                wire.read(Connection(bytes.fromhex(header)))

    def test_ring_has_the_golden_bytes(self):
        expected = golden(PROTOCOL, "ring")
        memory = bytearray(expected)
        worker_parts = [(128, 152), (256, 260), (320, 328), (384 + 32, 384 + 56)]
        for begin, end in worker_parts:
            memory[begin:end] = bytes(end - begin)
        ring = Ring(memoryview(memory), memoryview(memory), 2, 5)
        ring.words[Ring.BEAT] = 1000
        ring.begin(0, 1001)
        self.assertEqual((ring.slot(0), ring.flags(0)), (7, 0))
        self.assertFalse(ring.finish(0, 1002, 1003))
        ring.begin(1, 1004)
        self.assertEqual((ring.slot(1), ring.flags(1)), (8, SINGLY))
        self.assertTrue(ring.sleep(2))
        self.assertEqual(memory, expected)
        self.assertFalse(ring.sleep(1))
        self.assertTrue(ring.finish(1, 1005, 1006))
        with self.assertRaises(ValueError):
            Ring(memoryview(memory), memoryview(memory), 2, 6)


class Connection:
    def __init__(self, content):
        self.content = content

    def recv(self, count):
        part, self.content = self.content[:count], self.content[count:]
        return part


if __name__ == "__main__":
    unittest.main()
