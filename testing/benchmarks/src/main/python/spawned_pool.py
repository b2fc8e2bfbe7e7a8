"""What a ProcessPoolExecutor with spawned workers needs to give a result.

Reads one request a line, answers with milliseconds: `start`, from making the pool to its first
result; `replace`, from the BrokenProcessPool that a killed worker causes to the first result of the
pool that replaces it.
"""

import multiprocessing
import os
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool


def pid():
    return os.getpid()


def pool():
    return ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))


def start():
    begin = time.perf_counter()
    with pool() as executor:
        executor.submit(pid).result()
        return time.perf_counter() - begin


def replace():
    broken = pool()
    worker = broken.submit(pid).result()
    os.kill(worker, signal.SIGKILL)
    try:
        while True:
            broken.submit(pid).result()
    except BrokenProcessPool:
        begin = time.perf_counter()
    with pool() as executor:
        executor.submit(pid).result()
        seconds = time.perf_counter() - begin
    broken.shutdown()
    return seconds


def main():
    for request in sys.stdin:
        seconds = start() if request.strip() == "start" else replace()
        print(1e3 * seconds, flush=True)


if __name__ == "__main__":
    main()
