package io.forebay.functions.spectra;

import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.DecimalText;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import io.forebay.parameters.Range;

/**
 * The envelope of what a signal has within a band of frequencies, by the Hilbert transform: of its
 * Fourier transform only the positive frequencies of the band are kept, and doubled, which leaves
 * the analytic signal; its magnitude is the envelope. One thread at a time.
 */
final class Envelope {
  static final Parameter<Double> FROM =
      Parameter.number(
          "from",
          "The least frequency of the band whose envelope is taken, in Hz.",
          Range.of(0, 1e9));
  static final Parameter<Double> TO =
      Parameter.number(
          "to", "Its greatest frequency, in Hz: above from, up to half the rate.", Range.above(0));

  private final double rate;
  private final double from;
  private final double to;
  private final Dft dft = new Dft();

  Envelope(ParameterValues values) {
    this.rate = values.get(Samples.RATE);
    this.from = values.get(FROM);
    this.to = values.get(TO);
    checkBand(from, to, rate);
  }

  /** Refuses a band that is empty or that samples at that rate cannot have. */
  static void checkBand(double from, double to, double rate) {
    if (!(from < to && to <= rate / 2)) {
      throw new ConfigurationException(
          "the band is from "
              + DecimalText.of(from)
              + " to "
              + DecimalText.of(to)
              + " Hz, but has to end above its beginning and at most at half the rate, "
              + DecimalText.of(rate / 2)
              + " Hz: give other parameters from and to");
    }
  }

  /** From one frequency of {@link #spectrum} to the next, in Hz. */
  double binHz(int samples) {
    return rate / samples;
  }

  /** The envelope without its mean. */
  double[] of(double[] samples) {
    int n = samples.length;
    double[] real = samples.clone();
    subtractMean(real);
    double[] imaginary = new double[n];
    dft.forward(real, imaginary);
    for (int k = 0; k < n; k++) {
      double hertz = k * rate / n;
      boolean kept = 2 * k <= n && hertz >= from && hertz <= to;
      int sides = !kept ? 0 : k == 0 || 2 * k == n ? 1 : 2;
      real[k] *= sides;
      imaginary[k] *= sides;
    }
    dft.inverse(real, imaginary);
    for (int i = 0; i < n; i++) {
      real[i] = Math.sqrt(real[i] * real[i] + imaginary[i] * imaginary[i]);
    }
    subtractMean(real);
    return real;
  }

  /** The amplitudes of an envelope's frequencies, from 0 to half the rate. */
  double[] spectrum(double[] envelope) {
    int n = envelope.length;
    double[] real = envelope.clone();
    double[] imaginary = new double[n];
    dft.forward(real, imaginary);
    double[] amplitudes = new double[n / 2 + 1];
    for (int k = 0; k < amplitudes.length; k++) {
      int sides = k == 0 || 2 * k == n ? 1 : 2;
      amplitudes[k] = sides * Math.sqrt(real[k] * real[k] + imaginary[k] * imaginary[k]) / n;
    }
    return amplitudes;
  }

  private static void subtractMean(double[] samples) {
    double sum = 0;
    for (double x : samples) {
      sum += x;
    }
    double mean = sum / samples.length;
    for (int i = 0; i < samples.length; i++) {
      samples[i] -= mean;
    }
  }
}
