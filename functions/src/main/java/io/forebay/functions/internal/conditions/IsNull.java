package io.forebay.functions.internal.conditions;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.Column;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** True where the column has no value. */
final class IsNull implements RowCondition {
  private final ColumnName column;
  private @Nullable Column values;

  IsNull(ColumnName column) {
    this.column = column;
  }

  @Override
  public void bind(Schema input) {
    column.in(input);
  }

  @Override
  public void use(Batch batch) {
    values = batch.column(column.name());
  }

  @Override
  public Truth test(int row) {
    return Truth.of(Objects.requireNonNull(values).isNull(row));
  }
}
