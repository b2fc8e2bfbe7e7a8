package io.forebay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
  private static final Schema ALL =
      Schema.of(
          Arrays.stream(ColumnType.values())
              .map(type -> Field.nullable(type.text(), type))
              .toList());

  private static List<@Nullable Object> everything() {
    Instant time = Instant.parse("2025-01-01T00:00:00.123Z");
    return Batches.row(
        true, 1, 2L, 1.5f, 2.5, time, time, time, "é", new byte[] {1, -1}, new double[] {3, -0.0});
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void holds_every_type_and_null_and_slices(boolean dictionary) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rows.add(i % 3 == 1 ? Arrays.asList(new Object[ALL.size()]) : everything());
    }
    Batch batch = Batches.of(ALL, rows, dictionary);

    for (int i = 0; i < 20; i++) {
      List<@Nullable Object> expected =
          i % 3 == 1
              ? Arrays.asList(new Object[ALL.size()])
              : Arrays.asList(
                  true,
                  1,
                  2L,
                  1.5f,
                  2.5,
                  1735689600123L,
                  1735689600123000L,
                  1735689600123000000L,
                  "é",
                  ByteBuffer.wrap(new byte[] {1, -1}),
                  List.of(3.0, -0.0));
      assertThat(Batches.values(batch).get(i)).isEqualTo(expected);
      assertThat(Batches.values(batch.slice(i, 20)).getFirst()).isEqualTo(expected);
      assertThat(Batches.values(batch.slice(1, 20).slice(0, 19).slice(Math.max(0, i - 1), 19)))
          .isEqualTo(Batches.values(batch).subList(Math.max(1, i), 20));
      assertThat(batch.slice(i, 20).sequence(0)).isEqualTo(i + 1);
    }
  }

  @Test
  void refuses_when_a_value_does_not_fit_its_field() {
    Schema schema = Schema.of(Field.of("n", ColumnType.INT32));
    assertThatThrownBy(() -> Batches.of(schema, Batches.row("text")))
        .hasMessage("the field 'n' is int32 and cannot hold a String");
    assertThatThrownBy(() -> Batches.of(schema, Batches.row((Object) null)))
        .hasMessage("the field 'n' is not nullable, but a row has null there");
    assertThatThrownBy(() -> Batches.of(schema, Batches.row(1, 2)))
        .hasMessage("a row has 2 values, but the schema 1 fields");
  }

  /** Copies every column to an output of its name with a trailing 2, and each row n times. */
  private record Copy(int times) implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(
          input.fields().stream()
              .map(field -> Field.nullable(field.name() + "2", field.type()))
              .toList());
    }

    @Override
    public RowShape rowShape() {
      return RowShape.ANY;
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        for (int i = 0; i < times; i++) {
          int at = out.emit(row);
          if (in.column("string").isNull(row)) {
            continue;
          }
          out.bool("bool2").set(at, in.bool("bool").get(row));
          out.int32("int322").set(at, in.int32("int32").get(row));
          out.int64("int642").set(at, in.int64("int64").get(row));
          out.float32("float322").set(at, in.float32("float32").get(row));
          out.float64("float642").set(at, in.float64("float64").get(row));
          out.int64("timestamp-ms2").set(at, in.int64("timestamp-ms").get(row));
          out.int64("timestamp-us2").set(at, in.int64("timestamp-us").get(row));
          out.int64("timestamp-ns2").set(at, in.int64("timestamp-ns").get(row));
          out.string("string2").set(at, in.string("string").get(row));
          out.binary("binary2").set(at, in.binary("binary").get(row));
          out.list("list-float642").set(at, in.list("list-float64").get(row));
        }
      }
    }
  }

  @Test
  void grows_when_a_function_writes_a_lot() throws Exception {
    Batch batch =
        Batches.withExtras(
            Batches.of(ALL, everything(), Arrays.asList(new Object[ALL.size()])),
            "\"unit\":\"C\"",
            null);

    FunctionResult result = Batches.apply(new Copy(20_000), batch);

    assertThat(result.batch().rows()).isEqualTo(40_000);
    for (int row : new int[] {0, 19_999, 20_000, 39_999}) {
      List<@Nullable Object> values = Batches.values(result.batch()).get(row);
      assertThat(values.subList(0, ALL.size()))
          .isEqualTo(values.subList(ALL.size(), 2 * ALL.size()))
          .isEqualTo(Batches.values(batch).get(row / 20_000));
      assertThat(Batches.row(result.batch(), row).get("forebay:extras"))
          .isEqualTo(row < 20_000 ? "\"unit\":\"C\"" : null);
    }
  }

  @Test
  void filters_when_a_function_emits_nothing() throws Exception {
    FunctionResult result = Batches.apply(new Copy(0), Batches.of(ALL, everything()));

    assertThat(result.batch().rows()).isZero();
    assertThat(result.filtered()).containsExactly(0);
  }

  @Test
  void manual_clock_moves_only_when_told() {
    ManualClock clock = new ManualClock(Instant.EPOCH);
    clock.advance(Duration.ofSeconds(2));
    clock.jump(Duration.ofHours(-1));

    assertThat(clock.nanos()).isEqualTo(2_000_000_000L);
    assertThat(clock.instant()).isEqualTo(Instant.EPOCH.plusSeconds(2 - 3600));
    assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
