"""Power spectral densities with SciPy.

    welch.py FILE BURSTS SAMPLES RATE SEGMENT

FILE has the samples as float64. Reads one request a line, "all N" (all bursts in one call, N times)
or "each N" (a call a burst); answers with the seconds that it took and the sum of the densities.
"""

import sys
import time

import numpy
import scipy.signal


def main():
    bursts, samples, rate, segment = int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
    data = numpy.fromfile(sys.argv[1]).reshape(bursts, samples)
    for request in sys.stdin:
        how, times = request.split()
        begin = time.perf_counter()
        for _ in range(int(times)):
            if how == "all":
                psd = scipy.signal.welch(data, rate, "hann", segment)[1]
            else:
                psd = [scipy.signal.welch(burst, rate, "hann", segment)[1] for burst in data]
        seconds = time.perf_counter() - begin
        print(seconds, float(numpy.sum(psd)), flush=True)


if __name__ == "__main__":
    main()
