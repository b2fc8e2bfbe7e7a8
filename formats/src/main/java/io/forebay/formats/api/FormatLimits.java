package io.forebay.formats.api;

import io.forebay.errors.ConfigurationException;

/**
 * What is accepted as a record; one beyond a limit goes to dead letter.
 *
 * @param lineBytes the longest line (for CSV: record), without its line end, or record of a
 *     message; the rest of a longer line is discarded
 * @param stringBytes the longest JSON string or CSV cell, as written
 * @param depth how deep JSON objects and arrays nest; the record itself is 1
 * @param members how many members a JSON record may have, those of nested objects included
 */
public record FormatLimits(int lineBytes, int stringBytes, int depth, int members) {
  /** 1 MiB a line, 256 KiB a string, depth 64, 10,000 members. */
  public static final FormatLimits DEFAULT = new FormatLimits(1 << 20, 256 << 10, 64, 10_000);

  public FormatLimits {
    if (lineBytes < 16 || lineBytes > 1 << 30) {
      throw new ConfigurationException(
          "a line limit of " + lineBytes + " bytes is not possible: use 16 to 1073741824");
    }
    if (stringBytes < 1 || members < 1) {
      throw new ConfigurationException(
          "a record without strings or members is not possible: use limits of at least 1");
    }
    if (depth < 1 || depth > 512) {
      throw new ConfigurationException("a depth of " + depth + " is not possible: use 1 to 512");
    }
  }

  /** Whether the line that ends with the newline at {@code end} is too long. */
  public boolean isTooLong(byte[] bytes, int from, int end) {
    int length = end - from;
    return length > lineBytes && (length > lineBytes + 1 || bytes[end - 1] != '\r');
  }

  public String recordTooLong() {
    return "the record is longer than " + lineBytes + " bytes";
  }

  public String tooLong() {
    return "the line is longer than " + lineBytes + " bytes";
  }
}
