package io.forebay.formats;

import io.forebay.columns.ColumnType;
import io.forebay.formats.internal.numbers.Timestamps;
import java.time.DateTimeException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the values of one name in the first lines have been, and the type that follows. */
final class Guess {
  /** 1973 to 2286 in milliseconds: what an integer must be to be taken for a timestamp. */
  private static final long LEAST_MILLIS = 100_000_000_000L;

  private static final long MOST_MILLIS = 10_000_000_000_000L;

  /** What a value looks like. */
  enum Kind {
    BOOL,
    INTEGER,
    DECIMAL,
    TIME_MS,
    TIME_US,
    TIME_NS,
    TEXT,
    NUMBERS,
    OTHER
  }

  private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
  private long values;
  private boolean nulls;
  private boolean millis = true;

  void value(Kind kind) {
    kinds.add(kind);
    values++;
  }

  void integer(long value) {
    value(Kind.INTEGER);
    millis &= value >= LEAST_MILLIS && value < MOST_MILLIS;
  }

  void nothing() {
    nulls = true;
  }

  /** Whether some of {@code records} were without a value. */
  boolean isNullable(long records) {
    return nulls || values < records;
  }

  /** The type of all values; empty where they have none in common. */
  Optional<ColumnType> type(String name) {
    if (kinds.isEmpty() || kinds.contains(Kind.OTHER)) {
      return Optional.empty();
    }
    if (is(Kind.BOOL)) {
      return Optional.of(ColumnType.BOOL);
    }
    if (is(Kind.INTEGER)) {
      return Optional.of(millis && namesTime(name) ? ColumnType.TIMESTAMP_MS : ColumnType.INT64);
    }
    if (is(Kind.INTEGER, Kind.DECIMAL)) {
      return Optional.of(ColumnType.FLOAT64);
    }
    if (is(Kind.TIME_MS)) {
      return Optional.of(ColumnType.TIMESTAMP_MS);
    }
    if (is(Kind.TIME_MS, Kind.TIME_US)) {
      return Optional.of(ColumnType.TIMESTAMP_US);
    }
    if (is(Kind.TIME_MS, Kind.TIME_US, Kind.TIME_NS)) {
      return Optional.of(ColumnType.TIMESTAMP_NS);
    }
    if (is(Kind.TIME_MS, Kind.TIME_US, Kind.TIME_NS, Kind.TEXT)) {
      return Optional.of(ColumnType.STRING);
    }
    return is(Kind.NUMBERS) ? Optional.of(ColumnType.FLOAT64_LIST) : Optional.empty();
  }

  private boolean is(Kind first, Kind... others) {
    return EnumSet.of(first, others).containsAll(kinds);
  }

  private static boolean namesTime(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals("timestamp")
        || lower.equals("time")
        || lower.equals("ts")
        || lower.endsWith("_ms");
  }

  /** What a text looks like: a time in UTC to its last digit, or nothing but a text. */
  static Kind ofText(byte[] bytes, int from, int length) {
    if (length < 11
        || bytes[from + length - 1] != 'Z'
        || bytes[from + 4] != '-'
        || bytes[from + 10] != 'T') {
      // A time with another offset would lose it; basic forms may be names of something.
      return Kind.TEXT;
    }
    ColumnType[] types = {
      ColumnType.TIMESTAMP_MS, ColumnType.TIMESTAMP_US, ColumnType.TIMESTAMP_NS
    };
    Kind[] kinds = {Kind.TIME_MS, Kind.TIME_US, Kind.TIME_NS};
    for (int i = 0; i < types.length; i++) {
      try {
        Timestamps.parse(bytes, from, length, types[i]);
        return kinds[i];
      } catch (DateTimeException e) {
        // Not of this type.
      }
    }
    return Kind.TEXT;
  }
}
