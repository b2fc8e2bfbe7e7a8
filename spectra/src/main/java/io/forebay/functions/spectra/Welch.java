package io.forebay.functions.spectra;

import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterType;
import io.forebay.parameters.ParameterValues;
import io.forebay.parameters.Range;
import org.hipparchus.transform.DftNormalization;
import org.hipparchus.transform.FastFourierTransformer;
import org.hipparchus.transform.TransformType;

/**
 * Estimates the power spectral density of a signal: the average over segments that overlap, each
 * with its mean or line taken away and multiplied with a window. One-sided, as {@code
 * scipy.signal.welch} has it. One thread at a time.
 */
final class Welch {
  static final Parameter<Integer> SEGMENT =
      Parameter.of("segment", "Samples of a segment.", new PowerOfTwo(8, 65_536)).byDefault("256");
  static final Parameter<Double> OVERLAP =
      Parameter.number(
              "overlap", "The share of a segment that the next one has, too.", Range.of(0, 0.9))
          .byDefault("0.5");
  static final Parameter<String> DETREND =
      Parameter.choice(
              "detrend",
              "What is taken away from a segment: its mean, or the straight line that fits it"
                  + " best.",
              "mean",
              "linear",
              "none")
          .byDefault("mean");

  private final double[] window;
  private final int step;
  private final String detrend;
  private final double binHz;
  private final double scale;
  private final double[][] transformed;

  /** With these parameters, and {@link Tapers#WINDOW} and {@link Samples#RATE}. */
  Welch(ParameterValues values) {
    int segment = values.get(SEGMENT);
    this.window = Tapers.of(values.get(Tapers.WINDOW), segment);
    this.step = segment - (int) (segment * values.get(OVERLAP));
    this.detrend = values.get(DETREND);
    double rate = values.get(Samples.RATE);
    this.binHz = rate / segment;
    double power = 0;
    for (double w : window) {
      power += w * w;
    }
    this.scale = 1 / (rate * power);
    this.transformed = new double[2][window.length];
  }

  /** Samples of a segment. */
  int segment() {
    return window.length;
  }

  /** From one frequency to the next, in Hz. */
  double binHz() {
    return binHz;
  }

  /** How many frequencies there are, from 0 to half the rate. */
  int bins() {
    return window.length / 2 + 1;
  }

  /** The density at each frequency; there are as many samples as a segment has, at least. */
  double[] density(double[] samples) {
    double[] density = new double[bins()];
    int segments = 0;
    for (int from = 0; from + window.length <= samples.length; from += step) {
      addSegment(samples, from, density);
      segments++;
    }
    int nyquist = density.length - 1;
    for (int k = 0; k <= nyquist; k++) {
      int sides = k == 0 || k == nyquist ? 1 : 2;
      density[k] *= sides * scale / segments;
    }
    return density;
  }

  private void addSegment(double[] samples, int from, double[] density) {
    int last = window.length - 1;
    double mean = 0;
    double slope = 0;
    if (!detrend.equals("none")) {
      for (int i = 0; i <= last; i++) {
        mean += samples[from + i];
      }
      mean /= window.length;
    }
    if (detrend.equals("linear")) {
      for (int i = 0; i <= last; i++) {
        slope += (i - last / 2.0) * (samples[from + i] - mean);
      }
      double n = window.length;
      slope /= n * (n * n - 1) / 12;
    }
    for (int i = 0; i <= last; i++) {
      transformed[0][i] = (samples[from + i] - mean - slope * (i - last / 2.0)) * window[i];
      transformed[1][i] = 0;
    }
    FastFourierTransformer.transformInPlace(
        transformed, DftNormalization.STANDARD, TransformType.FORWARD);
    for (int k = 0; k < density.length; k++) {
      double real = transformed[0][k];
      double imaginary = transformed[1][k];
      density[k] += real * real + imaginary * imaginary;
    }
  }

  private record PowerOfTwo(int least, int most) implements ParameterType<Integer> {
    @Override
    public String noun() {
      return "a power of two from " + least + " to " + most;
    }

    @Override
    public Integer parse(String text) {
      int number = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
      if (Integer.bitCount(number) != 1 || number < least || number > most) {
        throw new IllegalArgumentException();
      }
      return number;
    }
  }
}
