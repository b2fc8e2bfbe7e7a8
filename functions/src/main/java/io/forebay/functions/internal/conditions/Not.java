package io.forebay.functions.internal.conditions;

import io.forebay.Batch;
import io.forebay.Schema;

/** True where the other is false. */
record Not(RowCondition condition) implements RowCondition {
  @Override
  public void bind(Schema input) {
    condition.bind(input);
  }

  @Override
  public void use(Batch batch) {
    condition.use(batch);
  }

  @Override
  public Truth test(int row) {
    return condition.test(row).not();
  }
}
