"""The lecture's asyncio + ProcessPoolExecutor pipeline, timed on request.

usage: lecture_pool.py RECORDS.jsonl

Reads one request a line, `slide BATCH WORKERS` or `warm BATCH WORKERS`, and answers with one line
of JSON. `slide` is the lecture's code: the pool is made and closed within. `warm` leaves that out:
the pool of the last request with as many workers is used again, all its processes have started.
The records lie in memory before; the time ends when all results lie in memory.
"""

import asyncio
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from lecture import processRecordBatch


async def asyncPipelineWithProcessPool(records, batchSize, maxWorkers):
    loop = asyncio.get_event_loop()

    with ProcessPoolExecutor(max_workers=maxWorkers) as pool:
        batches = [records[i:i+batchSize]
                   for i in range(0, len(records), batchSize)]

        processedBatches = await asyncio.gather(*[
            loop.run_in_executor(pool, processRecordBatch, batch)
            for batch in batches
        ])
    return processedBatches


async def withPool(pool, records, batchSize):
    loop = asyncio.get_event_loop()
    batches = [records[i:i+batchSize]
               for i in range(0, len(records), batchSize)]
    return await asyncio.gather(*[
        loop.run_in_executor(pool, processRecordBatch, batch)
        for batch in batches
    ])


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    pools = {}
    for request in sys.stdin:
        mode, batchSize, workers = request.split()
        batchSize, workers = int(batchSize), int(workers)
        if mode == "warm" and workers not in pools:
            pool = ProcessPoolExecutor(max_workers=workers)
            asyncio.run(withPool(pool, records, 100))
            pools[workers] = pool
        begin = time.perf_counter()
        if mode == "slide":
            batches = asyncio.run(asyncPipelineWithProcessPool(records, batchSize, workers))
        else:
            batches = asyncio.run(withPool(pools[workers], records, batchSize))
        seconds = time.perf_counter() - begin
        print(json.dumps({
            "seconds": seconds,
            "records": sum(len(batch) for batch in batches),
            "features": sum(r["feature"] for batch in batches for r in batch),
        }), flush=True)
    for pool in pools.values():
        pool.shutdown()


if __name__ == "__main__":
    main()
