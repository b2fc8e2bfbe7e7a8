package io.forebay.formats.api;

import io.forebay.columns.ColumnType;
import io.forebay.errors.ConfigurationException;

/** The unit of the timestamps of line protocol. */
public enum TimePrecision {
  NANOSECONDS("ns", 1),
  MICROSECONDS("us", 1_000),
  MILLISECONDS("ms", 1_000_000),
  SECONDS("s", 1_000_000_000);

  private final String text;
  private final long nanos;

  TimePrecision(String text, long nanos) {
    this.text = text;
    this.nanos = nanos;
  }

  /** The name in pipeline files and in the {@code precision} of a write request. */
  public String text() {
    return text;
  }

  /**
   * The precision of that name: {@code ns}, {@code us}, {@code ms} or {@code s}, or as InfluxDB 1
   * says, {@code n} or {@code u}.
   *
   * @throws ConfigurationException naming those that there are
   */
  public static TimePrecision parse(String text) {
    return switch (text) {
      case "ns", "n" -> NANOSECONDS;
      case "us", "u" -> MICROSECONDS;
      case "ms" -> MILLISECONDS;
      case "s" -> SECONDS;
      default ->
          throw new ConfigurationException("unknown precision '" + text + "': use ns, us, ms or s");
    };
  }

  /**
   * A time of this unit in the unit of a timestamp type, to the earlier one where it lies between
   * two.
   *
   * @throws ArithmeticException if it is out of range
   */
  public long to(ColumnType type, long time) {
    return convert(time, nanos, unit(type));
  }

  /** A timestamp of that type in this unit, as {@link #to}. */
  public long from(ColumnType type, long timestamp) {
    return convert(timestamp, unit(type), nanos);
  }

  private static long unit(ColumnType type) {
    return switch (type) {
      case TIMESTAMP_MS -> 1_000_000;
      case TIMESTAMP_US -> 1_000;
      default -> 1;
    };
  }

  private static long convert(long time, long unit, long target) {
    return unit >= target
        ? Math.multiplyExact(time, unit / target)
        : Math.floorDiv(time, target / unit);
  }

  @Override
  public String toString() {
    return text;
  }
}
