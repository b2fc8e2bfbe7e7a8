package io.forebay.connectors.net;

import io.forebay.Rejection;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Cuts what a connection sends into lines. A line ends with a newline; what a connection leaves
 * unfinished is no line, because nobody knows what is missing.
 *
 * <p>Used by the thread of one partition; {@code unfinished} is shared by all connections.
 */
final class LineFrames {
  private static final byte[] NOTHING = new byte[0];
  private static final int SMALLEST = 256;

  /** Who gets the lines. */
  interface Lines {
    /** One or more whole lines, each with its newline. */
    void lines(byte[] bytes, int from, int length) throws InterruptedException;

    /** A line that is not handed on. */
    void discarded(String reason, Rejection.Text text) throws InterruptedException;
  }

  private final int lineBytes;
  private final long mostUnfinished;
  private final AtomicLong unfinished;
  private byte[] partial = NOTHING;
  private int partialBytes;
  private boolean discarding;

  LineFrames(LineLimits limits, AtomicLong unfinished) {
    this.lineBytes = limits.lineBytes();
    this.mostUnfinished = limits.unfinishedBytes();
    this.unfinished = unfinished;
  }

  /** Takes in the next bytes of the connection. */
  void feed(byte[] bytes, int length, Lines out) throws InterruptedException {
    int from = 0;
    if (discarding || partialBytes > 0) {
      int end = indexOfNewline(bytes, 0, length);
      if (end < 0) {
        keep(bytes, 0, length, out);
        return;
      }
      finish(bytes, end + 1, out);
      from = end + 1;
    }
    int to = length;
    while (to > from && bytes[to - 1] != '\n') {
      to--;
    }
    if (to > from) {
      whole(bytes, from, to, out);
    }
    keep(bytes, to, length, out);
  }

  /** The line that began earlier ends with the first {@code length} bytes. */
  private void finish(byte[] bytes, int length, Lines out) throws InterruptedException {
    if (discarding) {
      discarding = false;
      return;
    }
    int total = partialBytes + length;
    if (total - 1 > lineBytes) {
      Rejection.Text text = begun(bytes, 0, length - 1);
      release();
      out.discarded(tooLong(), text);
      return;
    }
    byte[] line = partial.length >= total ? partial : Arrays.copyOf(partial, total);
    System.arraycopy(bytes, 0, line, partialBytes, length);
    release();
    out.lines(line, 0, total);
  }

  /** Hands on whole lines, without those that are too long. */
  private void whole(byte[] bytes, int from, int to, Lines out) throws InterruptedException {
    if (to - from <= lineBytes) {
      out.lines(bytes, from, to - from);
      return;
    }
    int good = from;
    int start = from;
    while (start < to) {
      int end = indexOfNewline(bytes, start, to);
      if (end - start > lineBytes) {
        if (start > good) {
          out.lines(bytes, good, start - good);
        }
        out.discarded(tooLong(), Rejection.Text.of(bytes, start, end));
        good = end + 1;
      }
      start = end + 1;
    }
    if (to > good) {
      out.lines(bytes, good, to - good);
    }
  }

  /** Keeps the beginning of a line. */
  private void keep(byte[] bytes, int from, int to, Lines out) throws InterruptedException {
    int length = to - from;
    if (length == 0 || discarding) {
      return;
    }
    int total = partialBytes + length;
    boolean fits = total <= lineBytes && reserve(total);
    if (fits) {
      System.arraycopy(bytes, from, partial, partialBytes, length);
      partialBytes = total;
      return;
    }
    String reason =
        total > lineBytes
            ? tooLong()
            : "the unfinished lines of all connections have more than "
                + mostUnfinished
                + " bytes; this one was discarded up to its end";
    Rejection.Text text = begun(bytes, from, to);
    release();
    discarding = true;
    out.discarded(reason, text);
  }

  /** The line that began earlier and goes on with these bytes. */
  private Rejection.Text begun(byte[] bytes, int from, int to) {
    int more = Math.min(to - from, Math.max(0, Rejection.Text.MOST_BYTES - partialBytes));
    byte[] start = Arrays.copyOf(partial, partialBytes + more);
    System.arraycopy(bytes, from, start, partialBytes, more);
    return Rejection.Text.of(start, 0, start.length).followedBy(to - from - more);
  }

  private boolean reserve(int total) {
    if (total <= partial.length) {
      return true;
    }
    int capacity =
        Math.min(
            Math.max(total, Math.max(SMALLEST, 2 * partial.length)), Math.max(lineBytes, total));
    int more = capacity - partial.length;
    if (unfinished.addAndGet(more) > mostUnfinished) {
      unfinished.addAndGet(-more);
      return false;
    }
    partial = Arrays.copyOf(partial, capacity);
    return true;
  }

  private void release() {
    unfinished.addAndGet(-partial.length);
    partial = NOTHING;
    partialBytes = 0;
  }

  /** The connection has ended. */
  void end(Lines out) throws InterruptedException {
    if (partialBytes > 0) {
      Rejection.Text text = Rejection.Text.of(partial, 0, partialBytes);
      release();
      out.discarded("the connection ended within the line, before its newline", text);
    }
  }

  private String tooLong() {
    return "the line is longer than " + lineBytes + " bytes; it was discarded up to its end";
  }

  private static int indexOfNewline(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
