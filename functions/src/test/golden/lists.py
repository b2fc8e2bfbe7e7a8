"""Makes the golden file of the functions over lists, with NumPy and SciPy.

    python3 functions/src/test/golden/lists.py        (with numpy and scipy)
"""

from fractions import Fraction as F
from pathlib import Path

import numpy
import scipy.signal
import scipy.stats

OUT = Path(__file__).parent.parent / "resources" / "golden" / "lists.tsv"
rng = numpy.random.default_rng(58)
lines = ["function\tparameters\ttimestamps\tsamples\tresults"]


def text(value):
    if numpy.ndim(value):
        return ",".join(repr(float(x)) for x in value)
    return str(value).lower() if isinstance(value, (bool, numpy.bool_)) else repr(float(value))


def case(function, parameters, times, samples, results):
    lines.append("\t".join([
        function, ";".join(f"{key}:{value}" for key, value in parameters.items()), text(times),
        text(samples), ";".join(f"{key}={text(value)}" for key, value in results.items())]))


def burst(count, offset=0.0, holes=0.0, repeats=0.0, gaps=0.0):
    """Timestamps in ms, about 10 ms apart, and samples."""
    steps = numpy.round(rng.uniform(8, 12, count - 1), 1)
    steps[rng.random(count - 1) < gaps] += 70
    steps[rng.random(count - 1) < repeats] = 0
    times = 1_700_000_000_000.0 + numpy.concatenate([[0], numpy.cumsum(steps)])
    samples = offset + numpy.round(
        3 * numpy.sin(numpy.arange(count) / 7) + rng.normal(0, 0.5, count), 4)
    samples[rng.random(count) < 0.03] += 12
    samples[rng.random(count) < holes] = numpy.nan
    return times, samples


def distances(samples, among):
    """From the mean of those that are there: exact, since NumPy's rounds where it is large."""
    there = [F(float(x)) for x in among if not numpy.isnan(x)]
    mean = sum(there) / len(there)
    return numpy.array([float(F(float(x)) - mean) if not numpy.isnan(x) else numpy.nan for x in samples])


def deviation(among, ddof):
    d = distances(among, among)
    return numpy.sqrt(numpy.nansum(d**2) / (numpy.count_nonzero(~numpy.isnan(d)) - ddof))


def resample(times, samples, rate, method, max_gap):
    step = 1000 / rate
    there = ~numpy.isnan(samples)
    t, x = times[there], samples[there]
    last = numpy.append(t[1:] > t[:-1], True)  # Of repeated timestamps the last one counts.
    t, x = t[last], x[last]
    at = times[0] + step * numpy.arange(int(numpy.floor((times[-1] - times[0]) / step + 1e-9)) + 1)
    before = numpy.searchsorted(t, at, side="right") - 1
    after = numpy.minimum(before + 1, len(t) - 1)
    exact = (before >= 0) & (t[before] == at)
    y = numpy.interp(at - times[0], t - times[0], x) if method == "linear" else x[before]
    far = (before < 0) | (before == len(t) - 1) | (t[after] - t[before] > 1000 * max_gap)
    y[far & ~exact] = numpy.nan
    return {"resampled": y, "resampledTimestamps": at, "resampledMissing": numpy.isnan(y).sum()}


for kind in [dict(count=60), dict(count=80, holes=0.2, gaps=0.05), dict(count=70, repeats=0.2, gaps=0.1)]:
    times, samples = burst(**kind)
    for method in ["linear", "previous"]:
        for rate, gap in [(100.0, 0.05), (250.0, 1e9), (7.5, 0.02)]:
            case(
                "Resample",
                {"rate": rate, "method": method} | ({} if gap > 1e6 else {"maxGap": gap}),
                times, samples, resample(times, samples, rate, method, gap))

for kind in [dict(count=40), dict(count=50, gaps=0.1), dict(count=50, repeats=0.1, gaps=0.1)]:
    times, samples = burst(**kind)
    for parameters in [{"rate": 100}, {"count": 50}, {"rate": 100, "count": 90, "tolerance": 0.1, "marks": "marks"}]:
        periods = numpy.diff(times) * parameters.get("rate", 0) / 1000
        gaps = periods > 1 + parameters.get("tolerance", 0.5)
        missing = max(
            int((numpy.floor(periods[gaps] + 0.5) - 1).sum()),
            parameters.get("count", 0) - len(numpy.unique(times)))
        missing = max(missing, 0)
        results = {"complete": bool(missing == 0 and not gaps.any()), "gaps": gaps.sum(), "missing": missing}
        if "marks" in parameters:
            results["marks"] = numpy.concatenate([[0], gaps.astype(float)])
        case("Completeness", parameters, times, samples, results)

for kind in [dict(count=40), dict(count=60, repeats=0.3, holes=0.1)]:
    times, samples = burst(**kind)
    _, first = numpy.unique(times, return_index=True)
    last = len(times) - 1 - numpy.unique(times[::-1], return_index=True)[1]
    for keep, index in [("first", first), ("last", last)]:
        case(
            "Deduplicate", {"keep": keep}, times, samples,
            {"timestamps": times[index], "samples": samples[index], "duplicates": len(times) - len(index)})

for kind in [dict(count=60), dict(count=60, holes=0.2)]:
    times, samples = burst(**kind)
    samples = numpy.round(samples)
    for band in [0, 1, 2.5]:
        kept = [0]
        for i in range(1, len(samples)):
            old, new = samples[kept[-1]], samples[i]
            if numpy.isnan(old) ^ numpy.isnan(new) or abs(new - old) > band:
                kept.append(i)
        case(
            "Deadband", {"band": band}, times, samples,
            {"kept": samples[kept], "keptTimestamps": times[kept], "keptSuppressed": len(times) - len(kept)})

for kind in [dict(count=80), dict(count=80, holes=0.2), dict(count=80, offset=1e6)]:
    times, samples = burst(**kind)
    there = ~numpy.isnan(samples)
    for alpha in [0.05, 0.3, 1.0]:
        x = samples[there]
        smooth = numpy.full(len(samples), numpy.nan)
        smooth[there], _ = scipy.signal.lfilter([alpha], [1, alpha - 1], x, zi=[(1 - alpha) * x[0]])
        case("Ewma", {"alpha": alpha}, times, samples, {"ewma": smooth})

    for window, threshold, least in [(10, 3, 0), (25, 2.5, 0.8)]:
        scores = numpy.full(len(samples), numpy.nan)
        for i in range(window, len(samples)):
            before = samples[i - window : i]
            if numpy.count_nonzero(~numpy.isnan(before)) >= 2:
                scores[i] = distances(samples[i : i + 1], before)[0] / max(least, deviation(before, 1))
        marks = abs(scores) > threshold
        case(
            "RollingZScore", {"window": window, "threshold": threshold, "minSd": least}, times, samples,
            {"zscores": scores, "anomalyMarks": marks.astype(float), "anomalies": marks.sum(),
             "maxZScore": numpy.nanmax(abs(scores))})

    median = numpy.nanmedian(samples)
    mad = scipy.stats.median_abs_deviation(samples, nan_policy="omit")
    least, most = numpy.nanmin(samples), numpy.nanmax(samples)
    for method, scaled in [
            ("minmax", (samples - least) / (most - least)),
            ("zscore", distances(samples, samples) / deviation(samples, 0)),
            ("robust", 0.6745 * (samples - median) / mad)]:
        case("Normalize", {"method": method}, times, samples, {"normalized": scaled})

OUT.write_text("\n".join(lines) + "\n")
