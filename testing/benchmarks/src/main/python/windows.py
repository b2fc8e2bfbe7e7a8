"""Statistics of each sensor over tumbling windows of a second, with pandas or Polars.

    windows.py pandas|polars IN.csv OUT.csv

The whole of it in this process; prints the seconds without the imports.
"""

import sys
import time

STATISTICS = ["count", "mean", "std", "min", "max"]


def with_pandas(pandas, source, target):
    readings = pandas.read_csv(source)
    windows = readings.groupby(["sensorId", readings["timestamp"] // 1000 * 1000], sort=False)
    windows["value"].agg(STATISTICS).to_csv(target)


def with_polars(polars, source, target):
    value = polars.col("value")
    polars.scan_csv(source).group_by(
        "sensorId", polars.col("timestamp") // 1000 * 1000).agg(
        count=value.count(), mean=value.mean(), std=value.std(), min=value.min(),
        max=value.max()).sink_csv(target)


def main():
    name, source, target = sys.argv[1:]
    library = __import__(name)
    begin = time.perf_counter()
    {"pandas": with_pandas, "polars": with_polars}[name](library, source, target)
    print(time.perf_counter() - begin)


if __name__ == "__main__":
    main()
