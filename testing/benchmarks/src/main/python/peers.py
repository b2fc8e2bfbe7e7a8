"""The lecture's function in the processes of other Python libraries, timed on request.

usage: peers.py joblib|dask|ray WORKERS RECORDS.jsonl

Reads one request a line, `BATCH`, and answers with one line of JSON. Processes are started, and have
imported the function, before. The records lie in memory before; the time ends when all results lie
in memory.
"""

import json
import logging
import sys
import time

from lecture import processRecordBatch


def joblib(workers):
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=workers).__enter__()  # Keeps its processes.
    call = delayed(processRecordBatch)
    return lambda batches: parallel([call(batch) for batch in batches])


def dask(workers):
    from distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=None,
        silence_logs=logging.ERROR
    )
    client = Client(cluster)
    # pure=False: the same batch is computed again, not taken from a cache.
    return lambda batches: client.gather(client.map(processRecordBatch, batches, pure=False))


def ray(workers):
    import ray

    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    call = ray.remote(processRecordBatch)
    return lambda batches: ray.get([call.remote(batch) for batch in batches])


def main():
    name, workers, file = sys.argv[1:]
    with open(file, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    answers = sys.stdout
    sys.stdout = sys.stderr  # Libraries greet.
    run = {"joblib": joblib, "dask": dask, "ray": ray}[name](int(workers))
    run([records[:100]] * 8)
    for request in sys.stdin:
        size = int(request)
        begin = time.perf_counter()
        batches = run([records[i:i + size] for i in range(0, len(records), size)])
        seconds = time.perf_counter() - begin
        print(json.dumps({
            "seconds": seconds,
            "records": sum(len(batch) for batch in batches),
            "features": sum(r["feature"] for batch in batches for r in batch),
        }), file=answers, flush=True)


if __name__ == "__main__":
    main()
