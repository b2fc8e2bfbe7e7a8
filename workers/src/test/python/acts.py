"""Functions that behave and functions that do not, for the tests of Python workers."""

import ctypes
import logging
import math
import os
import subprocess
import sys
import time

_hoard = []


def processRecordBatch(records):
    results = []
    for record in records:
        value = record["value"]
        normalized = (value - 20.0) / 60.0
        rollingFeature = math.sqrt(abs(normalized)) * math.log(abs(value) + 1)
        results.append({
            **record,                              # copy existing fields
            "normalized": round(normalized, 4),
            "feature": round(rollingFeature, 4)
        })
    return results


def act(value):
    """Does to its process what the value says."""
    if value == -10:
        os._exit(7)
    if value == -11:
        sys.exit(3)
    if value == -12:
        while True:
            _hoard.append(bytearray(1 << 20))
    if value == -13:
        ctypes.string_at(0)
    if value == -14:
        while True:
            pass
    if value == -15:
        time.sleep(1000)
    if value == -16:
        for i in range(100_000):
            sys.stdout.write("line %d %s\n" % (i, "x" * 88))
    if value == -17:
        sys.stderr.write("half a line without an end")
    if value == -18:
        subprocess.Popen(["sleep", "300"])
    if value == -19:
        raise ValueError("value is -19")
    if value == -20:
        os.abort()
    if value == -21:
        while True:  # In C, with the interpreter's lock held.
            _ = pow(7, 10**7)
    if value == -22:
        logging.warning("a warning, logged")
        print("printed ä")
    if value == -23:
        os.kill(os.getpid(), 9)
    if value == -24 and os.fork() == 0:
        return  # The child goes on as if it were the worker.


def copies(records):
    for record in records:
        act(record["value"])
    return [{**record, "copied": record["id"]} for record in records]


def copies_columns(columns):
    for value in columns["value"]:
        act(value)
    return {"copied": columns["id"]}


def slow(records, micros="30"):
    out = []
    for record in records:
        end = time.perf_counter() + int(micros) * 1e-6
        while time.perf_counter() < end:
            pass
        out.append({**record, "copied": record["id"]})
    return out
