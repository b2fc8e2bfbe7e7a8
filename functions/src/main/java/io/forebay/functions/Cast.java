package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.BoolWriter;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Writer;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.Int32Writer;
import io.forebay.columns.Int64Writer;
import io.forebay.columns.StringWriter;
import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.InputColumns;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import java.util.Map;

/**
 * A column under another name and of another type. What would lose something is refused, not
 * guessed:
 *
 * <ul>
 *   <li>to int32 and int64: whole numbers in range, timestamps in their unit, {@code true} as 1,
 *       and texts that are whole numbers
 *   <li>to float32 and float64: every number (rounded to the nearest; beyond the range of float32
 *       it is refused), and texts that are numbers; NaN and infinities stay
 *   <li>to bool: 0, 1, {@code "true"} and {@code "false"}
 *   <li>to a timestamp: integers in its unit, other timestamps (rounded down), and ISO 8601 texts
 *       with an offset, {@code 2025-01-01T00:00:00Z}
 *   <li>to string: everything; floats as the shortest text that is read as the same number again
 * </ul>
 *
 * <p>Null stays null. A value that cannot be converted sends its record to dead letter, or becomes
 * null ({@code invalid}).
 */
public final class Cast implements BatchFunction {
  private static final Parameter<String> COLUMN =
      Parameter.column("column", "The column that is converted.").byDefault("value");
  private static final Parameter<ColumnType> TO =
      Parameter.columnType(
          "to",
          "The type that it gets.",
          ColumnType.BOOL,
          ColumnType.INT32,
          ColumnType.INT64,
          ColumnType.FLOAT32,
          ColumnType.FLOAT64,
          ColumnType.TIMESTAMP_MS,
          ColumnType.TIMESTAMP_US,
          ColumnType.TIMESTAMP_NS,
          ColumnType.STRING);
  private static final Parameter<String> AS = Parameter.column("as", "The column of the results.");
  private static final Parameter<String> INVALID =
      Parameter.choice(
              "invalid",
              "What becomes of a value that cannot be converted: reject sends its record to dead"
                  + " letter, null leaves the result empty.",
              "reject",
              "null")
          .byDefault("reject");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "A column under another name and of another type; what would lose something is"
                  + " refused.",
              COLUMN,
              TO,
              AS,
              INVALID)
          .reads("column: any but binary and lists")
          .adds("as: the type of to")
          .example(
              "{ name: typed, cpu: io.forebay.functions.Cast, parameters: { column: value, to:"
                  + " float32, as: celsius } }");

  private final String column;
  private final ColumnType type;
  private final String as;
  private final boolean rejects;

  /** Reads the parameters. */
  public Cast(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(Cast.class, parameters);
    this.column = values.get(COLUMN);
    this.type = values.get(TO);
    this.as = values.get(AS);
    this.rejects = values.get(INVALID).equals("reject");
  }

  @Override
  public Schema outputs(Schema input) {
    Field field = InputColumns.find(input, "column", column);
    if (!Conversion.exists(field.type(), type)) {
      throw new ConfigurationException(
          "the column '%s' is %s, which cannot become %s: choose another type with the parameter to"
              .formatted(column, field.type(), type));
    }
    return Schema.of(new Field(as, type, field.nullable() || !rejects));
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    Column from = in.column(column);
    ColumnWriter to = out.column(as);
    for (int row = 0; row < in.rows(); row++) {
      if (from.isNull(row)) {
        to.setNull(row);
        continue;
      }
      try {
        convert(from, to, row);
      } catch (Conversion.Impossible e) {
        if (rejects) {
          out.reject(
              row, "'" + column + "' is " + e.getMessage() + ", which cannot become " + type);
        } else {
          to.setNull(row);
        }
      }
    }
  }

  private void convert(Column from, ColumnWriter to, int row) throws Conversion.Impossible {
    switch (to) {
      case BoolWriter bools -> bools.set(row, Conversion.toBool(from, row));
      case Int32Writer ints -> {
        long value = Conversion.toLong(from, row);
        if (value != (int) value) {
          throw new Conversion.Impossible(Long.toString(value));
        }
        ints.set(row, (int) value);
      }
      case Int64Writer longs ->
          longs.set(
              row,
              type.isTimestamp()
                  ? Conversion.toTimestamp(from, row, type)
                  : Conversion.toLong(from, row));
      case Float32Writer floats -> {
        double value = Conversion.toDouble(from, row);
        if (Double.isFinite(value) && Float.isInfinite((float) value)) {
          throw new Conversion.Impossible(Double.toString(value));
        }
        floats.set(row, (float) value);
      }
      case Float64Writer doubles -> doubles.set(row, Conversion.toDouble(from, row));
      case StringWriter texts -> texts.set(row, Conversion.toText(from, row));
      default -> throw new IllegalStateException(to.field().toString());
    }
  }
}
