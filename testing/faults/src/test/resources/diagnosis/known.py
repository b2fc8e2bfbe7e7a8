"""Functions whose cost is known by their parameters: see KnownFunctions."""
import os
import threading
import time

_first_call = None
_kept = []
_second = None


def _steps(steps):
    for _ in range(steps):
        pass


def _calibrated():
    """So many steps take a microsecond of a core of this machine."""
    best = float("inf")
    for _ in range(5):
        began = time.thread_time()
        _steps(100_000)
        best = min(best, time.thread_time() - began)
    return 100_000 / (1e6 * best)


_PER_MICRO = _calibrated()


def _compute(micros):
    _steps(int(int(micros) * _PER_MICRO))


def _end_if_due(ends, after):
    global _first_call
    now = time.monotonic()
    _first_call = _first_call or now
    if now - _first_call < int(after) / 1000:
        return
    if ends == "exit":
        os._exit(9)
    if ends == "crash":
        import ctypes
        ctypes.string_at(0)
    if ends == "hang":
        time.sleep(3600)
    if ends == "hoard":
        while True:
            _kept.append(bytearray(1 << 20))


def _spin():
    while True:
        pass


def works(records, computes="0", sleeps="0", sleepsThen="0", ends=None, after="0", second=None):
    global _second
    if ends:
        _end_if_due(ends, after)
    if second and not _second:
        _second = threading.Thread(target=_spin, daemon=True)
        _second.start()
    for record in records:
        _compute(computes)
        record["done"] = record["value"]
    time.sleep(int(sleeps) * len(records) / 1e6)
    return records


def cheap(record):
    return {"done": 2 * record["value"]}


def collects(records, keeps="100000", makes="2000"):
    """Objects in cycles, which only the collector frees."""
    while len(_kept) < int(keeps):
        _kept.append({"a": []})
    for record in records:
        for _ in range(int(makes)):
            a = []
            a.append(a)
        record["done"] = record["value"]
    return records
