package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.NumberColumn;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.InputColumns;
import io.forebay.parameters.Parameter;
import java.util.Map;

/**
 * The lecture's function, column by column: {@code normalized = (value − 20) / 60} and {@code
 * feature = √|normalized| · ln(|value| + 1)}, both rounded to 4 decimals as Python's {@code round}
 * does, see {@link DecimalRounding}.
 *
 * <p>Input: a column of numbers, {@code value} unless the parameter {@code column} names another.
 * Output: {@code normalized} and {@code feature}, float64. Records whose value is null, NaN or
 * infinite are rejected.
 *
 * <p>For values of sensors the result is Python's bit for bit. {@link Math#log} and the C library's
 * {@code log} differ in one of some 10,000 values by one unit in the last place (seen with glibc
 * 2.36 on x86-64). Rounding to 4 decimals hides it, until the {@code feature} is so large that 4
 * decimals cut nothing off (about 10<sup>12</sup>): beyond, it can be up to 2 units in the last
 * place off.
 *
 * @see LectureFeaturesPerRecord the same, record by record
 */
public final class LectureFeatures implements BatchFunction {
  private static final Parameter<String> COLUMN =
      Parameter.column("column", "The numbers that are read.").byDefault(LectureFormula.VALUE);

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "(value - 20) / 60 and its rolling feature, rounded to 4 decimals, column by column.",
              COLUMN)
          .formula(LectureFormula.WORDS)
          .reads("column: any number")
          .adds("normalized: float64, feature: float64")
          .example("{ name: features, cpu: io.forebay.functions.LectureFeatures }");

  private final String column;

  /** Reads the column {@code value}. */
  public LectureFeatures() {
    this(Map.of());
  }

  /** Reads the column that the parameter {@code column} names; {@code value} if there is none. */
  public LectureFeatures(Map<String, String> parameters) {
    this.column = DESCRIPTION.read(LectureFeatures.class, parameters).get(COLUMN);
  }

  @Override
  public Schema outputs(Schema input) {
    InputColumns.number(input, COLUMN.name(), column);
    return Schema.of(
        Field.of(LectureFormula.NORMALIZED, ColumnType.FLOAT64),
        Field.of(LectureFormula.FEATURE, ColumnType.FLOAT64));
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    NumberColumn values = in.number(column);
    Column nulls = in.column(column);
    boolean mayHaveNulls = nulls.mayHaveNulls();
    Float64Writer normalized = out.float64(LectureFormula.NORMALIZED);
    Float64Writer feature = out.float64(LectureFormula.FEATURE);
    int rows = in.rows();
    for (int row = 0; row < rows; row++) {
      double value = values.asDouble(row);
      if (!Double.isFinite(value) || (mayHaveNulls && nulls.isNull(row))) {
        out.reject(row, LectureFormula.rejection(column, nulls.isNull(row) ? null : value));
        continue;
      }
      double n = LectureFormula.normalized(value);
      normalized.set(row, LectureFormula.round(n));
      feature.set(row, LectureFormula.round(LectureFormula.feature(value, n)));
    }
  }
}
