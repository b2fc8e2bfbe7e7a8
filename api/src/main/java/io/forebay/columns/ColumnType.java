package io.forebay.columns;

import io.forebay.errors.ConfigurationException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The types a column can have. Every type is stored in the Apache Arrow physical layout, little
 * endian.
 */
public enum ColumnType {
  /** One bit a row. */
  BOOL("bool", 0),
  /** Signed 32-bit integer. */
  INT32("int32", 4),
  /** Signed 64-bit integer. */
  INT64("int64", 8),
  /** IEEE 754 binary32. */
  FLOAT32("float32", 4),
  /** IEEE 754 binary64. */
  FLOAT64("float64", 8),
  /** Milliseconds since 1970-01-01T00:00:00Z, as a signed 64-bit integer. */
  TIMESTAMP_MS("timestamp-ms", 8),
  /** Microseconds since 1970-01-01T00:00:00Z, as a signed 64-bit integer. */
  TIMESTAMP_US("timestamp-us", 8),
  /** Nanoseconds since 1970-01-01T00:00:00Z, as a signed 64-bit integer. */
  TIMESTAMP_NS("timestamp-ns", 8),
  /** UTF-8 text; dictionary-encoded within a batch while its values repeat. */
  STRING("string", -1),
  /** Bytes. */
  BINARY("binary", -1),
  /** A list of float64, for example a waveform. */
  FLOAT64_LIST("list-float64", -1);

  private final String text;
  private final int width;

  ColumnType(String text, int width) {
    this.text = text;
    this.width = width;
  }

  /** The name used in pipeline files, for example {@code timestamp-ms}. */
  public String text() {
    return text;
  }

  /** Bytes a row for fixed-width types, 0 for {@link #BOOL} (one bit), -1 where it varies. */
  public int width() {
    return width;
  }

  /** True for the three timestamps. */
  public boolean isTimestamp() {
    return this == TIMESTAMP_MS || this == TIMESTAMP_US || this == TIMESTAMP_NS;
  }

  /** True for columns that {@link NumberColumn} can read: integers, floats and timestamps. */
  public boolean isNumber() {
    return width > 0;
  }

  /**
   * The type of that name.
   *
   * @throws ConfigurationException naming the known types, if there is none
   */
  public static ColumnType parse(String text) {
    for (ColumnType type : values()) {
      if (type.text.equals(text)) {
        return type;
      }
    }
    throw new ConfigurationException(
        "unknown column type '"
            + text
            + "': use one of "
            + Arrays.stream(values()).map(ColumnType::text).collect(Collectors.joining(", ")));
  }

  @Override
  public String toString() {
    return text;
  }
}
