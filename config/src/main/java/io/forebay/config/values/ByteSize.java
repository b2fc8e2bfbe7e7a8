package io.forebay.config.values;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written {@code 512B}, {@code 64KiB}, {@code 1MiB} or {@code 2GiB}. */
public record ByteSize(long bytes) {
  public static final Pattern PATTERN = Pattern.compile("([0-9]{1,12}) ?(B|KiB|MiB|GiB)");

  /** A pebibyte: nothing that is meant is larger, and sums of several still fit into a long. */
  private static final long MOST_BYTES = 1L << 50;

  private static final Map<String, Integer> SHIFTS =
      Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30);

  /** Reads a size; a number without a unit is refused, because it could mean anything. */
  public static ByteSize parse(String text) {
    Matcher matcher = PATTERN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text);
    }
    int shift = SHIFTS.getOrDefault(matcher.group(2), 0);
    long count = Long.parseLong(matcher.group(1));
    if (count > MOST_BYTES >> shift) {
      throw new OutOfRangeException("must be at most " + new ByteSize(MOST_BYTES));
    }
    return new ByteSize(count << shift);
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
