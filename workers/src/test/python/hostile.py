"""Functions that do harm in ways of their own, for the tests of Python workers."""

import os
import random
import subprocess
import sys
import threading


def deeds(records):
    for record in records:
        _do(record["value"])
    return [{**record, "copied": record["id"]} for record in records]


def _do(value):
    if value == -2:
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()
    if value == -3:
        _truncate_shared_memory()
    if value == -4:
        _flood(sys.stdout)
    if value == -5:
        _flood(sys.stderr)
    if value == -6:
        subprocess.Popen(["sleep", "300"])


def _truncate_shared_memory():
    folder = "/proc/%d/fd" % os.getppid()
    for descriptor in os.listdir(folder):
        path = os.path.join(folder, descriptor)
        try:
            target = os.readlink(path)
        except OSError:
            continue  # Closed meanwhile.
        if "memfd:forebay" in target:
            os.truncate(path, 4096)


def _flood(stream):
    """5 MB: lines, half lines, bytes that are no text, a line of 1 MB."""
    binary = random.Random(1).randbytes(64 << 10)
    for i in range(10_000):
        stream.write("line %d %s\n" % (i, "x" * 88))
    for i in range(46):
        stream.flush()
        os.write(stream.fileno(), binary)
        stream.write("half a line %d" % i)
    stream.write("y" * (1 << 20))
    stream.flush()
