"""Makes vibration.jsonl.gz: bursts of acceleration, in m/s², of two machines that wear out.

    python3 examples/data/vibration.py

Both turn at 1480 r/min. The fan's unbalance grows; the pump's bearing (a 6205) gets a fault on its
outer ring, which strikes 88.4 times a second and rings at 900 Hz.
"""

import gzip
import json
import math
import random
from pathlib import Path

RATE, SAMPLES, BURSTS = 2560, 512, 15
TURNS = 1480 / 60
OUTER = 3.5848 * TURNS
rng = random.Random(58)


def burst(velocity, blow):
    """velocity: the RMS value of the unbalance's, in mm/s; blow: the height of a strike."""
    amplitude = velocity / 1000 * math.sqrt(2) * 2 * math.pi * TURNS
    phase, first = rng.uniform(0, 2 * math.pi), rng.uniform(0, 1 / OUTER)
    samples = []
    for i in range(SAMPLES):
        t = i / RATE
        since = (t - first) % (1 / OUTER)
        samples.append(round(
            amplitude * math.sin(2 * math.pi * TURNS * t + phase)
            + blow * math.exp(-350 * since) * math.sin(2 * math.pi * 900 * since)
            + rng.gauss(0, 0.05), 3))
    return samples


lines = []
for number in range(BURSTS):
    wear = max(0, number - 5) / (BURSTS - 6)
    for machine, velocity, blow in [("fan-1", 0.9 + 4.5 * wear**2, 0), ("pump-2", 1.1, 3 * wear)]:
        lines.append(json.dumps({
            "machine": machine, "timestamp": 1_735_689_600_000 + 3_600_000 * number,
            "acceleration": burst(velocity, blow)}, separators=(",", ":")))
with gzip.GzipFile(Path(__file__).with_name("vibration.jsonl.gz"), "wb", mtime=0) as out:
    out.write(("\n".join(lines) + "\n").encode())
