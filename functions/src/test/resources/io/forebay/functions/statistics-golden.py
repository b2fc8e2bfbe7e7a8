#!/usr/bin/env python3
"""Makes statistics-golden.txt: exact statistics by fractions, rounded once. Run it in its folder.

A line is a case: values @ times (ms) = sum mean variance variance_population sd sd_population slope
p1 median p95 p99_9 distinct, all as hexadecimal doubles; `-` where there is none. Percentiles are those
of numpy's method `linear`.
"""
import random
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 800


def root(fraction):
    return float((Decimal(fraction.numerator) / Decimal(fraction.denominator)).sqrt())


def text(function):
    try:
        value = function()
    except (ZeroDivisionError, OverflowError):
        return "-"
    return "-" if value in (None, float("inf")) else value.hex()


def percentile(ordered, part):
    place = (len(ordered) - 1) * part
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def case(values, times):
    exact = [Fraction(v) for v in values]
    n = len(exact)
    total = sum(exact)
    mean = total / n
    squares = sum((v - mean) ** 2 for v in exact)
    t = [Fraction(each) for each in times]
    middle = sum(t) / n
    rise = sum((a - middle) * (v - mean) for a, v in zip(t, exact))
    run = sum((a - middle) ** 2 for a in t)
    results = [
        text(lambda: float(total)),
        text(lambda: float(mean)),
        text(lambda: float(squares / (n - 1))),
        text(lambda: float(squares / n)),
        text(lambda: root(squares / (n - 1))),
        text(lambda: root(squares / n)),
        text(lambda: float(1000 * rise / run)),
    ]
    ordered = sorted(exact)
    parts = [Fraction(1, 100), Fraction(1, 2), Fraction(95, 100), Fraction(999, 1000)]
    results += [percentile(ordered, part).hex() for part in parts]
    results.append(float(len(set(exact))).hex())
    left = " ".join(v.hex() for v in values)
    return f"{left} @ {' '.join(map(str, times))} = {' '.join(results)}"


def main():
    draw = random.Random(1)
    cases = [
        [20.5],
        [1e9 + 0.1, 1e9 + 0.2, 1e9 + 0.3],
        [1e16, 1.0, -1e16],
        [0.1] * 10,
        [5e-324, 1e-323, 3e-310],
        [1e300, 1.5e300, -2e300, 7.0],
        [1.7e308, 1.7e308, -1.7e308],
        [1e-200, 1e200, 1.0],
        [-0.0, 0.0, -1.5],
        [3.0, 3.0, 3.0],
        [2.0**-400, 2.0**400, -(2.0**400), 2.0**-401],
    ]
    cases += [[draw.gauss(60, 15) for _ in range(draw.randrange(2, 40))] for _ in range(60)]
    cases += [
        [draw.choice([-1, 1]) * 2.0 ** draw.uniform(-1070, 1020) for _ in range(draw.randrange(2, 12))]
        for _ in range(60)
    ]
    cases += [[1e12 + draw.random() * 1e-3 for _ in range(20)] for _ in range(10)]
    with open("statistics-golden.txt", "w") as out:
        for values in cases:
            begin = draw.randrange(-(10**12), 2 * 10**12)
            times = [begin + 100 * i + draw.randrange(90) for i in range(len(values))]
            print(case(values, times), file=out)


if __name__ == "__main__":
    main()
