package io.forebay.connectors.http;

import io.forebay.formats.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Points that wait for their request, each with its newline. Used by one thread. */
final class PointBuffer {
  private static final int KEPT_BYTES = 4 << 20;

  private final int mostPoints;
  private final int mostBytes;
  private Bytes text = new Bytes(64 << 10);
  private int points;

  PointBuffer(int mostPoints, int mostBytes) {
    this.mostPoints = mostPoints;
    this.mostBytes = mostBytes;
  }

  /** Where the next point is written; {@link #added} ends it. */
  Bytes text() {
    return text;
  }

  void added() {
    text.put('\n');
    points++;
  }

  boolean isFull() {
    return points >= mostPoints || text.length() >= mostBytes;
  }

  int points() {
    return points;
  }

  /** The body of the request. */
  byte[] body(boolean gzip) {
    if (!gzip) {
      return Arrays.copyOf(text.array(), text.length());
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream(text.length() / 4 + 64);
    try (GZIPOutputStream out = new GZIPOutputStream(body, 8192)) {
      out.write(text.array(), 0, text.length());
    } catch (IOException e) {
      throw new UncheckedIOException("an array cannot fail", e);
    }
    return body.toByteArray();
  }

  void clear() {
    points = 0;
    if (text.array().length > KEPT_BYTES) {
      text = new Bytes(64 << 10);
    }
    text.length(0);
  }
}
