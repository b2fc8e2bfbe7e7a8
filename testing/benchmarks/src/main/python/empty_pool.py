"""Round trips of an empty call through a ProcessPoolExecutor.

Reads one request a line, the number of round trips; answers with their median and 99th percentile
in nanoseconds.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor


def nothing():
    pass


def main():
    with ProcessPoolExecutor(max_workers=1) as pool:
        for request in sys.stdin:
            times = []
            for _ in range(int(request)):
                begin = time.perf_counter_ns()
                pool.submit(nothing).result()
                times.append(time.perf_counter_ns() - begin)
            times.sort()
            print(times[len(times) // 2], times[len(times) * 99 // 100], flush=True)


if __name__ == "__main__":
    main()
