"""Functions for which some records are poison, for the fault tests."""

import os
import time


def rows(records):
    return [{**record, "twice": _twice(record["value"])} for record in records]


def vectorized(columns):
    return {"twice": [_twice(value) for value in columns["value"]]}


def slow(records):
    end = time.perf_counter() + 400e-6 * len(records)
    while time.perf_counter() < end:
        pass
    return rows(records)


def _twice(value):
    if value == -1:
        os._exit(9)
    if value == -2:
        raise ValueError("the value is -2")
    return 2 * value
