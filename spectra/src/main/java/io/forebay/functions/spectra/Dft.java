package io.forebay.functions.spectra;

import org.hipparchus.transform.DftNormalization;
import org.hipparchus.transform.FastFourierTransformer;
import org.hipparchus.transform.TransformType;

/**
 * The discrete Fourier transform of signals of any length, in place. Lengths that are powers of two
 * are Hipparchus' own; others are put together of them by Bluestein's method: {@code jk = (j² + k²
 * − (k − j)²) / 2} makes the transform a convolution with a chirp. One thread at a time.
 *
 * @see <a href="https://doi.org/10.1109/TAU.1970.1162132">Bluestein, 1970</a>
 */
final class Dft {
  private int prepared;
  private double[][] chirp = new double[2][0];
  private double[][] filter = new double[2][0];

  /** {@code X[k] = Σ x[j] · exp(−2πi·jk/n)}. */
  void forward(double[] real, double[] imaginary) {
    if (Integer.bitCount(real.length) == 1) {
      transform(new double[][] {real, imaginary}, TransformType.FORWARD);
    } else {
      convolve(real, imaginary);
    }
  }

  /** What {@link #forward} does, undone. */
  void inverse(double[] real, double[] imaginary) {
    forward(imaginary, real); // With both swapped, the sign of the exponent is the other one.
    for (int i = 0; i < real.length; i++) {
      real[i] /= real.length;
      imaginary[i] /= real.length;
    }
  }

  private static void transform(double[][] signal, TransformType type) {
    FastFourierTransformer.transformInPlace(signal, DftNormalization.STANDARD, type);
  }

  private void convolve(double[] real, double[] imaginary) {
    int n = real.length;
    if (prepared != n) {
      prepare(n);
    }
    double[] re = new double[filter[0].length];
    double[] im = new double[filter[0].length];
    for (int j = 0; j < n; j++) {
      re[j] = real[j] * chirp[0][j] - imaginary[j] * chirp[1][j];
      im[j] = real[j] * chirp[1][j] + imaginary[j] * chirp[0][j];
    }
    double[][] padded = {re, im};
    transform(padded, TransformType.FORWARD);
    for (int k = 0; k < re.length; k++) {
      double product = re[k] * filter[0][k] - im[k] * filter[1][k];
      im[k] = re[k] * filter[1][k] + im[k] * filter[0][k];
      re[k] = product;
    }
    transform(padded, TransformType.INVERSE);
    for (int k = 0; k < n; k++) {
      real[k] = re[k] * chirp[0][k] - im[k] * chirp[1][k];
      imaginary[k] = re[k] * chirp[1][k] + im[k] * chirp[0][k];
    }
  }

  private void prepare(int n) {
    chirp = new double[2][n];
    int room = Integer.highestOneBit(2 * n - 1) * 2;
    filter = new double[2][room];
    for (int j = 0; j < n; j++) {
      double angle = Math.PI * ((long) j * j % (2L * n)) / n; // Small, so that no digits are lost.
      chirp[0][j] = Math.cos(angle);
      chirp[1][j] = -Math.sin(angle);
      int mirrored = (room - j) % room;
      filter[0][j] = filter[0][mirrored] = chirp[0][j];
      filter[1][j] = filter[1][mirrored] = -chirp[1][j];
    }
    transform(filter, TransformType.FORWARD);
    prepared = n;
  }
}
