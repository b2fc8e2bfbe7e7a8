package io.forebay.functions.internal.conditions;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A column compared with a literal. Unknown where the value is null or NaN. */
final class Comparison implements RowCondition {
  private final ColumnName column;
  private final ComparisonOperator operator;
  private final Literal literal;
  private @Nullable Ordering ordering;
  private @Nullable Column values;

  Comparison(ColumnName column, ComparisonOperator operator, Literal literal) {
    this.column = column;
    this.operator = operator;
    this.literal = literal;
  }

  @Override
  public void bind(Schema input) {
    Field field = column.in(input);
    Ordering found = Ordering.of(field.type(), literal);
    boolean ordered =
        operator != ComparisonOperator.EQUAL && operator != ComparisonOperator.NOT_EQUAL;
    if (found == null || (ordered && literal instanceof Literal.Bool)) {
      throw new ConfigurationException(
          "the condition compares '%s' at character %d, which is %s, by %s with %s: %s"
              .formatted(
                  column.name(),
                  column.at(),
                  field.type(),
                  operator.symbol(),
                  literal.text(),
                  Ordering.advice(field.type())));
    }
    ordering = found;
  }

  @Override
  public void use(Batch batch) {
    values = batch.column(column.name());
  }

  @Override
  public Truth test(int row) {
    Column column = Objects.requireNonNull(values);
    if (column.isNull(row)) {
      return Truth.UNKNOWN;
    }
    int comparison = Objects.requireNonNull(ordering).compare(column, row);
    return comparison == Ordering.NONE ? Truth.UNKNOWN : Truth.of(operator.holds(comparison));
  }
}
