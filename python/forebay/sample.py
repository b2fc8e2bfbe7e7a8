"""A slot with made-up records, on which a function is tried before there are real ones."""

import struct
from itertools import accumulate

from forebay.columns import CODES, STRUCTS, bitmap
from forebay.slot import MAGIC, VERSION
from forebay.wire import TYPES

ROWS = 3
_FEBRUARY_2023 = 1_676_000_000


def values(field, rows=ROWS):
    """Made-up values of a column: such that neither logarithms nor quotients are out of range."""
    if field.type.startswith("timestamp"):
        unit = {"ms": 10**3, "us": 10**6, "ns": 10**9}[field.type[-2:]]
        return [(_FEBRUARY_2023 + row) * unit for row in range(rows)]
    make = {
        "bool": lambda row: row % 2 == 0,
        "int32": lambda row: row + 1,
        "int64": lambda row: row + 1,
        "float32": lambda row: 21.5 + row,
        "float64": lambda row: 21.5 + row,
        "string": lambda row: "sample-%d" % row,
        "binary": lambda row: b"sample",
        "list-float64": lambda row: [0.5 + row, 1.5, 2.5, 3.5],
    }[field.type]
    return [make(row) for row in range(rows)]


def slot(columns, contents, rows, room=4096, capacity=None):
    """The bytes of a slot, laid out and published as an engine does it.

    columns: the fields of all physical columns; contents: the values of those that have some;
    room: bytes for each column of variable width that has none.
    """
    capacity = capacity or max(64, rows)
    memory = bytearray(128 + 64 * len(columns))

    def place(content, size):
        at = len(memory)
        memory.extend(content)
        memory.extend(bytes(max(0, size - len(content))))
        memory.extend(bytes(-len(memory) % 64))
        return at

    for i, (field, values) in enumerate(zip(columns, contents)):
        has = values is not None
        values = list(values) if has else [None] * rows
        nulls = has and None in values
        validity = 0
        if field.nullable:
            valid = bitmap([value is not None for value in values])
            validity = place(valid, capacity // 8 + 8)
        offsets = 0
        used = 0
        if field.type in CODES:
            code = CODES[field.type]
            width = struct.calcsize(code)
            filled = [0 if value is None else value for value in values]
            size = width * capacity
            data = place(STRUCTS[code][rows].pack(*filled), size)
        elif field.type == "bool":
            size = capacity // 8 + 8
            data = place(bitmap([bool(value) for value in values]), size)
        else:
            parts = [_bytes(field.type, value) for value in values]
            unit = 8 if field.type == "list-float64" else 1
            ends = [end // unit for end in accumulate(map(len, parts), initial=0)]
            offsets = place(STRUCTS["i"][rows + 1].pack(*ends), 4 * (capacity + 1))
            content = b"".join(parts)
            used = len(content)
            size = max(room, used)
            data = place(content, size)
        encoding = 0 if field.type in CODES or field.type == "bool" else 1
        entry = (TYPES.index(field.type), encoding, int(nulls), 0, validity, offsets, 0, data, size)
        struct.pack_into("<10i", memory, 128 + 64 * i, *entry, used)
    marks = place(b"", capacity)
    origins = place(b"", 4 * capacity)
    rejections = place(b"", 1 << 16)
    struct.pack_into(
        "<iiqiiiiiiiii",
        memory,
        0,
        MAGIC,
        VERSION,
        0,
        1,
        1,
        rows,
        capacity,
        len(columns),
        marks,
        origins,
        rejections,
        1 << 16,
    )
    return memory


def _bytes(kind, value):
    if value is None:
        return b""
    if kind == "string":
        return value.encode("utf-8")
    return STRUCTS["d"][len(value)].pack(*value) if kind == "list-float64" else value
