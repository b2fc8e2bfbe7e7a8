"""A slot as the engine would publish it, and what the engine would read of it after a call."""

import struct

from forebay import sample
from forebay.binding import call as make_call
from forebay.columns import CODES, Reader
from forebay.slot import SHAPES, Columns, Slot
from forebay.wire import Field


class Stage:
    """Stands for an assignment."""

    def __init__(self, input, outputs, extras=False, stages=None, stage=0):
        self.input = input
        self.extras = extras
        self.stages = stages or [outputs]
        self.stage = stage


class Reference:
    def __init__(self, form=None):
        self.name = "module.function"
        self.form = form
        self.each = self.value = self.result = False


def fields(**types):
    """Fields by name; a ? behind the type allows nulls."""
    return [Field(name, t.rstrip("?"), t.endswith("?")) for name, t in types.items()]


class Batch:
    """A batch with these columns, in a slot."""

    def __init__(self, input, outputs, columns, extras=None, shape="SAME", room=4096, capacity=None):
        self.stage = Stage(input, outputs, extras is not None)
        self.shape = shape
        layout = Columns(self.stage)
        rows = len(columns[0]) if columns else 0
        physical = [Field("p", "int32", False), Field("s", "int64", False)]
        contents = [[0] * rows, list(range(rows))]
        if extras is not None:
            physical.append(Field("x", "string", True))
            contents.append(extras)
        physical += list(input) + list(outputs)
        contents += list(columns) + [None] * len(outputs)
        self.layout = layout
        self.memory = sample.slot(physical, contents, rows, room, capacity)
        self.slot = Slot(0, memoryview(self.memory), layout.count)

    def call(self, function, singly=False, form=None):
        """Calls the function; returns the batch."""
        call = make_call(Reference(form), function, self.layout, 0, self.shape)
        call.call(self.slot, singly)
        return self

    def word(self, at):
        return struct.unpack_from("<i", self.memory, at)[0]

    @property
    def status(self):
        return self.word(56)

    @property
    def output_rows(self):
        return self.word(80)

    @property
    def overflow_row(self):
        return self.word(96)

    def output(self, name):
        """The values of an output column."""
        field, at = next((f, at) for f, at in self.layout.outputs if f.name == name)
        struct.pack_into("<i", self.memory, 128 + 64 * at + 4, 0 if field.type in CODES else 1)
        struct.pack_into("<i", self.memory, 128 + 64 * at + 8, int(field.nullable))
        view = Slot(0, memoryview(self.memory), self.layout.count)
        status = self.status
        view.begin()
        struct.pack_into("<i", self.memory, 56, status)
        view.rows = self.output_rows
        return list(Reader(field, at).values(view))

    @property
    def marks(self):
        marked = self.word(84) + self.word(88)
        at = self.word(36)
        return list(self.memory[at : at + self.word(24)]) if marked else [0] * self.word(24)

    @property
    def origins(self):
        return list(struct.unpack_from("<%di" % self.output_rows, self.memory, self.word(40)))

    @property
    def rejected(self):
        """Row to reason and detail."""
        area = self.word(44)
        texts = {}
        for i in range(self.word(92)):
            row, text = struct.unpack_from("<ii", self.memory, area + 8 * i)
            if text < 0:
                texts[row] = (None, None)
                continue
            reason, detail = struct.unpack_from("<ii", self.memory, area + text)
            at = area + text + 8
            texts[row] = (
                bytes(self.memory[at : at + reason]).decode(),
                bytes(self.memory[at + reason : at + reason + detail]).decode(),
            )
        return texts


READINGS = fields(sensorId="string", timestamp="timestamp-ms", value="float64")
FEATURES = fields(normalized="float64", feature="float64")


def readings(values):
    return [
        ["hall-%d" % (row % 3) for row in range(len(values))],
        [1_700_000_000_000 + row for row in range(len(values))],
        list(values),
    ]


def batch(values, outputs=FEATURES, **options):
    return Batch(READINGS, outputs, readings(values), **options)


assert SHAPES
