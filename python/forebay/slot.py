"""A slot as a worker sees it: docs/specs/batch-layout.md draws the bytes."""

from binascii import crc32
from struct import Struct, pack_into, unpack_from

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
_SHAPE = 18
_OUTPUT_ROWS = 20
_FILTERED = 21
_REJECTED = 22
_ENTRIES = 23
_TEXTS = 25
_DIRECTORY = 128
_ENTRY_BYTES = 64

_WIDTHS = {
    "int32": 4,
    "int64": 8,
    "float32": 4,
    "float64": 8,
    "timestamp-ms": 8,
    "timestamp-us": 8,
    "timestamp-ns": 8,
}

_HEADER = Struct("=iiqiiiiiiiii")
_RESULT = Struct("=10iqqq")
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
    """One slot. The places of its buffers are read again when the engine has moved them.

    `memory` is what is read, `reply` what is written, at the same places: the slot itself, or a
    buffer of this worker's own, if it can only read the slot.
    """

    def __init__(self, number, memory, columns):
        self.number = number
        self.memory = memory
        self.reply_to(memory)
        self.columns = columns
        self.generation = None
        self.places = []

    def reply_to(self, memory):
        """The next call's answer is written there."""
        self.reply = memory
        self.words = memory[: len(memory) & -4].cast("i")

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

    def done(self, stage, shape, output_rows, marks, rejections, service, cpu, delay=-1):
        """Ends the call well, or as one that has overflowed if there is no room for the reasons.

        marks: a byte for each row, or None where all are kept; rejections: row, reason and detail
        of each rejected row.
        """
        filtered = rejected = entries = 0
        texts = self.rejection_bytes
        if marks is not None:
            self.reply[self.marks : self.marks + self.rows] = marks
            filtered = marks.count(FILTERED)
            rejected = marks.count(REJECTED)
            entries, texts = self._reject(rejections)
            if entries < len(rejections) and self.rows > 1:
                row = rejections[entries][0]
                self.overflowed(stage, shape, output_rows, row, service)
                return
        _RESULT.pack_into(
            self.reply,
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
            texts,
            service,
            cpu,
            delay,
        )
        self.words[_STATUS] = STATUS_DONE

    def overflowed(self, stage, shape, output_rows, row, service):
        """Ends the call because the outputs of the rows from `row` on do not fit."""
        _RESULT.pack_into(
            self.reply,
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
            0,
            service,
            -1,
            -1,
        )
        self.words[_STATUS] = STATUS_OVERFLOWED

    def seal(self, outputs):
        """After a call: a number that stands for all that it has written, with these columns."""
        reply = self.reply
        words = self.words
        crc = crc32(reply[_STATUS * 4 : _DIRECTORY])
        if words[_STATUS] != STATUS_DONE:
            return crc
        rows = words[_OUTPUT_ROWS]
        for field, column in outputs:
            crc = self._seal_column(field, column, rows, crc)
        if words[_FILTERED] + words[_REJECTED] > 0:
            crc = crc32(reply[self.marks : self.marks + self.rows], crc)
        if words[_SHAPE] == SHAPES["ANY"]:
            crc = crc32(reply[self.origins : self.origins + 4 * rows], crc)
        entries = words[_ENTRIES]
        if entries > 0:
            area = reply[self.rejections : self.rejections + self.rejection_bytes]
            crc = crc32(area[: 8 * entries], crc)
            crc = crc32(area[words[_TEXTS] :], crc)
        return crc

    def _seal_column(self, field, column, rows, crc):
        reply = self.reply
        validity, offsets, _, data, _ = self.places[column]
        bitmap = (rows + 63) // 64 * 8
        if field.nullable:
            crc = crc32(reply[validity : validity + bitmap], crc)
        width = _WIDTHS.get(field.type)
        if width is not None:
            size = width * rows
        elif field.type == "bool":
            size = bitmap
        else:
            crc = crc32(reply[offsets : offsets + 4 * (rows + 1)], crc)
            (end,) = unpack_from("<i", reply, offsets + 4 * rows)
            size = end * (8 if field.type == "list-float64" else 1)
        return crc32(reply[data : data + size], crc)

    def _reject(self, rejections):
        """Writes why rows are rejected; returns for how many of them there was room, and where the
        texts begin.

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
                    return entries, texts_at
                texts_at = place = texts_at - size
                both = reason_utf8 + detail_utf8
                at = self.rejections + place
                pack_into("<ii", self.reply, at, len(reason_utf8), len(detail_utf8))
                self.reply[at + 8 : at + 8 + len(both)] = both
                known[reason, detail] = place
            elif room < 0:
                return entries, texts_at
            pack_into("<ii", self.reply, self.rejections + 8 * entries, row, place)
            entries += 1
        return entries, texts_at


def _text_bytes(reason, detail):
    return (8 + len(reason) + len(detail) + 3) & -4


def cut(text, most_bytes):
    """The text as UTF-8, cut where a character ends."""
    utf8 = text.encode("utf-8", "backslashreplace")
    if len(utf8) <= most_bytes:
        return utf8
    return utf8[:most_bytes].decode("utf-8", "ignore").encode("utf-8")
