package io.forebay.functions;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Statistics} keeps of the values of a key and a window, in any order and from any
 * number of parts the same: exact sums, the least and the greatest.
 *
 * <p>Squares of very large and very small values have no place among doubles. Such values are kept
 * in sums of their own, scaled by a power of two; few sensors have any.
 */
final class Moments {
  /** Values from 2<sup>400</sup> on, and below 2<sup>-400</sup>, are scaled by so many bits. */
  private static final int SCALE = 600;

  private static final double LARGE = 0x1p400;
  private static final double SMALL = 0x1p-400;

  /** What is summed of values of one scale: v, v², and v times time. */
  private static final class Sums {
    final ExactSum values;
    final ExactSum squares;
    final ExactSum byTime;

    Sums() {
      this(new ExactSum(), new ExactSum(), new ExactSum());
    }

    Sums(ExactSum values, ExactSum squares, ExactSum byTime) {
      this.values = values;
      this.squares = squares;
      this.byTime = byTime;
    }
  }

  long count;
  double min = Double.POSITIVE_INFINITY;
  double max = Double.NEGATIVE_INFINITY;
  long firstTime = Long.MAX_VALUE;
  double first;
  long lastTime = Long.MIN_VALUE;
  double last;

  /** Of times, and of their squares. */
  private final ExactSum times;

  private final ExactSum timeSquares;

  /** Of small, usual and large values. */
  private final @Nullable Sums[] sums = new Sums[3];

  Moments() {
    this(new ExactSum(), new ExactSum());
  }

  private Moments(ExactSum times, ExactSum timeSquares) {
    this.times = times;
    this.timeSquares = timeSquares;
  }

  /**
   * Adds a value.
   *
   * @param needs what of it is summed
   */
  void add(double value, long time, Needs needs) {
    count++;
    min = Math.min(min, value);
    max = Math.max(max, value);
    offerFirst(time, value);
    offerLast(time, value);
    if (needs.sums()) {
      double size = Math.abs(value);
      int scale = size >= LARGE ? 2 : size < SMALL && value != 0 ? 0 : 1;
      Sums to = sums(scale);
      double scaled = scale == 1 ? value : Math.scalb(value, scale == 2 ? -SCALE : SCALE);
      to.values.add(scaled);
      if (needs.squares()) {
        to.squares.addProduct(scaled, scaled);
      }
      if (needs.slope()) {
        addTime(time, scaled, to.byTime);
      }
    }
  }

  /** A long is the sum of two doubles; so its products with doubles are sums of four. */
  private void addTime(long time, double value, ExactSum byTime) {
    long lower = time & 0xFFFF_FFFFL;
    double low = (double) lower;
    double high = (double) (time - lower);
    byTime.addProduct(high, value);
    byTime.addProduct(low, value);
    times.add(high);
    times.add(low);
    timeSquares.addProduct(high, high);
    timeSquares.addProduct(2 * high, low);
    timeSquares.addProduct(low, low);
  }

  private Sums sums(int scale) {
    Sums of = sums[scale];
    if (of == null) {
      of = new Sums();
      sums[scale] = of;
    }
    return of;
  }

  /**
   * Of several values at the same time the first one is the least: so the order does not matter.
   */
  private void offerFirst(long time, double value) {
    if (time < firstTime || (time == firstTime && Double.compare(value, first) < 0)) {
      firstTime = time;
      first = value;
    }
  }

  /** And the last one the greatest. */
  private void offerLast(long time, double value) {
    if (time > lastTime || (time == lastTime && Double.compare(value, last) > 0)) {
      lastTime = time;
      last = value;
    }
  }

  void merge(Moments other) {
    if (other.count == 0) {
      return;
    }
    count += other.count;
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
    offerFirst(other.firstTime, other.first);
    offerLast(other.lastTime, other.last);
    times.add(other.times);
    timeSquares.add(other.timeSquares);
    for (int scale = 0; scale < sums.length; scale++) {
      Sums theirs = other.sums[scale];
      if (theirs != null) {
        Sums ours = sums(scale);
        ours.values.add(theirs.values);
        ours.squares.add(theirs.squares);
        ours.byTime.add(theirs.byTime);
      }
    }
  }

  // ------------------------------------------------------------------ results

  Ratio sum() {
    Ratio all = Ratio.ZERO;
    for (int scale = 0; scale < sums.length; scale++) {
      Sums of = sums[scale];
      if (of != null) {
        all = all.plus(of.values.value().scaled((scale - 1) * SCALE));
      }
    }
    return all;
  }

  private Ratio squares() {
    Ratio all = Ratio.ZERO;
    for (int scale = 0; scale < sums.length; scale++) {
      Sums of = sums[scale];
      if (of != null) {
        all = all.plus(of.squares.value().scaled(2 * (scale - 1) * SCALE));
      }
    }
    return all;
  }

  private Ratio byTime() {
    Ratio all = Ratio.ZERO;
    for (int scale = 0; scale < sums.length; scale++) {
      Sums of = sums[scale];
      if (of != null) {
        all = all.plus(of.byTime.value().scaled((scale - 1) * SCALE));
      }
    }
    return all;
  }

  /** Of at least one value. */
  Ratio mean() {
    return sum().over(Ratio.of(count));
  }

  /**
   * The sum of the squares of the differences from the mean, over {@code count - less}.
   *
   * @param less 0 for all there are, 1 for a sample of them
   */
  Ratio variance(int less) {
    Ratio n = Ratio.of(count);
    Ratio sum = sum();
    return squares().times(n).minus(sum.times(sum)).over(n.times(Ratio.of(count - less)));
  }

  /** Whether a line can be laid through the values: not if all have the same time. */
  boolean hasSlope() {
    return count > 0 && firstTime < lastTime;
  }

  /** How much the line of least squares rises in a unit of time. */
  Ratio slope() {
    Ratio n = Ratio.of(count);
    Ratio time = times.value();
    Ratio rise = byTime().times(n).minus(time.times(sum()));
    return rise.over(timeSquares.value().times(n).minus(time.times(time)));
  }

  // ------------------------------------------------------------------ as bytes

  /** The form is described in the guide, docs/guide/windows.md. */
  void write(DataOutput out) throws IOException {
    out.writeLong(count);
    out.writeDouble(min);
    out.writeDouble(max);
    out.writeLong(firstTime);
    out.writeDouble(first);
    out.writeLong(lastTime);
    out.writeDouble(last);
    times.write(out);
    timeSquares.write(out);
    for (Sums of : sums) {
      out.writeBoolean(of != null);
      if (of != null) {
        of.values.write(out);
        of.squares.write(out);
        of.byTime.write(out);
      }
    }
  }

  static Moments read(DataInput in) throws IOException {
    long count = in.readLong();
    double min = in.readDouble();
    double max = in.readDouble();
    long firstTime = in.readLong();
    double first = in.readDouble();
    long lastTime = in.readLong();
    double last = in.readDouble();
    Moments read = new Moments(ExactSum.read(in), ExactSum.read(in));
    read.count = count;
    read.min = min;
    read.max = max;
    read.firstTime = firstTime;
    read.first = first;
    read.lastTime = lastTime;
    read.last = last;
    for (int scale = 0; scale < read.sums.length; scale++) {
      if (in.readBoolean()) {
        read.sums[scale] = new Sums(ExactSum.read(in), ExactSum.read(in), ExactSum.read(in));
      }
    }
    return read;
  }

  /**
   * What is needed for the statistics that are asked for.
   *
   * @param sums of values
   * @param squares of values
   * @param slope sums with times
   */
  record Needs(boolean sums, boolean squares, boolean slope) {}
}
