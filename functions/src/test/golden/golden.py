"""Makes the golden files of this module's tests, by other means than the code under test:
exact fractions for arithmetic, SQLite for conditions, plain Python for hashes.

    python3 functions/src/test/golden/golden.py        (Python 3.11 or newer, standard library only)
"""

import math
import random
import sqlite3
import struct
from fractions import Fraction as F
from pathlib import Path

OUT = Path(__file__).parent.parent / "resources" / "golden"
rng = random.Random(52)


def table(name, header, rows):
    text = "\t".join(header) + "\n" + "".join("\t".join(map(str, row)) + "\n" for row in rows)
    (OUT / name).write_text(text, encoding="utf-8")


def readings(count):
    kinds = [
        lambda: round(rng.uniform(-50, 150), 2),
        lambda: rng.uniform(-1000, 1000),
        lambda: float(rng.randrange(-(10**6), 10**6)),
        lambda: math.ldexp(rng.uniform(-1, 1), -rng.randrange(60)),
    ]
    return [0.0, 20.0, 100.0, 212.0] + [kinds[i % 4]() for i in range(count)]


def number(x):
    return float(str(x))


# ---------------------------------------------------------------- formulas of one number

FORMULAS = []


def formula(function, parameters, xs, exact, scale=lambda x: 0):
    """exact: the true result of Fraction(x); scale: the largest term that was summed up."""
    for x in xs:
        true = exact(F(x))
        tolerance = max(abs(true), F(scale(F(x)))) * F(1, 2**51)
        given = ";".join(f"{key}:{value}" for key, value in parameters.items())
        FORMULAS.append((function, given, repr(x), repr(float(true)), repr(float(tolerance))))


for lo, hi, low, high in [("-20", "120", "0", "1"), ("0.1", "0.3", "-1", "1"), ("4", "20", "0", "16.5")]:
    a, b, c, d = (F(number(v)) for v in (lo, hi, low, high))
    formula(
        "MinMax", {"min": lo, "max": hi, "low": low, "high": high}, readings(40),
        lambda x: c + (d - c) * (x - a) / (b - a), lambda x: max(abs(c), abs((d - c) * (x - a) / (b - a))))
for mean, sd in [("50", "12.5"), ("0.1", "0.3"), ("-273.15", "1e-3")]:
    m, s = F(number(mean)), F(number(sd))
    formula("ZScore", {"mean": mean, "sd": sd}, readings(40), lambda x: (x - m) / s)
    formula(
        "RobustZScore", {"median": mean, "mad": sd}, readings(40),
        lambda x: F(0.6745) * (x - m) / s)
for gain, offset in [("1.02", "-0.5"), ("-3", "0.1"), ("0.001", "273.15")]:
    g, o = F(number(gain)), F(number(offset))
    formula(
        "LinearCalibration", {"gain": gain, "offset": offset}, readings(40),
        lambda x: g * x + o, lambda x: max(abs(g * x), abs(o)))
for coefficients in ["0.3", "0.3, 0.98, 0.0002", "-1, 0, 0, 1e-6, 3e-9"]:
    cs = [F(number(c)) for c in coefficients.split(",")]
    formula(
        "PolynomialCalibration", {"coefficients": coefficients}, readings(40),
        lambda x: sum(c * x**i for i, c in enumerate(cs)),
        lambda x: len(cs) * max(abs(c * x**i) for i, c in enumerate(cs)))


def interpolated(points, x):
    (x0, y0), (x1, y1) = points[0], points[1]
    for left, right in zip(points, points[1:]):
        if left[0] <= x:
            (x0, y0), (x1, y1) = left, right
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


for text in ["4 = 0, 12 = 49.8, 20 = 100", "-50=1,0=0.5,0.1=0.25,150=-7,1000=3"]:
    points = [tuple(F(number(side)) for side in point.split("=")) for point in text.split(",")]
    most = max(abs(y) for _, y in points)
    formula(
        "TableCalibration", {"points": text, "outside": "extend"}, readings(80),
        lambda x: interpolated(points, x), lambda x: max(most, abs(interpolated(points, x))) * 2)
    formula(
        "TableCalibration", {"points": text, "outside": "hold"}, readings(80),
        lambda x: interpolated(points, min(max(x, points[0][0]), points[-1][0])), lambda x: most * 2)

# Definitions: SI brochure, 9th edition; international yard and pound of 1959; NIST SP 811.
INCH, POUND, G = F("0.0254"), F("0.45359237"), F("9.80665")
PI = F("3.14159265358979323846264338327950288419716939937510")
PSI = POUND * G / INCH**2
for source, target, factor, offset in [
    ("[degF]", "Cel", F(5, 9), F(-160, 9)),
    ("Cel", "[degF]", F(9, 5), F(32)),
    ("Cel", "K", F(1), F("273.15")),
    ("K", "Cel", F(1), F("-273.15")),
    ("[degF]", "K", F(5, 9), F("459.67") * F(5, 9)),
    ("bar", "kPa", F(100), F(0)),
    ("[psi]", "kPa", PSI / 1000, F(0)),
    ("kPa", "[psi]", 1000 / PSI, F(0)),
    ("atm", "Pa", F(101325), F(0)),
    ("km/h", "m/s", F(10, 36), F(0)),
    ("[mi_i]/h", "km/h", F("1.609344"), F(0)),
    ("[in_i]/s", "mm/s", F("25.4"), F(0)),
    ("mm/s2", "m/s2", F(1, 1000), F(0)),
    ("[g]", "m/s2", G, F(0)),
    ("kW.h", "MJ", F("3.6"), F(0)),
    ("L/min", "m3/h", F(60, 1000), F(0)),
    ("[gal_us]", "L", 231 * INCH**3 * 1000, F(0)),
    ("deg", "rad", PI / 180, F(0)),
    ("%", "[ppm]", F(10000), F(0)),
    ("mA", "A", F(1, 1000), F(0)),
]:
    formula(
        "UnitConversion", {"from": source, "to": target}, readings(20),
        lambda x: factor * x + offset, lambda x: max(abs(factor * x), abs(offset)))

table("formulas.tsv", ["function", "parameters", "x", "expected", "tolerance"], FORMULAS)

# ---------------------------------------------------------------- samples

MASK = 2**64 - 1


def sampled(key, seed):
    """FNV-1a of the key's bytes, mixed as SplitMix64 does, from 0 to 1."""
    h = 0xCBF29CE484222325 ^ (seed & MASK)
    for value in key:
        if value is None:
            octets = b"\xfe"
        elif isinstance(value, str):
            octets = value.encode() + b"\xff"
        elif isinstance(value, int):
            octets = struct.pack("<q", value) + b"\xff"
        else:
            octets = struct.pack("<d", value + 0.0) + b"\xff"
        for octet in octets:
            h = ((h ^ octet) * 0x100000001B3) & MASK
    h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & MASK
    h ^= h >> 31
    return (h >> 11) / 2**53


SAMPLES = []
for i in range(400):
    sensor = rng.choice([None, f"sensor-{i}", "ä€𝄞" * (i % 3)])
    time = rng.choice([None, rng.randrange(-(2**63), 2**63), i])
    value = rng.choice([None, -0.0, rng.uniform(-5, 5)])
    seed = rng.choice([0, 1, -7, 2**62])
    share = rng.choice([0, 0.1, 0.5, 0.9, 1])
    kept = sampled([sensor, time, value], seed) < share
    SAMPLES.append((sensor, time, value, seed, share, kept))
table("samples.tsv", ["sensor", "time", "value", "seed", "share", "kept"], SAMPLES)

# ---------------------------------------------------------------- conditions, by SQLite

TEXTS = [None, "", "a", "a'b", "B", "hall-a", "hall-b", "ä", "𝄞", "\uffee"]
ROWS = []
for i in range(60):
    ROWS.append((
        rng.choice([None, 0, 1, -3, 7, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), i]),
        rng.choice([None, float("nan"), 0.0, -0.0, 0.1, 1.5, -3.0, 7.0, 1e300]),
        rng.choice(TEXTS),
        rng.choice([None, True, False])))
table("conditions-rows.tsv", ["count", "value", "text", "flag"], ROWS)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def literal(column):
    if column == "count":
        return str(rng.choice([0, 1, -3, 7, 2.5, -2.5, 2**53, 2**53 + 1, 2**63 - 1, 5, 20]))
    if column == "value":
        return str(rng.choice([0, 0.1, 1.5, "-3", "7e0", "1e300", ".5", 100]))
    if column == "text":
        return quoted(rng.choice(TEXTS[1:]))
    return rng.choice(["true", "false"])


def test(column):
    name = rng.choice([column, '"' + column + '"'])
    kind = rng.randrange(8)
    if kind == 0 and column != "value":  # SQLite has no NaN, which is not null
        return f"{name} is {rng.choice(['', 'not '])}null"
    if kind == 1:
        inside = ", ".join(literal(column) for _ in range(rng.randrange(1, 4)))
        return f"{name} {rng.choice(['', 'NOT '])}in ({inside})"
    if column == "flag":
        return f"{name} {rng.choice(['=', '!=', '<>'])} {literal(column)}"
    if kind == 2:
        return f"{name} {rng.choice(['', 'not '])}Between {literal(column)} AND {literal(column)}"
    return f"{name}{rng.choice([' ', ''])}{rng.choice(['=', '!=', '<>', '<', '<=', '>', '>=', '=='])} {literal(column)}"


def condition(depth):
    kind = rng.randrange(5) if depth < 4 else 0
    if kind <= 1:
        return test(rng.choice(["count", "value", "text", "flag"]))
    if kind == 2:
        return f"not ({condition(depth + 1)})"
    operator = f" {rng.choice(['and', 'or', 'AND', 'Or'])} "
    parts = [condition(depth + 1) for _ in range(rng.randrange(2, 4))]
    return "(" + operator.join(parts) + ")" if rng.random() < 0.5 else operator.join(parts)


database = sqlite3.connect(":memory:")
database.execute('create table rows (i, "count", value, "text", flag)')
for i, row in enumerate(ROWS):
    database.execute("insert into rows values (?, ?, ?, ?, ?)", (i, *row))  # NaN becomes null
CONDITIONS = []
for _ in range(300):
    where = condition(0)
    kept = database.execute(f'select i from rows where {where} order by i').fetchall()
    CONDITIONS.append((where, ",".join(str(i) for (i,) in kept)))
table("conditions.tsv", ["where", "kept"], CONDITIONS)

# ---------------------------------------------------------------- statistics of bursts, exactly


def root(x):
    """The square root of a fraction, to 40 digits."""
    scale = 10**40
    return F(math.isqrt(x.numerator * scale**2 // x.denominator), scale)


def burst(kind, count):
    if kind == "sine":
        return [3 * math.sin(0.3 * i) + rng.gauss(0, 0.1) for i in range(count)]
    if kind == "offset":
        return [1e9 + rng.uniform(-1, 1) for _ in range(count)]
    if kind == "impulse":
        return [rng.gauss(0, 1) + (20 if i % 50 == 0 else 0) for i in range(count)]
    return [rng.uniform(-1e-6, 1e-6) for _ in range(count)]


BURSTS = []
for kind in ["sine", "offset", "impulse", "small"]:
    for count in [2, 7, 64, 256]:
        xs = burst(kind, count)
        exact = [F(x) for x in xs]
        n = len(xs)
        mean = sum(exact) / n
        m2, m3, m4 = (sum((x - mean) ** k for x in exact) / n for k in (2, 3, 4))
        rms = root(sum(x * x for x in exact) / n)
        peak = max(abs(x) for x in exact)
        results = [
            mean, root(m2), rms, peak, max(exact) - min(exact), peak / rms, m3 / (m2 * root(m2)), m4 / m2**2]
        BURSTS.append((",".join(map(repr, xs)), *(repr(float(r)) for r in results)))
table("bursts.tsv", ["samples", "mean", "sd", "rms", "peak", "peakToPeak", "crest", "skewness", "kurtosis"], BURSTS)
