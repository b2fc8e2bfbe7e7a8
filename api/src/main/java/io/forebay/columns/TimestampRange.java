package io.forebay.columns;

import java.time.Instant;

/**
 * Which values a timestamp column takes: those that every store can hold and read back. Of
 * milliseconds and microseconds the years 1 to 9999, of nanoseconds 1677-09-22 to 2262-04-11, which
 * is what 64 bits hold, without the extremes that stores and numpy take for infinity or no time.
 */
public final class TimestampRange {
  private static final long FIRST_SECOND = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
  private static final long LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
  private static final long FIRST_NANOS =
      Instant.parse("1677-09-22T00:00:00Z").getEpochSecond() * 1_000_000_000;
  private static final long LAST_NANOS = Long.MAX_VALUE - 1;

  /** Seconds of 1973 and 2100: what a time in a wrong unit is most likely between. */
  private static final long GUESSED_FROM = 100_000_000;

  private static final long GUESSED_TO = 4_102_444_800L;

  private TimestampRange() {}

  /** The least value that a column of this type takes. */
  public static long least(ColumnType type) {
    return type == ColumnType.TIMESTAMP_NS ? FIRST_NANOS : FIRST_SECOND * perSecond(type);
  }

  /** The greatest one. */
  public static long most(ColumnType type) {
    return type == ColumnType.TIMESTAMP_NS
        ? LAST_NANOS
        : LAST_SECOND * perSecond(type) + perSecond(type) - 1;
  }

  /** Whether a column of this type, one of the three timestamps, takes the value. */
  public static boolean contains(ColumnType type, long value) {
    return value >= least(type) && value <= most(type);
  }

  /** The times of {@link #contains} in words. */
  public static String words(ColumnType type) {
    return type == ColumnType.TIMESTAMP_NS ? "1677-09-22 to 2262-04-11" : "the years 1 to 9999";
  }

  /**
   * What is wrong with a value that is not {@link #contains contained}, for a sentence about a
   * column: that it is out of range, and which unit it looks like.
   */
  public static String problem(ColumnType type, long value) {
    String outside = value + " is out of the range of a " + type + " (" + words(type) + ")";
    if (value == Long.MAX_VALUE || value == Long.MIN_VALUE || value == -Long.MAX_VALUE) {
      return outside + "; it looks like a stand-in for a missing time: leave it out, or send null";
    }
    String unit = unit(value);
    return unit.isEmpty() ? outside : outside + "; it looks like " + unit;
  }

  /**
   * The unit in which a number would be a time between 1973 and 2100: {@code seconds}, {@code
   * milliseconds}, {@code microseconds} or {@code nanoseconds}; empty if there is none.
   */
  public static String unit(long value) {
    String[] units = {"seconds", "milliseconds", "microseconds", "nanoseconds"};
    long perSecond = 1;
    for (String unit : units) {
      long seconds = value / perSecond;
      if (seconds >= GUESSED_FROM && seconds < GUESSED_TO) {
        return unit;
      }
      perSecond *= 1_000;
    }
    return "";
  }

  /** How many of the type's units make a second. */
  private static long perSecond(ColumnType type) {
    return switch (type) {
      case TIMESTAMP_MS -> 1_000;
      case TIMESTAMP_US -> 1_000_000;
      case TIMESTAMP_NS -> 1_000_000_000;
      default -> throw new IllegalArgumentException(type + " is no timestamp");
    };
  }
}
