package io.forebay.engine.internal.measure;

import java.util.Arrays;

/**
 * Counts instants until the one is known to which the time from them is to be measured. What is
 * counted is how far each lies from a reference, in buckets that are a 256th of that distance wide
 * at most; so a time is told to a 512th of itself, or, where it is shorter, of the time since the
 * reference. Fixed memory; its user provides for exclusion.
 */
final class UnsettledTimes {
  private static final int PRECISION_BITS = 8;
  private static final int SUBDIVISIONS = 1 << PRECISION_BITS;

  /** Of the instants before the reference; those after it follow. */
  private static final int BUCKETS = SUBDIVISIONS * (Long.SIZE - PRECISION_BITS);

  private final int[] counts = new int[2 * BUCKETS];

  /** The buckets that are not empty. */
  private int[] used = new int[256];

  private int usedCount;
  private long reference;

  /** What becomes of each bucket. */
  interface Settled {
    /** So many have taken so long; negative if they lie ahead. */
    void took(long duration, int count);
  }

  /** It is now: the reference, if nothing is counted yet. */
  void at(long now) {
    if (usedCount == 0) {
      reference = now;
    }
  }

  /** Counts an instant so many times. */
  void add(long instant, int count) {
    long before = reference - instant;
    int bucket = before >= 0 ? bucket(before) : BUCKETS + bucket(-before);
    if (counts[bucket] == 0) {
      if (usedCount == used.length) {
        used = Arrays.copyOf(used, 2 * usedCount);
      }
      used[usedCount++] = bucket;
    }
    counts[bucket] += count;
  }

  /** The instant is there: tells how long it took, and begins anew. */
  void settle(long now, Settled settled) {
    long sinceReference = now - reference;
    for (int i = 0; i < usedCount; i++) {
      int bucket = used[i];
      long distance = bucket < BUCKETS ? middle(bucket) : -middle(bucket - BUCKETS);
      settled.took(sinceReference + distance, counts[bucket]);
      counts[bucket] = 0;
    }
    usedCount = 0;
  }

  private static int bucket(long distance) {
    if (distance < SUBDIVISIONS) {
      return (int) distance;
    }
    int shift = Long.SIZE - Long.numberOfLeadingZeros(distance) - PRECISION_BITS - 1;
    return (shift << PRECISION_BITS) + (int) (distance >>> shift);
  }

  /** The distance in the middle of a bucket. */
  private static long middle(int bucket) {
    if (bucket < 2 * SUBDIVISIONS) {
      return bucket;
    }
    int shift = (bucket >>> PRECISION_BITS) - 1;
    long lowest = (long) (bucket - (shift << PRECISION_BITS)) << shift;
    return lowest + (1L << shift >>> 1);
  }
}
