package io.forebay.connectors.http;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Inflates bodies into one buffer, within limits. Used by one thread. */
final class Gunzip {
  private static final int FIRST_BYTES = 64 << 10;
  private static final int SMALLEST_BODY = 1 << 10;

  /** A body that is not taken. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    RefusedException(int status, String sentence) {
      super(sentence, null, false, false);
      this.status = status;
    }

    int status() {
      return status;
    }

    String sentence() {
      return String.valueOf(getMessage());
    }
  }

  private final int mostBytes;
  private final int ratio;
  private byte[] buffer = new byte[0];
  private int length;

  Gunzip(int mostBytes, int ratio) {
    this.mostBytes = mostBytes;
    this.ratio = ratio;
  }

  /** What was inflated; valid until the next call. */
  byte[] buffer() {
    return buffer;
  }

  int length() {
    return length;
  }

  /** Inflates a body. */
  void inflate(byte[] body, int bodyBytes) throws RefusedException {
    length = 0;
    long most = Math.min(mostBytes, (long) ratio * Math.max(bodyBytes, SMALLEST_BODY));
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(body, 0, bodyBytes), 8192)) {
      while (true) {
        if (length == buffer.length) {
          if (length > most) {
            throw tooLarge();
          }
          int capacity = Math.min(Math.max(FIRST_BYTES, 2 * length), mostBytes + 1);
          buffer = Arrays.copyOf(buffer, capacity);
        }
        int read = in.read(buffer, length, buffer.length - length);
        if (read < 0) {
          return;
        }
        length += read;
        if (length > most) {
          throw tooLarge();
        }
      }
    } catch (EOFException | ZipException e) {
      throw new RefusedException(
          400, "the body is no complete gzip (" + e.getMessage() + "); nothing was taken");
    } catch (IOException e) {
      throw new RefusedException(400, "the body cannot be inflated; nothing was taken");
    }
  }

  private RefusedException tooLarge() {
    return new RefusedException(
        413,
        "the body inflates to more than "
            + mostBytes
            + " bytes or "
            + ratio
            + " times its size; nothing was taken: send less at a time");
  }
}
