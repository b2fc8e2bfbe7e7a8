package io.forebay.functions.spectra;

import org.hipparchus.transform.DftNormalization;
import org.hipparchus.transform.FastFourierTransformer;
import org.hipparchus.transform.TransformType;

/**
 * Estimates the power spectral density of a signal: the average over segments that overlap, each
 * with its mean taken away and multiplied with a window. One-sided, as {@code scipy.signal.welch}
 * has it. One thread at a time.
 */
final class Welch {
  private final double[] window;
  private final int step;
  private final boolean detrends;
  private final double scale;
  private final double[][] transformed;

  /**
   * @param window as long as a segment, a power of two
   * @param step from the beginning of a segment to that of the next one
   * @param detrends whether a segment's mean is taken away
   * @param rate samples a second
   */
  Welch(double[] window, int step, boolean detrends, double rate) {
    this.window = window.clone();
    this.step = step;
    this.detrends = detrends;
    double power = 0;
    for (double w : window) {
      power += w * w;
    }
    this.scale = 1 / (rate * power);
    this.transformed = new double[2][window.length];
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
    double mean = 0;
    if (detrends) {
      for (int i = 0; i < window.length; i++) {
        mean += samples[from + i];
      }
      mean /= window.length;
    }
    for (int i = 0; i < window.length; i++) {
      transformed[0][i] = (samples[from + i] - mean) * window[i];
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
}
