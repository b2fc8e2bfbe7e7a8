package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.functions.internal.conditions.ConditionType;
import io.forebay.functions.internal.conditions.RowCondition;
import io.forebay.functions.internal.conditions.Truth;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import java.util.Map;

/**
 * Keeps the records on which a condition holds. Conditions compare a column with a number, a text
 * in single quotes, {@code true} or {@code false}; they have {@code = != < <= > >=}, {@code [not]
 * between a and b}, {@code [not] in (a, b)}, {@code is [not] null}, {@code and}, {@code or}, {@code
 * not} and parentheses, a part of what SQL has. Numbers are compared exactly with integers, and
 * rounded to the type of a float column; timestamps with ISO 8601 texts; texts by code points.
 *
 * <p>As in SQL a comparison with a value that is null is unknown; so is, other than in SQL, one
 * with NaN. A record is kept where the condition is true, not where it is unknown.
 */
public final class Filter implements BatchFunction {
  private static final Parameter<RowCondition> WHERE =
      Parameter.of("where", "The condition on which a record is kept.", new ConditionType());
  private static final Parameter<String> OTHERWISE =
      Parameter.choice(
              "otherwise",
              "What becomes of the others: they are left out and counted as filtered (filter), or"
                  + " go to dead letter (reject).",
              "filter",
              "reject")
          .byDefault("filter");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of("Keeps the records on which a condition holds.", WHERE, OTHERWISE)
          .formula(
              "column = != < <= > >= literal, [not] between, [not] in, is [not] null, and, or, not,"
                  + " ( )")
          .reads("what the condition names")
          .adds("nothing; leaves records out")
          .example(
              "{ name: hot, cpu: io.forebay.functions.Filter, parameters: { where: \"value > 70 and"
                  + " sensorId != 'test'\" } }");

  private final RowCondition condition;
  private final boolean rejects;
  private final String reason;

  /** Reads the parameters. */
  public Filter(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(Filter.class, parameters);
    this.condition = values.get(WHERE);
    this.rejects = values.get(OTHERWISE).equals("reject");
    this.reason = "the record is not one where " + parameters.get(WHERE.name());
  }

  @Override
  public Schema outputs(Schema input) {
    condition.bind(input);
    return Schema.of();
  }

  @Override
  public RowShape rowShape() {
    return rejects ? RowShape.SAME : RowShape.FEWER;
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    condition.use(in);
    for (int row = 0; row < in.rows(); row++) {
      if (condition.test(row) != Truth.TRUE) {
        if (rejects) {
          out.reject(row, reason);
        } else {
          out.filter(row);
        }
      }
    }
  }
}
