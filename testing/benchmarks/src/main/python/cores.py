"""The lecture's function on several cores, without the price of the border (slides 3 and 4).

usage: cores.py RECORDS.jsonl

Reads one request a line, `inline N`, `threads N` or `processes N`, and answers with records a second
of N workers. Each worker has the records already, is told only how often to go through them, and
returns only how many there were.
"""

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from lecture import processRecordBatch

PASSES = 10
records = []


def load(file):
    with open(file, encoding="utf-8") as lines:
        records.extend(json.loads(line) for line in lines)


def work(passes):
    return sum(len(processRecordBatch(records)) for _ in range(passes))


def measure(run):
    begin = time.perf_counter()
    done = sum(run())
    return done / (time.perf_counter() - begin)


def main():
    load(sys.argv[1])
    pools = {}
    for request in sys.stdin:
        kind, workers = request.split()
        workers = int(workers)
        if kind == "inline":
            print(measure(lambda: [work(PASSES)]), flush=True)
            continue
        if request not in pools:
            if kind == "threads":
                pools[request] = ThreadPoolExecutor(workers)
            else:
                pools[request] = ProcessPoolExecutor(workers, initializer=load, initargs=sys.argv[1:])
            list(pools[request].map(work, [1] * workers))
        pool = pools[request]
        print(measure(lambda: pool.map(work, [PASSES] * workers)), flush=True)
    for pool in pools.values():
        pool.shutdown()


if __name__ == "__main__":
    main()
