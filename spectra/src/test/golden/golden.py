"""Makes the golden file of this module's tests with SciPy: bursts and their spectra.

    python3 spectra/src/test/golden/golden.py        (with numpy and scipy)
"""

from pathlib import Path

import numpy
import scipy.signal

OUT = Path(__file__).parent.parent / "resources" / "golden" / "spectra.tsv"
rng = numpy.random.default_rng(52)


def dominant(psd, hertz):
    k = 1 + int(numpy.argmax(psd[1:]))
    if k == len(psd) - 1:
        return k * hertz
    a, b, c = psd[k - 1 : k + 2]
    bend = a - 2 * b + c
    return (k + (min(1, max(-1, 0.5 * (a - c) / bend)) if bend < 0 else 0)) * hertz


lines = ["rate\tsegment\toverlap\twindow\tdetrend\tsamples\tpsd\tdominantHz"]
for count, segment in [(64, 64), (300, 64), (512, 128), (100, 8)]:
    for overlap in [0, 0.5, 0.75]:
        for window, detrend in [("hann", "mean"), ("hamming", "none"), ("none", "mean")]:
            rate = float(rng.choice([1.0, 100.0, 25600.0]))
            time = numpy.arange(count) / rate
            samples = numpy.round(
                2 + numpy.sin(2 * numpy.pi * rng.uniform(0.05, 0.45) * rate * time)
                + rng.normal(0, 0.3, count), 6)
            hertz, psd = scipy.signal.welch(
                samples, rate, "boxcar" if window == "none" else window, segment,
                int(segment * overlap), detrend="constant" if detrend == "mean" else False)
            cells = [
                rate, segment, overlap, window, detrend, ",".join(map(repr, samples.tolist())),
                ",".join(map(repr, psd.tolist())), float(dominant(psd, rate / segment))]
            lines.append("\t".join(map(str, cells)))
OUT.write_text("\n".join(lines) + "\n")
