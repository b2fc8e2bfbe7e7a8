package io.forebay.formats.api;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.util.List;
import java.util.Optional;

/**
 * Which columns of a row become which part of a point of line protocol; all others become fields.
 *
 * @param measurement the measurement of every point
 * @param tags string columns that become tags
 * @param timestamp the timestamp column that becomes the point's time; points without one get
 *     theirs from the server
 */
public record LineProtocolLayout(
    String measurement, List<String> tags, Optional<String> timestamp, TimePrecision precision) {
  public LineProtocolLayout {
    tags = List.copyOf(tags);
    if (measurement.isEmpty() || measurement.startsWith("#") || measurement.indexOf('\n') >= 0) {
      throw new ConfigurationException(
          "a measurement named '" + measurement + "' is not possible: give it another name");
    }
  }

  /**
   * The usual layout: {@code sensorId} is a tag if there is such a column, and the first timestamp
   * column is the time, in nanoseconds.
   */
  public static LineProtocolLayout of(String measurement, Schema schema) {
    List<String> tags =
        schema.has("sensorId") && schema.field("sensorId").type() == ColumnType.STRING
            ? List.of("sensorId")
            : List.of();
    Optional<String> timestamp =
        schema.fields().stream()
            .filter(field -> isTimestamp(field.type()))
            .map(Field::name)
            .findFirst();
    return new LineProtocolLayout(measurement, tags, timestamp, TimePrecision.NANOSECONDS);
  }

  public static boolean isTimestamp(ColumnType type) {
    return switch (type) {
      case TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS -> true;
      default -> false;
    };
  }
}
