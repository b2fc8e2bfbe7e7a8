package io.forebay.functions.spectra;

import io.forebay.parameters.Parameter;

/** Tapers that samples are multiplied with; the periodic ones, which are meant for spectra. */
final class Tapers {
  static final Parameter<String> WINDOW =
      Parameter.choice(
              "window",
              "What segments are multiplied with.",
              "hann",
              "hamming",
              "blackman",
              "flattop",
              "none")
          .byDefault("hann");

  private Tapers() {}

  /** Of so many samples: {@code w[i] = Σ (−1)^m · am · cos(2πmi / length)}. */
  static double[] of(String name, int length) {
    double[] terms =
        switch (name) {
          case "hann" -> new double[] {0.5, 0.5};
          case "hamming" -> new double[] {0.54, 0.46};
          case "blackman" -> new double[] {0.42, 0.5, 0.08};
          case "flattop" ->
              new double[] {0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368};
          default -> new double[] {1};
        };
    double[] window = new double[length];
    for (int i = 0; i < length; i++) {
      int sign = 1;
      for (int m = 0; m < terms.length; m++) {
        window[i] += sign * terms[m] * Math.cos(2 * Math.PI * m * i / length);
        sign = -sign;
      }
    }
    return window;
  }
}
