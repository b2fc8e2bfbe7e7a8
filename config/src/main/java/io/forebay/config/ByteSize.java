package io.forebay.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written {@code 512B}, {@code 64KiB}, {@code 1MiB} or {@code 2GiB}. */
public record ByteSize(long bytes) {
  static final Pattern PATTERN = Pattern.compile("([0-9]{1,12}) ?(B|KiB|MiB|GiB)");
  private static final Map<String, Integer> SHIFTS =
      Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30);

  /** Reads a size; a number without a unit is refused, because it could mean anything. */
  public static ByteSize parse(String text) {
    Matcher matcher = PATTERN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text);
    }
    int shift = SHIFTS.getOrDefault(matcher.group(2), 0);
    return new ByteSize(Long.parseLong(matcher.group(1)) << shift);
  }

  @Override
  public String toString() {
    if (bytes > 0 && bytes % (1L << 30) == 0) {
      return (bytes >> 30) + "GiB";
    }
    if (bytes > 0 && bytes % (1L << 20) == 0) {
      return (bytes >> 20) + "MiB";
    }
    return bytes > 0 && bytes % (1L << 10) == 0 ? (bytes >> 10) + "KiB" : bytes + "B";
  }
}
