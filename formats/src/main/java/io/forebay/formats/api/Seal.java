package io.forebay.formats.api;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * A checksum over a small text, by which a damaged one is told from a whole one: eight hexadecimal
 * digits of its CRC32C, which changes with every single bit.
 */
public final class Seal {
  /** How many digits there are. */
  public static final int DIGITS = 8;

  private Seal() {}

  /** The digits for {@code length} bytes. */
  public static String of(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /** The digits for a text in UTF-8. */
  public static String of(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return of(utf8, 0, utf8.length);
  }
}
