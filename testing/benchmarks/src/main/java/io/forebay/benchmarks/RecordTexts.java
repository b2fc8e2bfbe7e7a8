package io.forebay.benchmarks;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Records as devices and programs send them, many lines of one kind. */
@SuppressWarnings("ArrayRecordComponent") // Read by parsers, compared by nobody.
record RecordTexts(String title, Schema schema, int records, byte[] bytes) {
  private static final int WIDTH = 30;
  private static final int TIMES = 6;

  /** A sensor's: a text, a timestamp, a double of four decimals, an integer, a state. */
  static RecordTexts flat(int records) {
    double[] values = Readings.values(records);
    return of(
        "flat",
        flatSchema(),
        records,
        i ->
            "{\"sensorId\": \"%s\", \"timestamp\": %d, \"value\": %s, \"count\": %d, \"state\": \"%s\"}"
                .formatted(
                    Readings.sensor(i), Readings.timestamp(i), values[i], i * 37L, state(i)));
  }

  /** The same as CSV. */
  static RecordTexts csv(int records) {
    double[] values = Readings.values(records);
    return of(
        "CSV",
        flatSchema(),
        records,
        i ->
            "%s,%d,%s,%d,%s"
                .formatted(
                    Readings.sensor(i), Readings.timestamp(i), values[i], i * 37L, state(i)));
  }

  /**
   * A vibration sensor's: 30 doubles.
   *
   * @param decimals 4 as devices send them, or all that a computed double has
   */
  static RecordTexts wide(int records, boolean decimals) {
    double[] values = Readings.values(records * WIDTH);
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("sensorId", ColumnType.STRING));
    for (int f = 0; f < WIDTH; f++) {
      fields.add(Field.of("axis" + f, ColumnType.FLOAT64));
    }
    return of(
        decimals ? "wide, short doubles" : "wide, long doubles",
        Schema.of(fields),
        records,
        i -> {
          StringBuilder line = new StringBuilder("{\"sensorId\":\"").append(Readings.sensor(i));
          line.append('"');
          for (int f = 0; f < WIDTH; f++) {
            double value = values[i * WIDTH + f];
            line.append(",\"axis").append(f).append("\":").append(decimals ? value : value / 60);
          }
          return line.append('}').toString();
        });
  }

  /** Six times of ISO 8601, half of them in UTC and half with an offset. */
  static RecordTexts times(int records) {
    List<Field> fields = new ArrayList<>();
    for (int f = 0; f < TIMES; f++) {
      fields.add(Field.of("time" + f, ColumnType.TIMESTAMP_MS));
    }
    return of(
        "times",
        Schema.of(fields),
        records,
        i -> {
          StringBuilder line = new StringBuilder("{");
          for (int f = 0; f < TIMES; f++) {
            Instant time = Instant.ofEpochMilli(Readings.timestamp(i) + 86_400_001L * f);
            Object written = f % 2 == 0 ? time : time.atOffset(ZoneOffset.ofHours(f - 4));
            line.append(f == 0 ? "" : ",").append("\"time%d\":\"%s\"".formatted(f, written));
          }
          return line.append('}').toString();
        });
  }

  private static Schema flatSchema() {
    return Schema.of(
        Field.of("sensorId", ColumnType.STRING),
        Field.of("timestamp", ColumnType.TIMESTAMP_MS),
        Field.of("value", ColumnType.FLOAT64),
        Field.of("count", ColumnType.INT64),
        Field.of("state", ColumnType.STRING));
  }

  private static String state(int record) {
    return record % 7 == 0 ? "überlastet" : "running";
  }

  private static RecordTexts of(
      String title, Schema schema, int records, IntFunction<String> line) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < records; i++) {
      text.append(line.apply(i)).append('\n');
    }
    return new RecordTexts(
        title, schema, records, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
