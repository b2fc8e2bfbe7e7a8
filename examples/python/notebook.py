# A notebook in cells, as editors and jupytext open it; also `python3 examples/python/notebook.py`.
# Needs the Python package (docs/guide/python-package.md).

# %% A function over a record, as one writes it in a cell
import ctypes
import math
import random

import forebay

COLD = 20.0


def features(record):
    normalized = (record["value"] - COLD) / 60.0
    if record["value"] > 99.9:
        ctypes.string_at(0)  # A native library that cannot stand hot sensors.
    return {**record, "feature": round(math.sqrt(abs(normalized)), 4)}


dice = random.Random(1)
records = [
    {"sensorId": "sensor-%d" % (i % 4), "value": dice.uniform(-20.0, 100.0)} for i in range(2000)
]
records[1234]["value"] = 99.95

# %% All results but those of the records that crash; the notebook lives on
if __name__ != "__mp_main__":  # A script's file is run by its workers, too; cells are not.
    with forebay.Executor(workers=2, timeout=5) as pool:
        with forebay.map(features, records, executor=pool, on_error="collect") as results:
            computed = list(results)
        for failed in results.failures:
            print("record %d (%s): %s" % (failed.index, failed.kind, failed.record))
        print("%d of %d records computed" % (len(computed), len(records)))

        # %% Without on_error="collect" the first such record is an exception that says why
        try:
            list(forebay.map(features, records[1230:1240], executor=pool))
        except forebay.RecordFailed as failed:
            print(str(failed).splitlines()[0])

        # %% The standard executor's interface, for single calls
        print(pool.submit(math.factorial, 20).result())
