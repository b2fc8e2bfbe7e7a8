package io.forebay.connectors.net;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.formats.api.MessageFormat;

/** The records of these tests. */
final class Fields {
  static final Schema READING =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));

  private Fields() {}

  static NetSettings settings(MessageFormat format) {
    return NetSettings.of(new ListenAddress("127.0.0.1", 0), format, READING);
  }

  /** A reading as a line of JSON. */
  static String json(String sensor, long time) {
    return "{\"sensorId\":\""
        + sensor
        + "\",\"timestamp\":"
        + time
        + ",\"value\":"
        + time
        + ".5}\n";
  }
}
