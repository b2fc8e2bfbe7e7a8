"""Copies ids, and at some values writes into shared memory as native code with a wrong pointer
would: Stray.java in Python."""

import ctypes
import os
import struct

_LIBC = ctypes.CDLL(None)
_LIBC.read.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
_LIBC.read.restype = ctypes.c_ssize_t
_WORDS = 64 << 10


def records(rows):
    for row in rows:
        _act(row["value"])
    return [{**row, "copied": row["id"], "name": "n%d" % row["id"]} for row in rows]


def columns(batch):
    for value in batch["value"]:
        _act(value)
    ids = list(batch["id"])
    return {"copied": ids, "name": ["n%d" % each for each in ids]}


def arrays(batch):
    """Writes through numpy's own pointers, too, where it is there."""
    import numpy

    value = batch["value"]
    for each in value:
        if each == -4:
            address = value.ctypes.data
            numpy.ctypeslib.as_array((ctypes.c_double * len(value)).from_address(address))[:] = 5
        else:
            _act(each)
    return {"copied": batch["id"], "name": ["n%d" % each for each in batch["id"]]}


def _act(value):
    if value == -1:
        _everywhere()
    elif value == -2:
        _over_its_own()
    elif value == -3:
        begin, end = _slots()
        ctypes.memset(begin + (end - begin) // 2, 0x55, 8)
    elif value == -4:
        begin, end = _slots()
        found = ctypes.string_at(begin, end - begin).index(struct.pack("d", value))
        ctypes.memset(begin + found, 0x55, 8)
    elif value == -5:
        ctypes.memset(_slots()[0], 0x55, 8)


def _everywhere():
    begin, end = _slots()
    random = os.open("/dev/urandom", os.O_RDONLY)
    for at in range(begin, end, 64):
        _LIBC.read(random, at, 8)
    os.close(random)


def _over_its_own():
    for begin, end, writable in _mappings():
        if writable:
            size = end - begin - _WORDS
            ctypes.memmove(begin + _WORDS, os.urandom(size), size)


def _slots():
    found = _mappings()
    begin, end, _ = next((each for each in found if not each[2]), found[0])
    return begin, end


def _mappings():
    found = []
    with open("/proc/self/maps") as maps:
        for line in maps:
            if "memfd:forebay" in line:
                place, access = line.split()[:2]
                begin, end = (int(each, 16) for each in place.split("-"))
                found.append((begin, end, "w" in access))
    return found
