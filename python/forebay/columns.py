"""Columns in the Arrow layout, read into Python values and written from them."""

from itertools import accumulate
from operator import index
from struct import Struct, pack
from struct import error as StructError

from forebay.errors import WrongReturn
from forebay.slot import DICTIONARY

CODES = {
    "int32": "i",
    "int64": "q",
    "float32": "f",
    "float64": "d",
    "timestamp-ms": "q",
    "timestamp-us": "q",
    "timestamp-ns": "q",
}

# What a type is in Python: what every value of a column is in the ordinary case.
KINDS = {
    "bool": bool,
    "int32": int,
    "int64": int,
    "float32": float,
    "float64": float,
    "timestamp-ms": int,
    "timestamp-us": int,
    "timestamp-ns": int,
    "string": str,
    "binary": bytes,
    "list-float64": list,
}

_NOTHING = type(None)


class Structs(dict):
    """Structs of so many values of one code, made when they are first asked for."""

    MOST = 1024

    def __init__(self, code):
        super().__init__()
        self.code = code

    def __missing__(self, count):
        if len(self) >= self.MOST:
            self.clear()
        made = self[count] = Struct("%d%s" % (count, self.code))
        return made


STRUCTS = {code: Structs(code) for code in "iqfd"}
_INTS = STRUCTS["i"]


class Reader:
    """Reads one column of batches."""

    def __init__(self, field, column):
        self.field = field
        self.column = column
        self.fixed = STRUCTS.get(CODES.get(field.type))
        self.text = None
        self.entries = []

    def values(self, slot):
        """A value for each row; None where the row has none."""
        encoding, nulls, entries = slot.state(self.column)
        rows = slot.rows
        validity, offsets, dictionary, data, size = slot.places[self.column]
        memory = slot.memory
        if self.fixed is not None:
            values = self.fixed[rows].unpack_from(memory, data)
        elif self.field.type == "bool":
            values = bits(memory, data, rows)
        elif encoding == DICTIONARY:
            known = self._dictionary(memory, dictionary, data, entries)
            values = list(map(known.__getitem__, _INTS[rows].unpack_from(memory, offsets)))
        else:
            ends = _INTS[rows + 1].unpack_from(memory, offsets)
            values = self._plain(memory, ends, data)
        if nulls and self.field.nullable:
            valid = bits(memory, validity, rows)
            values = [value if has else None for value, has in zip(values, valid)]
        return values

    def _dictionary(self, memory, dictionary, data, entries):
        ends = _INTS[entries + 1].unpack_from(memory, dictionary)
        # Batch after batch has the same sensors.
        text = (ends, bytes(memory[data : data + ends[-1]]))
        if text != self.text:
            self.entries = _strings(text[1], ends)
            self.text = text
        return self.entries

    def _plain(self, memory, ends, data):
        kind = self.field.type
        if kind == "list-float64":
            numbers = STRUCTS["d"][ends[-1]].unpack_from(memory, data)
            return [list(numbers[a:b]) for a, b in zip(ends, ends[1:])]
        content = bytes(memory[data : data + ends[-1]])
        if kind == "string":
            return _strings(content, ends)
        return [content[a:b] for a, b in zip(ends, ends[1:])]


def _strings(content, ends):
    if content.isascii():
        text = content.decode("ascii")
        return [text[a:b] for a, b in zip(ends, ends[1:])]
    return [content[a:b].decode("utf-8", "replace") for a, b in zip(ends, ends[1:])]


def bits(memory, at, count):
    """The bits of a bitmap as booleans."""
    number = int.from_bytes(memory[at : at + (count + 7) // 8], "little")
    end = 1 << count
    return [bit == "1" for bit in bin(number & end - 1 | end)[:2:-1]]


def bitmap(values):
    """Booleans as the bytes of a bitmap."""
    if not values:
        return b""
    text = "".join(["1" if value else "0" for value in reversed(values)])
    return int(text, 2).to_bytes((len(values) + 7) // 8, "little")


class Writer:
    """Writes one output column of batches."""

    def __init__(self, field, column):
        self.field = field
        self.column = column
        self.code = CODES.get(field.type)
        self.structs = STRUCTS.get(self.code)
        kind = KINDS[field.type]
        self.nothing = {
            bool: False,
            int: 0,
            float: 0.0,
            str: "",
            bytes: b"",
            list: (),
        }[kind]
        self.kinds = {kind}
        self.kinds_or_none = {kind, _NOTHING} if field.nullable else self.kinds

    def write(self, slot, values):
        """Writes the values; returns the first one that has no room, or None.

        Raises what struct and encoding raise where a value is not of the column's type.
        """
        validity, offsets, _, data, size = slot.places[self.column]
        count = len(values)
        memory = slot.reply
        if self.field.nullable:
            if None in values:
                valid = bitmap([value is not None for value in values])
                values = [self.nothing if value is None else value for value in values]
            else:
                valid = b"\xff" * ((count + 7) // 8)
            memory[validity : validity + len(valid)] = valid
        if self.structs is not None:
            self.structs[count].pack_into(memory, data, *values)
            return None
        if self.field.type == "bool":
            packed = bitmap(values)
            memory[data : data + len(packed)] = packed
            return None
        return self._write_variable(memory, offsets, data, size, values)

    def _write_variable(self, memory, offsets, data, size, values):
        kind = self.field.type
        unit = 1
        if kind == "string":
            parts = [value.encode("utf-8") for value in values]
        elif kind == "binary":
            parts = values
        else:
            unit = 8
            parts = [STRUCTS["d"][len(value)].pack(*value) for value in values]
        ends = list(accumulate(map(len, parts), initial=0))
        if ends[-1] > size:
            return next(row for row in range(len(values)) if ends[row + 1] > size)
        memory[data : data + ends[-1]] = b"".join(parts)
        if unit != 1:
            ends = [end // unit for end in ends]
        _INTS[len(ends)].pack_into(memory, offsets, *ends)
        return None

    def convert(self, value):
        """The value as one of this column; raises WrongReturn if it is none."""
        if value is None:
            if self.field.nullable:
                return None
            raise WrongReturn(
                "returned None for '%s': return a value, or declare the output as %s?"
                % (self.field.name, self.field.type)
            )
        try:
            converted = _CONVERT[self.field.type](value)
        except (TypeError, ValueError, OverflowError, StructError, AttributeError):
            converted = None
        if converted is None:
            raise WrongReturn(
                "returned %s for '%s', which is %s: return %s, or declare another type under"
                " outputs"
                % (shown(value), self.field.name, self.field.type, _WANTED[self.field.type])
            )
        return converted


def shown(value):
    """A value in a message."""
    try:
        text = repr(value)
    except Exception:
        text = "something"
    if len(text) > 60:
        text = text[:60] + "…"
    return "%s (%s)" % (text, type(value).__name__)


def _float64(value):
    if isinstance(value, float):
        return float(value)
    if isinstance(value, int):
        return float(value) if type(value) is int and float(value) == value else None
    import numbers

    return float(value) if isinstance(value, numbers.Real) and type(value) is not bool else None


def _float32(value):
    number = _float64(value)
    pack("f", number)
    return number


def _whole(code):
    def convert(value):
        if isinstance(value, bool) or isinstance(value, float):
            return None
        number = index(value)
        pack(code, number)
        return number

    return convert


def _bool(value):
    if isinstance(value, bool):
        return value
    return bool(value) if type(value).__name__ in ("bool_", "bool") else None


def _string(value):
    if not isinstance(value, str):
        return None
    value.encode("utf-8")
    return str(value)


def _binary(value):
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else None


def _list(value):
    if isinstance(value, (str, bytes, bytearray, dict, set)):
        return None
    numbers = [_float64(each) for each in value]
    return None if None in numbers else numbers


_CONVERT = {
    "bool": _bool,
    "int32": _whole("i"),
    "int64": _whole("q"),
    "float32": _float32,
    "float64": _float64,
    "timestamp-ms": _whole("q"),
    "timestamp-us": _whole("q"),
    "timestamp-ns": _whole("q"),
    "string": _string,
    "binary": _binary,
    "list-float64": _list,
}

_WANTED = {
    "bool": "True or False",
    "int32": "an int of 32 bits",
    "int64": "an int of 64 bits",
    "float32": "a float",
    "float64": "a float",
    "timestamp-ms": "an int, milliseconds since 1970",
    "timestamp-us": "an int, microseconds since 1970",
    "timestamp-ns": "an int, nanoseconds since 1970",
    "string": "a str",
    "binary": "bytes",
    "list-float64": "a list of floats",
}
