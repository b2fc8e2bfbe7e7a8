package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.testkit.Batches;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleSinkTest {
  private static final Schema SCHEMA =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("note", ColumnType.STRING));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private long now;
  private final ConsoleSink sink =
      new ConsoleSink(
          out,
          new Waiting() {
            @Override
            public long nanoTime() {
              return now;
            }

            @Override
            public void await(long nanos) {
              throw new AssertionError("a sink does not wait");
            }
          });

  private void open() {
    sink.open(new SinkContext("p", SCHEMA, List.of("s"), false));
  }

  private String shown() {
    String text = out.toString(StandardCharsets.UTF_8);
    out.reset();
    return text;
  }

  private static Batch rows() {
    return Batches.of(
        SCHEMA,
        Batches.row("a", 1.5, null),
        Batches.row("sensor-12", null, "x\ty\u001b[2J \"q\""),
        Batches.row("c", 3.0, null));
  }

  @Test
  void shows_names_and_values_when_records_come_slowly() throws IOException {
    open();
    sink.write(Batches.withExtras(rows(), "\"unit\":\"C\"", null, null));
    assertThat(shown())
        .isEqualTo(
            """
            sensorId=a  value=1.5  {"unit":"C"}
            sensorId=sensor-12  note=x\uFFFDy\uFFFD[2J "q"
            sensorId=c  value=3.0
            """);
    assertThat(sink.recover()).isEmpty();
    assertThat(sink.effectivelyOnce()).isFalse();
  }

  @Test
  void says_how_many_it_left_out_when_records_come_faster_than_it_shows_them() throws IOException {
    sink.rowsPerSecond(2);
    open();
    for (int i = 0; i < 1_000; i++) {
      sink.write(rows());
    }
    assertThat(shown().lines()).hasSize(2);
    now += 1_000_000_000;
    sink.write(rows());
    assertThat(shown().lines())
        .containsExactly(
            "… 2,998 more",
            "sensorId=a  value=1.5",
            "sensorId=sensor-12  note=x\uFFFDy\uFFFD[2J \"q\"");
    sink.commit(new Progress("p", Frontier.START, true));
    assertThat(shown()).isEqualTo("… 1 more\n");
    sink.close();
    assertThat(shown()).isEmpty();
  }

  @Test
  void shows_all_in_columns_when_it_is_a_table_without_limit() throws IOException {
    sink.rowsPerSecond(0).table();
    open();
    for (int i = 0; i < 10; i++) {
      sink.write(rows());
    }
    assertThat(shown().lines().toList())
        .hasSize(32)
        .startsWith(
            "sensorId  value  note",
            "a         1.5    ",
            "sensor-12         x\uFFFDy\uFFFD[2J \"q\"",
            "c          3.0    ")
        .element(21)
        .isEqualTo("sensorId   value  note");
  }
}
