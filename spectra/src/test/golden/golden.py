"""Makes the golden files of this module's tests with SciPy: bursts and what is computed of them.

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


CASES = [
    (count, segment, overlap, window, detrend)
    for count, segment in [(64, 64), (300, 64), (512, 128), (100, 8)]
    for overlap in [0, 0.5, 0.75]
    for window, detrend in [("hann", "mean"), ("hamming", "none"), ("none", "mean")]
] + [
    (count, segment, 0.5, window, detrend)
    for count, segment in [(64, 64), (300, 64)]
    for window, detrend in [("blackman", "linear"), ("flattop", "mean"), ("hann", "linear")]
]
lines = ["rate\tsegment\toverlap\twindow\tdetrend\tsamples\tpsd\tdominantHz"]
for count, segment, overlap, window, detrend in CASES:
    rate = float(rng.choice([1.0, 100.0, 25600.0]))
    time = numpy.arange(count) / rate
    samples = numpy.round(
        2 + numpy.sin(2 * numpy.pi * rng.uniform(0.05, 0.45) * rate * time)
        + rng.normal(0, 0.3, count), 6)
    hertz, psd = scipy.signal.welch(
        samples, rate, "boxcar" if window == "none" else window, segment,
        int(segment * overlap), detrend={"mean": "constant", "linear": "linear", "none": False}[detrend])
    cells = [
        rate, segment, overlap, window, detrend, ",".join(map(repr, samples.tolist())),
        ",".join(map(repr, psd.tolist())), float(dominant(psd, rate / segment))]
    lines.append("\t".join(map(str, cells)))
OUT.write_text("\n".join(lines) + "\n")


# ---------------------------------------------------------------- the other functions

WAVEFORMS = ["function\tparameters\tsamples\tresults"]


def bursts():
    """Of powers of two, of even, odd and prime lengths: rings that are struck, on an offset."""
    for count in [256, 300, 509, 625]:
        rate = 2000.0
        time = numpy.arange(count) / rate
        struck = (time % (1 / 83.0)) * 400
        yield rate, numpy.round(
            0.7 + numpy.exp(-struck) * numpy.sin(2 * numpy.pi * 620 * time)
            + 0.4 * numpy.sin(2 * numpy.pi * 50 * time) + rng.normal(0, 0.05, count), 5)


def waveform(function, parameters, samples, results):
    def text(value):
        return ",".join(map(repr, map(float, value))) if numpy.ndim(value) else (
            value if isinstance(value, str) else repr(float(value)))

    WAVEFORMS.append("\t".join([
        function, ";".join(f"{key}:{value}" for key, value in parameters.items()), text(samples),
        ";".join(f"{key}={text(value)}" for key, value in results.items())]))


def envelope(samples, rate, low, high):
    spectrum = numpy.fft.rfft(samples - samples.mean())
    hertz = numpy.fft.rfftfreq(len(samples), 1 / rate)
    spectrum[(hertz < low) | (hertz > high)] = 0
    wave = abs(scipy.signal.hilbert(numpy.fft.irfft(spectrum, len(samples))))
    wave = wave - wave.mean()
    amplitudes = abs(numpy.fft.rfft(wave)) / len(wave)
    amplitudes[1 : (len(wave) + 1) // 2] *= 2
    return wave, hertz, amplitudes


def velocity(samples, rate, low, high, window):
    n = len(samples)
    w = scipy.signal.get_window("boxcar" if window == "none" else window, n)
    hertz, power = scipy.signal.periodogram(
        samples, rate, window=w, detrend="constant", scaling="density")
    kept = (hertz >= low) & (hertz <= high)
    return numpy.sqrt(numpy.sum(power[kept] * (rate / n) / (2 * numpy.pi * hertz[kept]) ** 2))


def zone(value, limits):
    return "ABCD"[sum(value > limit for limit in limits)]


for rate, samples in bursts():
    bands = {"low": (0, 100), "mid": (100, 500.5), "high": (500.5, 1000)}
    text = ", ".join(f"{name} = {a} .. {b}" for name, (a, b) in bands.items())
    for measure, detrend in [("power", "mean"), ("rms", "linear"), ("share", "none")]:
        hertz, psd = scipy.signal.welch(
            samples, rate, "hann", 64, 32,
            detrend={"mean": "constant", "linear": "linear", "none": False}[detrend])
        power = {n: psd[(hertz >= a) & (hertz < b)].sum() * rate / 64 for n, (a, b) in bands.items()}
        whole = sum(power.values())
        results = {
            n: {"power": p, "rms": numpy.sqrt(p), "share": p / whole}[measure]
            for n, p in power.items()}
        waveform(
            "BandEnergies",
            {"rate": rate, "segment": 64, "bands": text, "measure": measure, "detrend": detrend},
            samples, results)

    wave, hertz, amplitudes = envelope(samples, rate, 400, 900)
    kept = hertz <= 250
    waveform(
        "EnvelopeSpectrum", {"rate": rate, "from": 400, "to": 900, "maxHz": 250}, samples,
        {"envelopeSpectrum": amplitudes[kept],
         "envelopeHz": hertz[kept][1 + numpy.argmax(amplitudes[kept][1:])],
         "envelopeRms": numpy.sqrt(numpy.mean(wave**2))})

    for unit, factor, window, group, foundation, limits in [
            ("m/s2", 1000, "hann", 1, "rigid", (2.3, 4.5, 7.1)),
            ("g", 9806.65, "none", 2, "flexible", (2.3, 4.5, 7.1)),
            ("mm/s2", 1, "hann", 2, "rigid", (1.4, 2.8, 4.5)),
            ("m/s2", 1000, "none", 1, "flexible", (3.5, 7.1, 11))]:
        found = factor * velocity(samples, rate, 10, 900, window)
        waveform(
            "VibrationSeverity",
            {"rate": rate, "unit": unit, "to": 900, "window": window, "group": group,
             "foundation": foundation},
            samples, {"velocityRms": found, "zone": zone(found, limits)})

    rpm, balls, ball, pitch, angle, tolerance = 1797.0, 9, 7.94, 39.04, 10.0, 0.03
    turns, r = rpm / 60, ball / pitch * numpy.cos(numpy.deg2rad(angle))
    faults = {
        "bpfo": balls / 2 * turns * (1 - r), "bpfi": balls / 2 * turns * (1 + r),
        "bsf": pitch / (2 * ball) * turns * (1 - r * r), "ftf": turns / 2 * (1 - r)}
    harmonics = {}
    for name, f in faults.items():
        harmonics[name] = [
            max([amplitudes[numpy.argmin(abs(hertz - h * f))], *amplitudes[
                (hertz >= h * f * (1 - tolerance)) & (hertz <= h * f * (1 + tolerance))]])
            for h in range(1, 4)]
    waveform(
        "BearingFaults",
        {"rate": rate, "from": 400, "to": 900, "speed": rpm, "balls": balls, "ballDiameter": ball,
         "pitchDiameter": pitch, "contactAngle": angle, "tolerance": tolerance},
        samples,
        {f"{name}Hz": f for name, f in faults.items()}
        | {name: numpy.sqrt(numpy.sum(numpy.square(h))) for name, h in harmonics.items()}
        | {f"{name}Harmonics": h for name, h in harmonics.items()})
(OUT.parent / "waveforms.tsv").write_text("\n".join(WAVEFORMS) + "\n")
