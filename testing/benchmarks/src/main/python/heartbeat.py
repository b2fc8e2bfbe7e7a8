"""How late an event loop is while the lecture's pipeline computes.

usage: heartbeat.py RECORDS.jsonl

A timer of the loop is due each millisecond. What is told is how late it came, for every time at
which it was due: when the loop is frozen for 10 ms, ten beats are late.

Reads one request a line and answers with one line of JSON, the delays in nanoseconds:

`bad SECONDS`                   slide 2: a computation of 10 ms a record in the event loop
`pool BATCH WORKERS SECONDS`    slide 5: asyncio.gather over all batches, in a ProcessPoolExecutor
"""

import asyncio
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from lecture import processRecordBatch
from lecture_pool import withPool

PERIOD = 1_000_000


async def heartbeat(delays):
    due = time.monotonic_ns() + PERIOD
    while True:
        await asyncio.sleep(max(0, due - time.monotonic_ns()) / 1e9)
        now = time.monotonic_ns()
        while due <= now:
            delays.append(now - due)
            due += PERIOD


def heavyComputation(record):
    """The lecture's function, again and again for 10 ms."""
    end = time.monotonic_ns() + 10_000_000
    while time.monotonic_ns() < end:
        result = processRecordBatch([record])
    return result


async def inputStream(records, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for record in records:
            await asyncio.sleep(0)  # A record has arrived.
            yield record
            if time.monotonic() >= end:
                return


async def badNormalize(inputStream):
    async for record in inputStream:
        result = heavyComputation(record)
        yield result


async def bad(records, seconds):
    delays = []
    beats = asyncio.create_task(heartbeat(delays))
    results = 0
    async for _ in badNormalize(inputStream(records, seconds)):
        results += 1
    beats.cancel()
    return delays, results


async def pooled(pool, records, batchSize, seconds):
    delays = []
    results = 0
    beats = asyncio.create_task(heartbeat(delays))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        batches = await withPool(pool, records, batchSize)
        results += sum(len(batch) for batch in batches)
    beats.cancel()
    return delays, results


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    pools = {}
    for request in sys.stdin:
        mode, *arguments = request.split()
        if mode == "bad":
            delays, results = asyncio.run(bad(records, float(arguments[0])))
        else:
            batchSize, workers, seconds = arguments
            if workers not in pools:
                pools[workers] = ProcessPoolExecutor(max_workers=int(workers))
                asyncio.run(withPool(pools[workers], records, 1000))
            delays, results = asyncio.run(
                pooled(pools[workers], records, int(batchSize), float(seconds))
            )
        delays.sort()
        print(json.dumps({
            "beats": len(delays),
            "p50": delays[len(delays) // 2],
            "p99": delays[len(delays) * 99 // 100],
            "p999": delays[len(delays) * 999 // 1000],
            "max": delays[-1],
            "records": results,
        }), flush=True)
    for pool in pools.values():
        pool.shutdown()


if __name__ == "__main__":
    main()
