package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Writer;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int32Writer;
import io.forebay.columns.Int64Column;
import io.forebay.columns.Int64Writer;
import io.forebay.columns.NumberColumn;
import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.DecimalText;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.InputColumns;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import io.forebay.parameters.Range;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Validation: a value has to be from {@code min} to {@code max}, both included. Where it is not,
 * the record is rejected with value, range and column ({@code outside: reject}), or the value is
 * limited to {@code clipped = max(min, min(max, x))} ({@code clip}), or it becomes null ({@code
 * null}). The type of the column stays; limits of a float32 column are the nearest float32 within
 * the range.
 *
 * <p>Infinities are values outside of a range that is closed on their side. A value that is null or
 * NaN, or infinite towards an open side, is missing: its record is rejected, or the result is null
 * ({@code missing}).
 */
public final class RangeCheck implements BatchFunction {
  private static final Parameter<Double> MIN =
      Parameter.number("min", "The least value that is right.", Range.ANY).optional("no limit");
  private static final Parameter<Double> MAX =
      Parameter.number(
              "max",
              "The greatest value that is right; min and max may not both be left" + " out.",
              Range.ANY)
          .optional("no limit");
  private static final Parameter<String> OUTSIDE =
      Parameter.choice(
              "outside",
              "What becomes of a value outside: its record goes to dead letter (reject), the value"
                  + " is limited (clip), or there is none (null).",
              "reject",
              "clip",
              "null")
          .byDefault("reject");
  private static final Parameter<String> AS =
      Parameter.column("as", "The column of the results.").optional("the column itself");
  private static final Parameter<String> MISSING =
      Parameter.choice(
              "missing",
              "What becomes of a record whose value is null or NaN: reject sends it to dead letter,"
                  + " null leaves it without a value.",
              "reject",
              "null")
          .byDefault("reject");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Range validation: rejects, limits or empties values that are too low or too high.",
              NumberFunction.COLUMN,
              MIN,
              MAX,
              OUTSIDE,
              AS,
              MISSING)
          .formula("outside: clip: max(min, min(max, x))")
          .reads("column: int32, int64, float32 or float64")
          .adds("as: as column; nothing where records are only rejected")
          .example(
              "{ name: plausible, cpu: io.forebay.functions.RangeCheck, parameters: { min: -20,"
                  + " max: 120 } }");

  private final String column;
  private final double min;
  private final double max;
  private final String outside;
  private final String as;
  private final boolean rejectsMissing;
  private final boolean writes;

  /** Reads the parameters. */
  public RangeCheck(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(RangeCheck.class, parameters);
    this.column = values.get(NumberFunction.COLUMN);
    this.min = values.find(MIN).orElse(Double.NEGATIVE_INFINITY);
    this.max = values.find(MAX).orElse(Double.POSITIVE_INFINITY);
    this.outside = values.get(OUTSIDE);
    this.as = values.find(AS).orElse(column);
    this.rejectsMissing = values.get(MISSING).equals("reject");
    this.writes = !(rejectsMissing && outside.equals("reject") && as.equals(column));
    if (Double.isInfinite(min) && Double.isInfinite(max)) {
      throw new ConfigurationException("RangeCheck needs the parameter min, or max, or both");
    }
    if (min > max) {
      throw new ConfigurationException(
          "the parameter max is '%s', but min is '%s': give a max that is not below it"
              .formatted(DecimalText.of(max), DecimalText.of(min)));
    }
  }

  @Override
  public Schema outputs(Schema input) {
    Field field = InputColumns.number(input, "column", column);
    ColumnType type = field.type();
    if (type.isTimestamp()) {
      throw new ConfigurationException(
          "'%s' is %s, which is no quantity: choose the records with Filter, as in timestamp > '2025-01-01T00:00:00Z'"
              .formatted(column, type));
    }
    if (type == ColumnType.INT32) {
      checkWhole("min", min, type, Integer.MIN_VALUE, Integer.MAX_VALUE);
      checkWhole("max", max, type, Integer.MIN_VALUE, Integer.MAX_VALUE);
    } else if (type == ColumnType.INT64) {
      checkWhole("min", min, type, -0x1p53, 0x1p53);
      checkWhole("max", max, type, -0x1p53, 0x1p53);
    }
    return writes
        ? Schema.of(new Field(as, type, !rejectsMissing || outside.equals("null")))
        : Schema.of();
  }

  private static void checkWhole(
      String name, double bound, ColumnType type, double least, double most) {
    if (Double.isFinite(bound) && (bound != Math.rint(bound) || bound < least || bound > most)) {
      throw new ConfigurationException(
          "the parameter %s is '%s', but the column is %s: give a whole number from %s to %s"
              .formatted(
                  name, DecimalText.of(bound), type, DecimalText.of(least), DecimalText.of(most)));
    }
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    Column values = in.column(column);
    ColumnWriter results = writes ? out.column(as) : null;
    for (int row = 0; row < in.rows(); row++) {
      if (values.isNull(row)) {
        missing(out, results, row, "null");
      } else if (values instanceof Int32Column || values instanceof Int64Column) {
        checkInteger(values, row, out, results);
      } else {
        checkFloat((NumberColumn) values, row, out, results);
      }
    }
  }

  private void checkInteger(
      Column values, int row, BatchWriter out, @Nullable ColumnWriter results) {
    long value =
        values instanceof Int32Column ints ? ints.get(row) : ((Int64Column) values).get(row);
    // Bounds that are not open are whole, and doubles hold them exactly.
    long least = Double.isInfinite(min) ? Long.MIN_VALUE : (long) min;
    long most = Double.isInfinite(max) ? Long.MAX_VALUE : (long) max;
    if (value >= least && value <= most) {
      set(results, row, value);
    } else if (outside.equals("clip")) {
      set(results, row, Math.clamp(value, least, most));
    } else {
      outside(out, results, row, Long.toString(value));
    }
  }

  private void checkFloat(
      NumberColumn values, int row, BatchWriter out, @Nullable ColumnWriter results) {
    double value = values.asDouble(row);
    if (value < min || value > max) {
      if (outside.equals("clip")) {
        setClipped(Objects.requireNonNull(results), row, value);
      } else {
        outside(out, results, row, DecimalText.of(value));
      }
    } else if (!Double.isFinite(value)) {
      missing(out, results, row, Double.toString(value));
    } else if (results instanceof Float32Writer floats) {
      floats.set(row, (float) value);
    } else if (results instanceof Float64Writer doubles) {
      doubles.set(row, value);
    }
  }

  private void setClipped(ColumnWriter results, int row, double value) {
    if (results instanceof Float64Writer doubles) {
      doubles.set(row, value < min ? min : max);
      return;
    }
    float limit = (float) (value < min ? min : max);
    if (value < min) {
      limit = limit < min ? Math.nextUp(limit) : limit;
    } else {
      limit = limit > max ? Math.nextDown(limit) : limit;
    }
    ((Float32Writer) results).set(row, limit);
  }

  private static void set(@Nullable ColumnWriter results, int row, long value) {
    if (results instanceof Int32Writer ints) {
      ints.set(row, (int) value);
    } else if (results instanceof Int64Writer longs) {
      longs.set(row, value);
    }
  }

  private void outside(BatchWriter out, @Nullable ColumnWriter results, int row, String value) {
    if (outside.equals("null")) {
      Objects.requireNonNull(results).setNull(row);
      return;
    }
    String range =
        Double.isInfinite(max)
            ? "at least " + DecimalText.of(min)
            : Double.isInfinite(min)
                ? "at most " + DecimalText.of(max)
                : "from " + DecimalText.of(min) + " to " + DecimalText.of(max);
    out.reject(row, "'" + column + "' is " + value + ", but has to be " + range);
  }

  private void missing(BatchWriter out, @Nullable ColumnWriter results, int row, String value) {
    if (rejectsMissing) {
      out.reject(row, "'" + column + "' is " + value + ", but a number is needed");
    } else {
      Objects.requireNonNull(results).setNull(row);
    }
  }
}
