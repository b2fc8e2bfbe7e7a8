package io.forebay.functions.internal.sketches;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How often which value has come, in at most {@value #MOST} buckets: exact as long as no more
 * different values come, and then with the finest buckets that are not more.
 *
 * <p>The bits of a double, read as a whole number, have the order of the doubles. A bucket is what
 * such numbers have in common when the last {@code shift} bits are left out: so it is a part of an
 * octave, 2<sup>shift</sup> doubles wide. More values never have fewer buckets, so the least shift
 * with which all values have a place depends on the values alone, and it does not matter in which
 * order, or in which parts, it has risen there.
 *
 * <p>A value that is told differs from the one that came by 2<sup>shift-53</sup> of it at most. One
 * bit less would have been too many buckets: if the values lie in {@code n} octaves (from a power
 * of two to the next), that is less than n / {@value #MOST}.
 *
 * <p>After UDDSketch's uniform collapse, with buckets of the binary form in place of logarithms.
 *
 * @see <a href="https://arxiv.org/abs/2004.08604">Epicoco et al., 2020: UDDSketch</a>
 */
public final class QuantileSketch {
  /** How many buckets there are at most. */
  public static final int MOST = 1024;

  private static final int FEW = 8;

  private int shift;

  /** Buckets in ascending order, and how many values each has. */
  private long[] buckets = {};

  private long[] counts = {};

  /** Buckets of values that have come since, in the order in which they came. */
  private long[] added = {};

  private int addedSize;

  /** Adds a value that is finite; zero has no sign. */
  public void add(double value) {
    if (addedSize == MOST) {
      settle();
    }
    if (addedSize == added.length) {
      added = Arrays.copyOf(added, Math.max(FEW, 2 * addedSize));
    }
    added[addedSize++] = order(value) >> shift;
  }

  /** Adds all values of another one. */
  public void merge(QuantileSketch other) {
    settle();
    other.settle();
    int common = Math.max(shift, other.shift);
    coarsen(common);
    other.coarsen(common);
    take(other.buckets, other.counts);
  }

  /**
   * The value with that many below it, counted from 0: the middle of its bucket, but within {@code
   * min} and {@code max}, which are known.
   */
  public double at(long rank, double min, double max) {
    settle();
    long left = rank;
    int at = 0;
    while (left >= counts[at]) {
      left -= counts[at];
      at++;
    }
    long half = shift == 0 ? 0 : 1L << (shift - 1);
    long middle = (buckets[at] << shift) + half;
    return value(Math.clamp(middle, order(min), order(max)));
  }

  /** Bits of a double as a number that has the order of doubles. */
  private static long order(double value) {
    long bits = Double.doubleToLongBits(value);
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  private static double value(long order) {
    return Double.longBitsToDouble(order ^ (order >> 63 & Long.MAX_VALUE));
  }

  private void settle() {
    if (addedSize > 0) {
      long[] sorted = Arrays.copyOf(added, addedSize);
      added = new long[] {};
      addedSize = 0;
      Arrays.sort(sorted);
      long[] ones = new long[sorted.length];
      Arrays.fill(ones, 1);
      take(sorted, ones);
    }
  }

  /** Adds buckets of the same shift in ascending order, some of them more than once. */
  private void take(long[] others, long[] theirs) {
    long[] all = new long[buckets.length + others.length];
    long[] ofAll = new long[all.length];
    int one = 0;
    int two = 0;
    for (int to = 0; to < all.length; to++) {
      boolean own = two == others.length || (one < buckets.length && buckets[one] <= others[two]);
      all[to] = own ? buckets[one] : others[two];
      ofAll[to] = own ? counts[one++] : theirs[two++];
    }
    buckets = all;
    counts = ofAll;
    coarsen(shift);
    while (buckets.length > MOST) {
      coarsen(shift + 1);
    }
  }

  /** Leaves out more bits, and makes one of buckets that are equal. */
  private void coarsen(int to) {
    int size = 0;
    for (int from = 0; from < buckets.length; from++) {
      long bucket = buckets[from] >> (to - shift);
      if (size > 0 && buckets[size - 1] == bucket) {
        counts[size - 1] += counts[from];
      } else {
        buckets[size] = bucket;
        counts[size++] = counts[from];
      }
    }
    shift = to;
    if (size < buckets.length) {
      buckets = Arrays.copyOf(buckets, size);
      counts = Arrays.copyOf(counts, size);
    }
  }

  /** The form is described in the guide, docs/guide/windows.md. */
  public void write(DataOutput out) throws IOException {
    settle();
    out.writeByte(shift);
    out.writeInt(buckets.length);
    long before = 0;
    for (int i = 0; i < buckets.length; i++) {
      writeNumber(buckets[i] - before, out);
      writeNumber(counts[i], out);
      before = buckets[i];
    }
  }

  /** Reads what {@link #write} has written. */
  public static QuantileSketch read(DataInput in) throws IOException {
    QuantileSketch read = new QuantileSketch();
    read.shift = in.readByte();
    int size = in.readInt();
    read.buckets = new long[size];
    read.counts = new long[size];
    long before = 0;
    for (int i = 0; i < size; i++) {
      before += readNumber(in);
      read.buckets[i] = before;
      read.counts[i] = readNumber(in);
    }
    return read;
  }

  /** Seven bits a byte, the lowest first; all but the last byte have the eighth. */
  private static void writeNumber(long number, DataOutput out) throws IOException {
    long left = number;
    for (; (left & ~0x7FL) != 0; left >>>= 7) {
      out.writeByte((int) ((left & 0x7F) | 0x80));
    }
    out.writeByte((int) left);
  }

  private static long readNumber(DataInput in) throws IOException {
    long number = 0;
    int bits = 0;
    byte next = in.readByte();
    for (; next < 0; next = in.readByte()) {
      number |= (next & 0x7FL) << bits;
      bits += 7;
    }
    return number | (long) next << bits;
  }
}
