package io.forebay.functions.internal.sketches;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How many different values have come, from the {@value #MOST} least of their hashes (k minimum
 * values). With fewer it knows the number; otherwise it estimates it by how close together they
 * are, with a standard error of 1/√({@value #MOST} − 2), 2.2 %. The least hashes of a set are the
 * same in whatever order, and from whatever parts, they are found.
 *
 * @see <a href="https://doi.org/10.1007/3-540-45726-7_1">Bar-Yossef et al., 2002: Counting distinct
 *     elements in a data stream</a>
 */
public final class DistinctSketch {
  /** How many hashes are kept at most. */
  public static final int MOST = 2048;

  private static final int FEW = 8;

  /** In ascending order; with all of them no greater one matters. */
  private long[] least = {};

  /** Those that have come since, in the order in which they came. */
  private long[] added = {};

  private int addedSize;

  /** Adds a value by its hash, all of whose bits are evenly distributed. */
  public void add(long hash) {
    if (least.length == MOST && hash >= least[MOST - 1]) {
      return;
    }
    if (addedSize == MOST) {
      settle();
    }
    if (addedSize == added.length) {
      added = Arrays.copyOf(added, Math.max(FEW, 2 * addedSize));
    }
    added[addedSize++] = hash;
  }

  /** Adds all values of another one. */
  public void merge(DistinctSketch other) {
    settle();
    other.settle();
    take(other.least);
  }

  /** How many different values there are. */
  public long estimate() {
    settle();
    if (least.length < MOST) {
      return least.length;
    }
    // Hashes are signed: from the least to here, as a share of all that there are.
    double share = ((least[MOST - 1] ^ Long.MIN_VALUE) >>> 11) * 0x1p-53;
    return Math.round((MOST - 1) / share);
  }

  private void settle() {
    if (addedSize > 0) {
      long[] sorted = Arrays.copyOf(added, addedSize);
      added = new long[] {};
      addedSize = 0;
      Arrays.sort(sorted);
      take(sorted);
    }
  }

  /** Adds hashes in ascending order, some of them more than once. */
  private void take(long[] others) {
    long[] all = new long[Math.min(MOST, least.length + others.length)];
    int size = 0;
    int one = 0;
    int two = 0;
    while (size < all.length && (one < least.length || two < others.length)) {
      boolean own = two == others.length || (one < least.length && least[one] <= others[two]);
      long next = own ? least[one++] : others[two++];
      if (size == 0 || all[size - 1] != next) {
        all[size++] = next;
      }
    }
    least = size == all.length ? all : Arrays.copyOf(all, size);
  }

  /** The form is described in the guide, docs/guide/windows.md. */
  public void write(DataOutput out) throws IOException {
    settle();
    out.writeInt(least.length);
    for (long each : least) {
      out.writeLong(each);
    }
  }

  /** Reads what {@link #write} has written. */
  public static DistinctSketch read(DataInput in) throws IOException {
    DistinctSketch read = new DistinctSketch();
    read.least = new long[in.readInt()];
    for (int i = 0; i < read.least.length; i++) {
      read.least[i] = in.readLong();
    }
    return read;
  }
}
