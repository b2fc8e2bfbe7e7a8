package io.forebay.faults;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64Column;
import io.forebay.columns.StringColumn;
import io.forebay.errors.RecordRejectedException;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Functions of every shape and output type, for {@link DifferentialTest}. */
@SuppressWarnings("ArrayRecordComponent")
public final class DifferentialFunctions {
  private DifferentialFunctions() {}

  /** Leaves out rows without a value, and every third sensor. */
  public static final class Filter implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("kept", ColumnType.BOOL));
    }

    @Override
    public RowShape rowShape() {
      return RowShape.FEWER;
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      Float64Column value = in.float64("value");
      StringColumn sensor = in.string("sensorId");
      for (int row = 0; row < in.rows(); row++) {
        if (value.isNull(row) || sensor.get(row).endsWith("3")) {
          out.filter(row);
        } else {
          out.bool("kept").set(row, value.get(row) > 20);
        }
      }
    }
  }

  /** Makes 0 to 3 rows of one. */
  public static final class Expander implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(
          Field.of("copy", ColumnType.INT32), Field.nullable("label", ColumnType.STRING));
    }

    @Override
    public RowShape rowShape() {
      return RowShape.ANY;
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      Float64Column value = in.float64("value");
      for (int row = 0; row < in.rows(); row++) {
        int copies = value.isNull(row) ? 0 : Math.floorMod((int) value.get(row), 4);
        for (int copy = 0; copy < copies; copy++) {
          int at = out.emit(row);
          out.int32("copy").set(at, copy);
          if (copy != 1) {
            out.string("label").set(at, in.string("sensorId").get(row) + " ×" + copy);
          }
        }
      }
    }
  }

  /** As {@link Expander}, the easy way. */
  public static final class RecordExpansion
      implements RecordExpander<RecordExpansion.Reading, RecordExpansion.Copy> {
    /** Input. */
    public record Reading(String sensorId, @Nullable Double value) {}

    /** Output. */
    public record Copy(int copy, @Nullable String label) {}

    @Override
    public void apply(Reading in, Consumer<? super Copy> out) {
      int copies = in.value() == null ? 0 : Math.floorMod(in.value().intValue(), 4);
      for (int copy = 0; copy < copies; copy++) {
        out.accept(new Copy(copy, copy == 1 ? null : in.sensorId() + " ×" + copy));
      }
    }
  }

  /** Writes every type of column, with nulls and without. */
  public static final class EveryType implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(
          Field.nullable("text", ColumnType.STRING),
          Field.of("always", ColumnType.STRING),
          Field.nullable("wave", ColumnType.FLOAT64_LIST),
          Field.nullable("raw", ColumnType.BINARY),
          Field.nullable("high", ColumnType.BOOL),
          Field.of("cold", ColumnType.BOOL),
          Field.nullable("rounded", ColumnType.INT32),
          Field.nullable("large", ColumnType.INT64),
          Field.nullable("half", ColumnType.FLOAT32),
          Field.nullable("third", ColumnType.FLOAT64),
          Field.nullable("ms", ColumnType.TIMESTAMP_MS),
          Field.nullable("us", ColumnType.TIMESTAMP_US),
          Field.of("ns", ColumnType.TIMESTAMP_NS));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        long time = in.int64("timestamp").get(row);
        String sensor = in.string("sensorId").get(row);
        out.string("always").set(row, sensor.repeat((int) (time % 5)));
        out.int64("ns").set(row, time * 1_000_000);
        if (in.float64("value").isNull(row)) {
          continue; // Rows that are not written are null.
        }
        double value = in.float64("value").get(row);
        out.bool("cold").set(row, value < 0);
        if (time % 4 == 0) {
          out.string("text").setNull(row);
          out.list("wave").setNull(row);
          out.bool("high").setNull(row);
          out.int32("rounded").setNull(row);
        } else {
          out.string("text").set(row, sensor + " 温 " + value);
          out.list("wave").set(row, new double[] {value, -value, value / 3});
          out.bool("high").set(row, value > 50);
          out.int32("rounded").set(row, (int) value);
        }
        out.binary("raw").set(row, sensor.getBytes(java.nio.charset.StandardCharsets.UTF_16));
        out.int64("large").set(row, Double.doubleToRawLongBits(value));
        out.float32("half").set(row, (float) value / 2);
        out.float64("third").set(row, value / 3);
        out.int64("ms").set(row, time);
        out.int64("us").set(row, time * 1000);
      }
    }
  }

  /** Records of every component type, there and back. */
  public static final class EveryComponent
      implements RecordFunction<EveryComponent.Everything, EveryComponent.Transformed> {
    /** Input. */
    public record Everything(
        String sensorId,
        Instant timestamp,
        @Nullable Double value,
        @Nullable Integer count,
        boolean good,
        double @Nullable [] wave,
        byte @Nullable [] raw) {}

    /** Output. */
    public record Transformed(
        @Nullable String text,
        Instant later,
        @Nullable Long total,
        @Nullable Boolean bad,
        float small,
        double @Nullable [] reversed,
        byte @Nullable [] longer) {}

    @Override
    public Transformed apply(Everything in) {
      double[] reversed = null;
      if (in.wave() != null) {
        reversed = new double[in.wave().length];
        for (int i = 0; i < reversed.length; i++) {
          reversed[i] = in.wave()[reversed.length - 1 - i];
        }
      }
      return new Transformed(
          in.value() == null ? null : in.sensorId() + in.value(),
          in.timestamp().plusMillis(1),
          in.count() == null ? null : in.count() * 3L,
          in.count() == null ? null : !in.good(),
          in.value() == null ? Float.MIN_VALUE : in.value().floatValue(),
          reversed,
          in.raw() == null ? null : java.util.Arrays.copyOf(in.raw(), in.raw().length + 1));
    }
  }

  /** Throws for some values, in the middle of a batch, after rows of it were written. */
  public static final class Throws implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(
          Field.of("inverse", ColumnType.FLOAT64), Field.nullable("text", ColumnType.STRING));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        out.float64("inverse").set(row, inverse(in, row));
        out.string("text").set(row, in.string("sensorId").get(row) + "!");
      }
    }

    private static double inverse(Batch in, int row) {
      double value = in.float64("value").get(row);
      if (in.float64("value").isNull(row)) {
        throw new IllegalArgumentException("there is nothing to invert");
      }
      if ((int) value % 17 == 0) {
        throw new ArithmeticException("cannot invert " + value);
      }
      return 1 / value;
    }
  }

  /** Throws and rejects for some records. */
  public static final class ThrowsPerRecord
      implements RecordFunction<ThrowsPerRecord.Waveform, ThrowsPerRecord.Second> {
    /** Input. */
    public record Waveform(String sensorId, double @Nullable [] wave) {}

    /** Output. */
    public record Second(double second) {}

    @Override
    public Second apply(Waveform in) throws RecordRejectedException {
      if (in.sensorId().endsWith("2")) {
        throw new RecordRejectedException("the sensor " + in.sensorId() + " is out of order");
      }
      return new Second(in.wave()[1]); // null, or too short
    }
  }

  /** Rejects with a reason of its parameters, filters, and replaces the value of the others. */
  public static final class RejectsAndReplaces implements BatchFunction {
    private final double limit;

    /** The parameter {@code limit} is the greatest value that passes. */
    public RejectsAndReplaces(Map<String, String> parameters) {
      limit = Double.parseDouble(parameters.getOrDefault("limit", "100"));
    }

    @Override
    public Schema outputs(Schema input) {
      return Schema.of(
          Field.nullable("value", ColumnType.FLOAT64), Field.of("sensorId", ColumnType.STRING));
    }

    @Override
    public RowShape rowShape() {
      return RowShape.FEWER;
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      Float64Column value = in.float64("value");
      for (int row = 0; row < in.rows(); row++) {
        if (value.isNull(row)) {
          out.string("sensorId").set(row, "unknown");
        } else if (value.get(row) > limit) {
          out.reject(row, "the value " + value.get(row) + " is beyond " + limit);
        } else if (value.get(row) < -10) {
          out.filter(row);
        } else {
          out.float64("value").set(row, 2 * value.get(row));
          out.string("sensorId")
              .set(row, in.string("sensorId").get(row).toUpperCase(java.util.Locale.ROOT));
        }
      }
    }
  }
}
