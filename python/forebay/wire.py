"""Frames between engine and worker; docs/specs/worker-protocol.md says what they hold."""

import struct
from collections import namedtuple

VERSION = 1
MOST_BYTES = 1 << 20

HELLO = 1
CONFIGURE = 2
READY = 3
REFUSED = 4
PROGRAM = 5
BIND = 6
BOUND = 7
INITIALIZE = 8

HEADER = struct.Struct("<ihh")
TYPES = (
    "bool",
    "int32",
    "int64",
    "float32",
    "float64",
    "timestamp-ms",
    "timestamp-us",
    "timestamp-ns",
    "string",
    "binary",
    "list-float64",
)

Field = namedtuple("Field", "name type nullable")

Assignment = namedtuple(
    "Assignment",
    "engine_pid memory slots slot_bytes control_bytes reply parts part buffers control entries generation stage input extras"
    " stages function parameters shape outputs",
)

Binding = namedtuple("Binding", "function parameters input outputs shape")


class ProtocolError(Exception):
    """The other side does not speak this protocol."""


class Reader:
    """Reads the values of a payload, one behind the other."""

    def __init__(self, payload):
        self.payload = payload
        self.at = 0

    def _take(self, count):
        if not 0 <= count <= len(self.payload) - self.at:
            raise ProtocolError("a frame ends in the middle of a value")
        self.at += count
        return self.payload[self.at - count : self.at]

    def int32(self):
        return struct.unpack("<i", self._take(4))[0]

    def int64(self):
        return struct.unpack("<q", self._take(8))[0]

    def text(self):
        return self._take(self.int32()).decode("utf-8")

    def count(self):
        count = self.int32()
        if not 0 <= count <= len(self.payload) - self.at:
            raise ProtocolError("a frame ends in the middle of a value")
        return count

    def schema(self):
        return [self._field() for _ in range(self.count())]

    def _field(self):
        name, kind = self.text(), self.text()
        if kind not in TYPES:
            raise ProtocolError("there is no column type " + kind)
        return Field(name, kind, self._take(1) != b"\0")

    def parameters(self):
        return {self.text(): self.text() for _ in range(self.count())}

    def end(self):
        if self.at != len(self.payload):
            raise ProtocolError("a frame has %d bytes too many" % (len(self.payload) - self.at))


def text(value):
    """A text as it lies in a payload."""
    utf8 = value.encode("utf-8", "backslashreplace")
    return struct.pack("<i", len(utf8)) + utf8


def schema(fields):
    """A schema as it lies in a payload."""
    parts = [struct.pack("<i", len(fields))]
    for field in fields:
        parts += [text(field.name), text(field.type), b"\1" if field.nullable else b"\0"]
    return b"".join(parts)


def frame(kind, payload=b""):
    """A frame as bytes."""
    return HEADER.pack(len(payload), kind, VERSION) + payload


def read(connection):
    """The next frame's type and payload."""
    length, kind, version = HEADER.unpack(_receive(connection, HEADER.size))
    if version != VERSION or not 0 <= length <= MOST_BYTES:
        raise ProtocolError("a frame of version %d with %d bytes" % (version, length))
    return kind, _receive(connection, length)


def _receive(connection, count):
    parts = []
    while count > 0:
        part = connection.recv(count)
        if not part:
            raise EOFError("the engine closed the channel")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def assignment(payload):
    """What CONFIGURE says."""
    reader = Reader(payload)
    result = Assignment(
        engine_pid=reader.int64(),
        memory=reader.text(),
        slots=reader.int32(),
        slot_bytes=reader.int64(),
        control_bytes=reader.int64(),
        reply=reader.text(),
        parts=reader.int32(),
        part=reader.int32(),
        buffers=reader.int32(),
        control=reader.int64(),
        entries=reader.int32(),
        generation=reader.int64(),
        stage=reader.int32(),
        input=reader.schema(),
        extras=reader.int32() != 0,
        stages=[reader.schema() for _ in range(reader.count())],
        function=reader.text(),
        parameters=reader.parameters(),
        shape=reader.text(),
        outputs=reader.schema(),
    )
    reader.end()
    return result


def initializer(payload):
    """What INITIALIZE says: function and parameters."""
    reader = Reader(payload)
    result = reader.text(), reader.parameters()
    reader.end()
    return result


def binding(payload):
    """What BIND says; outputs None: to be found out."""
    reader = Reader(payload)
    result = Binding(
        function=reader.text(),
        parameters=reader.parameters(),
        input=reader.schema(),
        outputs=reader.schema() if reader.int32() else None,
        shape=reader.text(),
    )
    reader.end()
    return result
