package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.NumberColumn;
import io.forebay.parameters.DecimalText;
import io.forebay.parameters.InputColumns;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;

/**
 * One number in, one number out: what functions that apply a formula to each value of a column have
 * in common. Every type of number is read as float64 (int64 beyond 2<sup>53</sup> rounded), the
 * result is float64. A value that is null, NaN or infinite, and a value whose result is not finite,
 * is <em>missing</em>: its record is rejected with the reason, or its result is null.
 */
final class NumberFunction {
  static final Parameter<String> COLUMN =
      Parameter.column("column", "The numbers that are read.").byDefault("value");

  static final Parameter<String> MISSING =
      Parameter.choice(
              "missing",
              "What becomes of a record without a finite value, or without a finite result: reject"
                  + " sends it to dead letter, null leaves its result empty.",
              "reject",
              "null")
          .byDefault("reject");

  /** What is computed. */
  interface Formula {
    /** The result for a finite {@code x}; NaN or infinite where there is none. */
    double of(double x);

    /** Why there is none, behind the column's name and value. */
    default String refusal(double x) {
      return "which has no finite result (" + DecimalText.of(of(x)) + ")";
    }
  }

  private final String column;
  private final String as;
  private final boolean rejects;
  private final Formula formula;

  /**
   * @param as the parameter that names the result
   */
  NumberFunction(ParameterValues values, Parameter<String> as, Formula formula) {
    this.column = values.get(COLUMN);
    this.as = values.get(as);
    this.rejects = values.get(MISSING).equals("reject");
    this.formula = formula;
  }

  /** The parameter that names the column of results. */
  static Parameter<String> as(String byDefault) {
    return Parameter.column("as", "The column of the results.").byDefault(byDefault);
  }

  Schema outputs(Schema input) {
    InputColumns.number(input, COLUMN.name(), column);
    return Schema.of(new Field(as, ColumnType.FLOAT64, !rejects));
  }

  void apply(Batch in, BatchWriter out) {
    NumberColumn values = in.number(column);
    Column nulls = in.column(column);
    boolean mayHaveNulls = nulls.mayHaveNulls();
    Float64Writer results = out.float64(as);
    int rows = in.rows();
    for (int row = 0; row < rows; row++) {
      if (mayHaveNulls && nulls.isNull(row)) {
        missing(out, results, row, "is null, but a finite number is needed");
        continue;
      }
      double value = values.asDouble(row);
      double result = formula.of(value);
      if (Double.isFinite(value) && Double.isFinite(result)) {
        results.set(row, result);
      } else if (Double.isFinite(value)) {
        missing(out, results, row, "is " + DecimalText.of(value) + ", " + formula.refusal(value));
      } else {
        missing(out, results, row, "is " + value + ", but a finite number is needed");
      }
    }
  }

  private void missing(BatchWriter out, Float64Writer results, int row, String reason) {
    if (rejects) {
      out.reject(row, "'" + column + "' " + reason);
    } else {
      results.setNull(row);
    }
  }
}
