package io.forebay.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.StringColumn;
import io.forebay.errors.RecordRejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FunctionContractTest {
  private static final Batch ROWS = rows();

  private static Batch rows() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      rows.add(Batches.row("sensor-" + i % 3, i % 7 == 0 ? null : i / 4.0));
    }
    return Batches.of(
        Schema.of(
            Field.of("sensorId", ColumnType.STRING), Field.nullable("value", ColumnType.FLOAT64)),
        rows);
  }

  /** A function with one output, {@code y}. */
  private abstract static class Function implements BatchFunction {
    private final RowShape shape;

    Function(RowShape shape) {
      this.shape = shape;
    }

    Function() {
      this(RowShape.SAME);
    }

    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.nullable("y", ColumnType.FLOAT64));
    }

    @Override
    public RowShape rowShape() {
      return shape;
    }
  }

  private static final class Good extends Function {
    Good() {
      super(RowShape.ANY);
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        double value = in.float64("value").get(row);
        if (in.float64("value").isNull(row)) {
          out.reject(row, "no value");
        } else if (value > 24) {
          throw new IllegalStateException("too large: " + value);
        } else {
          for (int copy = 0; copy < (int) value % 3; copy++) {
            out.float64("y").set(out.emit(row), value + copy);
          }
        }
      }
    }
  }

  @Test
  void passes_when_the_function_expands_filters_rejects_and_throws() {
    assertThatCode(() -> FunctionContract.check(Good::new, ROWS)).doesNotThrowAnyException();
  }

  @Test
  void fails_when_the_function_remembers_the_row_before() {
    final class Difference extends Function {
      private double before;

      @Override
      public void apply(Batch in, BatchWriter out) {
        for (int row = 0; row < in.rows(); row++) {
          double value = in.float64("value").get(row);
          out.float64("y").set(row, value - before);
          before = value;
        }
      }
    }
    assertFails(Difference::new, "row");
  }

  @Test
  void fails_when_the_function_uses_the_place_of_a_row_in_its_batch() {
    assertFails(
        () ->
            new Function() {
              @Override
              public void apply(Batch in, BatchWriter out) {
                for (int row = 0; row < in.rows(); row++) {
                  out.float64("y").set(row, row);
                }
              }
            },
        "all rows in one batch: row 1 became");
  }

  @Test
  void fails_when_the_function_needs_a_dictionary() {
    assertFails(
        () ->
            new Function() {
              @Override
              public void apply(Batch in, BatchWriter out) {
                StringColumn sensors = in.string("sensorId");
                for (int row = 0; row < in.rows(); row++) {
                  out.float64("y").set(row, sensors.isDictionaryEncoded() ? 1 : 0);
                }
              }
            },
        "dictionary-encoded strings: row 0");
  }

  @Test
  void fails_when_the_function_ignores_nulls_of_a_slice() {
    assertFails(
        () ->
            new Function() {
              @Override
              public void apply(Batch in, BatchWriter out) {
                boolean nulls = in.float64("value").isNull(0);
                for (int row = 0; row < in.rows(); row++) {
                  if (nulls) {
                    out.float64("y").setNull(row);
                  } else {
                    out.float64("y").set(row, 1);
                  }
                }
              }
            },
        "row 1");
  }

  private static void assertFails(Supplier<BatchFunction> functions, String message) {
    assertThatThrownBy(() -> FunctionContract.check(functions, ROWS))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(message);
  }

  record Value(double x) {}

  @Test
  void passes_when_a_record_function_depends_on_the_record_alone() {
    Supplier<RecordFunction<Value, Value>> functions =
        () ->
            in -> {
              if (in.x() > 3) {
                throw new RecordRejectedException("too large");
              }
              return new Value(10 / in.x());
            };
    assertThatCode(() -> FunctionContract.check(functions, values())).doesNotThrowAnyException();
  }

  @Test
  void fails_when_a_record_function_counts_its_calls() {
    final class Counting implements RecordFunction<Value, Value> {
      private int calls;

      @Override
      public Value apply(Value in) {
        return new Value(calls++);
      }
    }
    assertThatThrownBy(() -> FunctionContract.check(Counting::new, values()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("when called alone");
  }

  private static List<Value> values() {
    return List.of(new Value(1), new Value(2), new Value(3), new Value(4));
  }
}
