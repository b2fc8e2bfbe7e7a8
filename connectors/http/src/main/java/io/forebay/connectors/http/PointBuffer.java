package io.forebay.connectors.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.formats.api.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/**
 * Points that wait for their request, each with its newline and with the record that it is of. Used
 * by one thread.
 */
final class PointBuffer {
  private static final int KEPT_BYTES = 4 << 20;

  private final int mostPoints;
  private final int mostBytes;
  private Bytes text = new Bytes(64 << 10);
  private int points;
  private int[] ends = new int[1_024];
  private int[] partitions = new int[1_024];
  private long[] sequences = new long[1_024];

  PointBuffer(int mostPoints, int mostBytes) {
    this.mostPoints = mostPoints;
    this.mostBytes = mostBytes;
  }

  /** Where the next point is written; {@link #added} ends it. */
  Bytes text() {
    return text;
  }

  void added(int partition, long sequence) {
    text.put('\n');
    if (points == ends.length) {
      int size = 2 * points;
      ends = Arrays.copyOf(ends, size);
      partitions = Arrays.copyOf(partitions, size);
      sequences = Arrays.copyOf(sequences, size);
    }
    ends[points] = text.length();
    partitions[points] = partition;
    sequences[points] = sequence;
    points++;
  }

  boolean isFull() {
    return points >= mostPoints || text.length() >= mostBytes;
  }

  int points() {
    return points;
  }

  int partition(int point) {
    return partitions[point];
  }

  long sequence(int point) {
    return sequences[point];
  }

  /** A point without its newline. */
  String line(int point) {
    int start = start(point);
    return new String(text.array(), start, ends[point] - 1 - start, UTF_8);
  }

  private int start(int point) {
    return point == 0 ? 0 : ends[point - 1];
  }

  /** The body of a request with these points, in ascending order. */
  byte[] body(int[] some, boolean gzip) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(text.length() / (gzip ? 4 : 1) + 64);
    try {
      if (gzip) {
        try (GZIPOutputStream out = new GZIPOutputStream(body, 8192)) {
          put(some, out);
        }
      } else {
        put(some, body);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("an array cannot fail", e);
    }
    return body.toByteArray();
  }

  private void put(int[] some, OutputStream out) throws IOException {
    for (int i = 0; i < some.length; ) {
      int from = i;
      while (++i < some.length && some[i] == some[i - 1] + 1) {}
      int start = start(some[from]);
      out.write(text.array(), start, ends[some[i - 1]] - start);
    }
  }

  void clear() {
    points = 0;
    if (text.array().length > KEPT_BYTES) {
      text = new Bytes(64 << 10);
    }
    text.length(0);
  }
}
