package io.forebay.formats.api;

import io.forebay.formats.internal.bytes.Words;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes JSON strings: what must be escaped is, everything else stays UTF-8. */
public final class JsonText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private JsonText() {}

  /** Writes a string with its quotes; an unpaired surrogate becomes {@code ?}. */
  public static void put(Bytes out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    put(out, utf8, 0, utf8.length);
  }

  /** Writes a string with its quotes. */
  public static void put(Bytes out, MemorySegment utf8) {
    int length = Math.toIntExact(utf8.byteSize());
    byte[] to = out.room(length + 2);
    MemorySegment.copy(utf8, ValueLayout.JAVA_BYTE, 0, to, out.length() + 1, length);
    quote(out, length);
  }

  /** Writes a string with its quotes. */
  public static void put(Bytes out, byte[] utf8, int from, int length) {
    byte[] to = out.room(length + 2);
    System.arraycopy(utf8, from, to, out.length() + 1, length);
    quote(out, length);
  }

  /** Puts quotes around the {@code length} bytes that lie behind the text and one byte. */
  private static void quote(Bytes out, int length) {
    byte[] to = out.array();
    int from = out.length();
    to[from] = '"';
    int end = from + 1 + length;
    // The closing quote stops the search.
    to[end] = '"';
    int at = nextEscape(to, from + 1);
    out.length(end + 1);
    if (at < end) {
      escape(out, at, end);
    }
  }

  private static int nextEscape(byte[] bytes, int from) {
    int at = from;
    while (true) {
      long found = Words.escapes(Words.get(bytes, at));
      if (found != 0) {
        return at + Words.index(found);
      }
      at += 8;
    }
  }

  /** Writes again, with escapes, what stands from {@code from} to the closing quote. */
  private static void escape(Bytes out, int from, int to) {
    byte[] plain = Arrays.copyOfRange(out.array(), from, to);
    byte[] bytes = out.room(6 * plain.length);
    int at = from;
    for (byte b : plain) {
      if (b < 0 || (b >= ' ' && b != '"' && b != '\\')) {
        bytes[at++] = b;
        continue;
      }
      bytes[at++] = '\\';
      switch (b) {
        case '"', '\\' -> bytes[at++] = b;
        case '\b' -> bytes[at++] = 'b';
        case '\f' -> bytes[at++] = 'f';
        case '\n' -> bytes[at++] = 'n';
        case '\r' -> bytes[at++] = 'r';
        case '\t' -> bytes[at++] = 't';
        default -> {
          bytes[at++] = 'u';
          bytes[at++] = '0';
          bytes[at++] = '0';
          bytes[at++] = HEX[b >> 4];
          bytes[at++] = HEX[b & 0xF];
        }
      }
    }
    bytes[at++] = '"';
    out.length(at);
  }
}
