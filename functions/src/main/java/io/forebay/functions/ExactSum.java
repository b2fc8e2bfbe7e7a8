package io.forebay.functions;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * A sum of doubles without any rounding: as a list of doubles whose bits do not overlap, least
 * first (J. R. Shewchuk, <em>Adaptive Precision Floating-Point Arithmetic</em>, 1997; Python's
 * {@code math.fsum} does the same). So it does not depend on the order of what is added. What is
 * added is below 2<sup>900</sup>, so that nothing overflows.
 */
final class ExactSum {
  /** More than a sum can need: 2,100 bits of exponents, 53 bits each. */
  private static final int MOST = 64;

  private double[] parts = new double[2];
  private int size;

  /** Adds a number. */
  void add(double number) {
    double x = number;
    int kept = 0;
    for (int i = 0; i < size; i++) {
      double y = parts[i];
      double sum = x + y;
      // The error of the sum, whichever of them is larger (Knuth's TwoSum).
      double ofX = sum - y;
      double error = (x - ofX) + (y - (sum - ofX));
      if (error != 0) {
        parts[kept++] = error;
      }
      x = sum;
    }
    size = kept;
    if (x != 0) {
      if (size == parts.length) {
        parts = Arrays.copyOf(parts, 2 * size);
      }
      parts[size++] = x;
    }
  }

  /** Adds a product, which is the sum of two doubles. */
  void addProduct(double a, double b) {
    double product = a * b;
    add(Math.fma(a, b, -product));
    add(product);
  }

  /** Adds everything that is in the other one. */
  void add(ExactSum other) {
    for (int i = 0; i < other.size; i++) {
      add(other.parts[i]);
    }
  }

  /** The sum as a ratio. */
  Ratio value() {
    Ratio sum = Ratio.ZERO;
    for (int i = 0; i < size; i++) {
      sum = sum.plus(Ratio.of(parts[i]));
    }
    return sum;
  }

  void write(DataOutput out) throws IOException {
    out.writeByte(size);
    for (int i = 0; i < size; i++) {
      out.writeDouble(parts[i]);
    }
  }

  static ExactSum read(DataInput in) throws IOException {
    ExactSum sum = new ExactSum();
    int size = in.readUnsignedByte();
    if (size > MOST) {
      throw new IOException("a sum of " + size + " parts, where " + MOST + " are possible");
    }
    for (int i = 0; i < size; i++) {
      sum.add(in.readDouble());
    }
    return sum;
  }
}
