package io.forebay.spool;

import io.forebay.errors.ConfigurationException;

/**
 * How much a spool holds and when it writes.
 *
 * @param sizeBytes the most that lies on the disk
 * @param groupBytes a group of so many bytes is written at once
 * @param groupNanos the first frame of a group waits for others at most so long
 */
record Limits(long sizeBytes, int groupBytes, long groupNanos) {
  static final long LEAST_BYTES = 1 << 20;

  private static final long MOST_SEGMENT_BYTES = 64 << 20;

  Limits {
    if (sizeBytes < LEAST_BYTES) {
      throw new ConfigurationException(
          "a spool of " + sizeBytes + " bytes is too small: give it at least 1MiB");
    }
  }

  /** Groups of 1 MiB or 5 ms. */
  static Limits of(long sizeBytes) {
    return new Limits(sizeBytes, (int) Math.min(1 << 20, sizeBytes / 16), 5_000_000);
  }

  /** A segment is closed before it is larger; small enough that some can go while others fill. */
  long segmentBytes() {
    return Math.min(MOST_SEGMENT_BYTES, sizeBytes / 8);
  }

  /** The largest payload of a frame. */
  int mostPayload() {
    return (int) Math.min(FrameReader.MOST_PAYLOAD_BYTES, segmentBytes() / 2);
  }

  /** What may wait in memory to be written. */
  long mostPending() {
    return Math.max(4L * groupBytes, segmentBytes());
  }
}
