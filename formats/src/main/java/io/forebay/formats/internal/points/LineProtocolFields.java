package io.forebay.formats.internal.points;

import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.Words;
import io.forebay.formats.internal.json.JsonScanner;
import io.forebay.formats.internal.numbers.Decimal;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Writes names and texts of line protocol, and the extras of a row as fields. */
public final class LineProtocolFields {
  private static final FormatLimits UNLIMITED =
      new FormatLimits(1 << 30, 1 << 30, 512, Integer.MAX_VALUE);

  private final JsonScanner scanner = new JsonScanner(UNLIMITED);
  private final Decimal number = new Decimal();
  private byte[] object = new byte[256];

  /** Writes a measurement ({@code equalsSign} false), a name or a tag's value. */
  public static void putName(Bytes out, String name, boolean equalsSign) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    int end = utf8.length;
    while (end > 0 && utf8[end - 1] == '\\') {
      end--;
    }
    byte[] to = out.room(2 * end);
    int at = out.length();
    for (int i = 0; i < end; i++) {
      byte b = utf8[i] == '\n' || utf8[i] == '\r' ? (byte) ' ' : utf8[i];
      if (b == ',' || b == ' ' || (b == '=' && equalsSign)) {
        to[at++] = '\\';
      }
      to[at++] = b;
    }
    out.length(at);
  }

  /** Writes a text in quotes. */
  public static void putText(Bytes out, MemorySegment utf8) {
    byte[] text = utf8.toArray(ValueLayout.JAVA_BYTE);
    putText(out, text, 0, text.length);
  }

  private static void putText(Bytes out, byte[] text, int from, int length) {
    byte[] to = out.room(2 * length + 2);
    int at = out.length();
    to[at++] = '"';
    for (int i = from; i < from + length; i++) {
      if (text[i] == '"' || text[i] == '\\') {
        to[at++] = '\\';
      }
      to[at++] = text[i];
    }
    to[at++] = '"';
    out.length(at);
  }

  /**
   * Writes the members of a JSON object, without its braces, as fields with a comma before each.
   */
  public void put(MemorySegment fragment, Bytes out) {
    int length = Math.toIntExact(fragment.byteSize());
    if (object.length < length + 2 + Words.PADDING) {
      object = new byte[2 * length + 2 + Words.PADDING];
    }
    MemorySegment.copy(fragment, ValueLayout.JAVA_BYTE, 0, object, 0, length);
    for (int i = 0; i < length; i++) {
      object[i] = object[i] == '\n' ? (byte) ' ' : object[i];
    }
    object[length] = '}';
    object[length + 1] = '\n';
    scanner.reset();
    try {
      members(out);
    } catch (BadRecord e) {
      throw new IllegalArgumentException("extras that are no members of an object", e);
    }
  }

  private void members(Bytes out) throws BadRecord {
    int p = JsonScanner.space(object, 0);
    while (object[p] != '}') {
      int start = out.length();
      p = scanner.string(object, p);
      scanner.unescape(object);
      byte[] name = scanner.copyText();
      out.put(',');
      putName(out, new String(name, StandardCharsets.UTF_8), true);
      boolean named = out.length() > start + 1;
      out.put('=');
      p = JsonScanner.space(object, JsonScanner.space(object, p) + 1);
      int value = p;
      p = scanner.skip(object, p, 1, number);
      boolean some = object[value] != 'n';
      switch (object[value]) {
        case '"' -> {
          scanner.unescape(object);
          putText(out, scanner.text(), scanner.textFrom(), scanner.textLength());
        }
        case '{', '[' -> putText(out, object, value, p - value);
        default -> out.put(object, value, p - value);
      }
      if (!some || !named) {
        out.length(start);
      }
      scanner.reset();
      p = JsonScanner.space(object, p);
      p = object[p] == ',' ? JsonScanner.space(object, p + 1) : p;
    }
  }
}
