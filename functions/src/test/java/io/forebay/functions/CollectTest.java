package io.forebay.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Accumulator;
import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.rows.HeapBatchBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CollectTest {
  private static final Schema INPUT =
      Schema.of(
          Field.of("at", ColumnType.TIMESTAMP_MS),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.of("n", ColumnType.INT32),
          Field.of("name", ColumnType.STRING));

  private record Reading(long at, Double value, int n) {}

  private static Batch batch(List<Reading> readings) {
    HeapBatchBuilder builder = new HeapBatchBuilder(INPUT, false);
    long sequence = 0;
    for (Reading each : readings) {
      builder.setLong(0, each.at);
      if (each.value != null) {
        builder.setDouble(1, each.value);
      }
      builder.setLong(2, each.n);
      builder.setString(3, "");
      builder.append(++sequence, 0);
    }
    return builder.build();
  }

  private static Collect collect(String columns, int expected) {
    Collect collect =
        new Collect(
            Map.of("columns", columns, "time", "at", "expected", Integer.toString(expected)));
    collect.outputs(INPUT);
    return collect;
  }

  /** What comes of the readings, each of the lists added and written by a worker of its own. */
  @SafeVarargs
  private static List<Object> row(Collect collect, List<Reading>... parts) throws IOException {
    Collect.Records all = collect.init();
    for (List<Reading> part : parts) {
      Collect.Records partial = collect.init();
      collect.begin(batch(part));
      for (int row = 0; row < part.size(); row++) {
        collect.add(partial, row);
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      collect.write(partial, new DataOutputStream(bytes));
      collect.merge(
          all, collect.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))));
    }
    List<Object> row = new ArrayList<>();
    collect.result(
        all,
        -1_000,
        0,
        new Accumulator.Row() {
          @Override
          public void setBool(int column, boolean value) {
            add(column, value);
          }

          @Override
          public void setLong(int column, long value) {
            add(column, value);
          }

          @Override
          public void setDouble(int column, double value) {
            add(column, value);
          }

          @Override
          public void setString(int column, String value) {
            add(column, value);
          }

          @Override
          public void setDoubles(int column, double[] values) {
            add(column, Arrays.stream(values).boxed().toList());
          }

          private void add(int column, Object value) {
            assertThat(column).isEqualTo(row.size());
            row.add(value);
          }
        });
    return row;
  }

  @Test
  void arrays_are_in_the_order_of_the_times_and_of_the_data_when_records_come_in_any_order()
      throws Exception {
    assertThat(
            row(
                collect("value,n", 0),
                List.of(new Reading(-500, 5.0, 1), new Reading(-1_000, 4.0, 2)),
                List.of(new Reading(-500, null, 3), new Reading(-1, 7.0, 4)),
                List.of(new Reading(-750, 8.0, 5))))
        .isEqualTo(
            List.of(
                5L,
                List.of(0.0, 0.25, 0.5, 0.5, 0.999),
                List.of(4.0, 8.0, 5.0, Double.NaN, 7.0),
                List.of(2.0, 5.0, 1.0, 3.0, 4.0)));
  }

  @Test
  void a_window_is_complete_only_when_nothing_is_missing_doubled_or_out_of_step() throws Exception {
    List<Reading> whole = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      whole.add(new Reading(-1_000 + 10L * i + i % 3, i / 2.0, i));
    }
    assertThat(isComplete(whole)).isTrue();
    assertThat(isComplete(whole.subList(1, 100))).isFalse();
    assertThat(isComplete(with(whole, 40, whole.get(39)))).as("one twice").isFalse();
    Reading noValue = new Reading(whole.get(40).at, null, 40);
    assertThat(isComplete(with(whole, 40, noValue))).as("no value").isFalse();
    Reading notANumber = new Reading(whole.get(40).at, Double.NaN, 40);
    assertThat(isComplete(with(whole, 40, notANumber))).isFalse();
    List<Reading> late = with(whole, 0, new Reading(-981, 0.0, 0));
    assertThat(isComplete(with(late, 1, late.get(0)))).as("late begin").isFalse();
    assertThat(isComplete(with(whole, 99, new Reading(-20, 0.0, 0)))).as("early end").isFalse();
    List<Reading> tooMany = new ArrayList<>(whole);
    tooMany.add(new Reading(-5, 1.0, 1));
    assertThat(isComplete(tooMany)).isFalse();
  }

  private static List<Reading> with(List<Reading> readings, int index, Reading other) {
    List<Reading> changed = new ArrayList<>(readings);
    changed.set(index, other);
    return changed;
  }

  private static boolean isComplete(List<Reading> readings) throws IOException {
    return (Boolean) row(collect("value", 100), readings).get(1);
  }

  @Test
  void refuses_columns_that_are_no_numbers_or_are_named_twice() {
    assertThatThrownBy(() -> collect("value,name", 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "the column 'name' is string, and only numbers can be collected: name other columns");
    assertThatThrownBy(() -> collect("n,n", 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is named twice");
  }
}
