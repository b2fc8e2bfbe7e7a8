"""A slot as a worker sees it: docs/specs/batch-layout.md draws the bytes."""

from struct import Struct, pack_into

MAGIC = 0x4C534246
VERSION = 1

STATUS_RUNNING = 1
STATUS_DONE = 2
STATUS_OVERFLOWED = 3

KEPT = 0
FILTERED = 1
REJECTED = 2

SHAPES = {"SAME": 0, "FEWER": 1, "ANY": 2}

PLAIN = 1
DICTIONARY = 2

MOST_REASON_BYTES = 1 << 10
MOST_DETAIL_BYTES = 8 << 10

_STATUS = 14
_CURSOR = 15
_DIRECTORY = 128
_ENTRY_BYTES = 64

_HEADER = Struct("=iiqiiiiiiiii")
_RESULT = Struct("=9i4xqq")
_RESULT_AT = 64
_STATE = Struct("=iii")
_PLACES = Struct("=iiiii")


class CorruptSlot(Exception):
    """The slot holds nonsense."""


class Columns:
    """Where the columns that a stage sees and writes stand in the directory of a slot."""

    def __init__(self, assignment):
        first = 3 if assignment.extras else 2
        self.extras = 2 if assignment.extras else None
        seen = {field.name: (field, first + i) for i, field in enumerate(assignment.input)}
        at = first + len(assignment.input)
        for stage, outputs in enumerate(assignment.stages):
            if stage == assignment.stage:
                self.view = list(seen.values())
                self.outputs = [(field, at + i) for i, field in enumerate(outputs)]
            for i, field in enumerate(outputs):
                seen[field.name] = (field, at + i)
            at += len(outputs)
        self.count = at


class Slot:
    """One slot. The places of its buffers are read again when the engine has moved them."""

    def __init__(self, number, memory, columns):
        self.number = number
        self.memory = memory
        self.words = memory[: len(memory) & -4].cast("i")
        self.columns = columns
        self.generation = None
        self.places = []

    def begin(self):
        """Takes over what the engine has published, and says that the call runs."""
        (
            magic,
            version,
            self.sequence,
            generation,
            self.submission,
            self.rows,
            self.capacity,
            columns,
            self.marks,
            self.origins,
            self.rejections,
            self.rejection_bytes,
        ) = _HEADER.unpack_from(self.memory, 0)
        if magic != MAGIC or version != VERSION or columns != self.columns:
            raise CorruptSlot(
                "slot %d: has no header of layout version %d with %d columns"
                % (self.number, VERSION, self.columns)
            )
        if not 0 <= self.rows <= self.capacity:
            raise CorruptSlot("slot %d: has %d rows" % (self.number, self.rows))
        if generation != self.generation:
            self.places = [
                _PLACES.unpack_from(self.memory, _DIRECTORY + _ENTRY_BYTES * i + 16)
                for i in range(columns)
            ]
            self.generation = generation
        self.words[_CURSOR] = -1
        self.words[_STATUS] = STATUS_RUNNING

    def state(self, column):
        """Encoding, whether there are nulls, and how many entries the dictionary has."""
        return _STATE.unpack_from(self.memory, _DIRECTORY + _ENTRY_BYTES * column + 4)

    def cursor(self, row):
        """Notes the record in work, in case it ends this process."""
        self.words[_CURSOR] = row

    # ------------------------------------------------------------------ the end of a call

    def done(self, stage, shape, output_rows, marks, rejections, service, cpu):
        """Ends the call well, or as one that has overflowed if there is no room for the reasons.

        marks: a byte for each row, or None where all are kept; rejections: row, reason and detail
        of each rejected row.
        """
        filtered = rejected = entries = 0
        if marks is not None:
            self.memory[self.marks : self.marks + self.rows] = marks
            filtered = marks.count(FILTERED)
            rejected = marks.count(REJECTED)
            entries = self._reject(rejections)
            if entries < len(rejections) and self.rows > 1:
                row = rejections[entries][0]
                self.overflowed(stage, shape, output_rows, row, service)
                return
        _RESULT.pack_into(
            self.memory,
            _RESULT_AT,
            self.submission,
            stage,
            shape,
            self.rows,
            output_rows,
            filtered,
            rejected,
            entries,
            -1,
            service,
            cpu,
        )
        self.words[_STATUS] = STATUS_DONE

    def overflowed(self, stage, shape, output_rows, row, service):
        """Ends the call because the outputs of the rows from `row` on do not fit."""
        _RESULT.pack_into(
            self.memory,
            _RESULT_AT,
            self.submission,
            stage,
            shape,
            self.rows,
            output_rows,
            0,
            0,
            0,
            row,
            service,
            -1,
        )
        self.words[_STATUS] = STATUS_OVERFLOWED

    def _reject(self, rejections):
        """Writes why rows are rejected; returns for how many of them there was room.

        Only of a row that is alone the reason may be cut or left out for lack of room: what is kept
        of a reason must not depend on the other rows of the batch.
        """
        texts_at = self.rejection_bytes
        entries = 0
        known = {}
        for row, reason, detail in rejections:
            room = texts_at - 8 * (entries + 1)
            place = known.get((reason, detail))
            if place is None:
                reason_utf8 = cut(reason, MOST_REASON_BYTES)
                detail_utf8 = cut(detail, MOST_DETAIL_BYTES)
                if self.rows == 1 and _text_bytes(reason_utf8, detail_utf8) > room:
                    detail_utf8 = b""
                size = _text_bytes(reason_utf8, detail_utf8)
                if size > room:
                    return entries
                texts_at = place = texts_at - size
                both = reason_utf8 + detail_utf8
                at = self.rejections + place
                pack_into("<ii", self.memory, at, len(reason_utf8), len(detail_utf8))
                self.memory[at + 8 : at + 8 + len(both)] = both
                known[reason, detail] = place
            elif room < 0:
                return entries
            pack_into("<ii", self.memory, self.rejections + 8 * entries, row, place)
            entries += 1
        return entries


def _text_bytes(reason, detail):
    return (8 + len(reason) + len(detail) + 3) & -4


def cut(text, most_bytes):
    """The text as UTF-8, cut where a character ends."""
    utf8 = text.encode("utf-8", "backslashreplace")
    if len(utf8) <= most_bytes:
        return utf8
    return utf8[:most_bytes].decode("utf-8", "ignore").encode("utf-8")
