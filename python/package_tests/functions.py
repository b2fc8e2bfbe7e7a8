"""What the tests have called in workers."""

import ctypes
import math
import os
import time


class Reading:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return type(other) is Reading and other.value == self.value


def same(record):
    return record


def double(record):
    return {**record, "double": 2 * record["value"]}


def inside(record):
    record["list"].append(record["value"])
    return record


def harmful(value):
    if value == 31:
        ctypes.string_at(0)
    if value == 77:
        os._exit(3)
    if value == 123:
        while True:
            pass
    if value == 170:
        return len(bytearray(4 << 30))
    if value == 200:
        raise KeyError("no such sensor")
    return -value


def process_record_batch(records):
    results = []
    for record in records:
        value = record["value"]
        normalized = (value - 20.0) / 60.0
        feature = math.sqrt(abs(normalized)) * math.log(abs(value) + 1)
        results.append({**record, "normalized": round(normalized, 4), "feature": round(feature, 4)})
    return results


def first_only(records):
    return records[:1]


def divided(values):
    return [1 / value for value in values]


def unsendable(value):
    return (lambda: value) if value == 3 else value


def large(size):
    return b"x" * size


def process_id():
    return os.getpid()


def rest(seconds):
    time.sleep(seconds)
    return seconds


def endless(file=None):
    if file:
        with open(file + ".new", "w") as new:
            new.write(str(os.getpid()))
        os.rename(file + ".new", file)
    while True:
        pass


def stopping(value):
    return next(iter([] if value % 10 == 3 else [value]))


def variable(name):
    return os.environ.get(name)


def failing(name):
    raise LookupError(name)
