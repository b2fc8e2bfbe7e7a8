package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.testkit.CollectingWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FileSourceTest {
  static final Schema READING =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));

  @Test
  void reads_declared_fields_and_keeps_the_others_when_lines_are_json() {
    CollectingWriter read =
        Sources.run(
            Sources.of(
                    """
                    {"sensorId":"a","timestamp":1700000000000,"value":20.5}
                    { "value" : 2e1, "unit": "°C", "sensorId":"b", "room":{"n":[1,2]}, "timestamp":"2025-01-01T00:00:00.5Z" }

                    {"sensorId":"c","timestamp":1,"value":NaN}
                    {"sensorId":"d","timestamp":1,"val\\u0075e":3}\
                    """)
                .fields(READING)
                .build());
    assertThat(read.lines()).hasSize(4);
    assertThat(read.lines().get(0).values())
        .isEqualTo(Map.of("sensorId", "a", "timestamp", 1700000000000L, "value", 20.5));
    assertThat(read.lines().get(0).sequence()).isEqualTo(1);
    assertThat(FileMark.of(read.lines().get(0).offset()).place()).isEqualTo(56);
    assertThat(read.lines().get(1).values())
        .isEqualTo(Map.of("sensorId", "b", "timestamp", 1735689600500L, "value", 20.0));
    assertThat(read.lines().get(1).extras()).isEqualTo("\"unit\": \"°C\",\"room\":{\"n\":[1,2]}");
    assertThat(read.lines().get(2).sequence()).isEqualTo(4);
    assertThat(read.lines().get(2).reason())
        .isEqualTo("value: expected a number, found NaN at column 39");
    assertThat(read.lines().get(2).excerpt()).startsWith("{\"sensorId\":\"c\"");
    assertThat(read.lines().get(3).values()).containsEntry("value", 3.0);
  }
}
