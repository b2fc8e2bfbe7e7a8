package io.forebay.functions.internal.conditions;

import io.forebay.Batch;
import io.forebay.Schema;
import java.util.List;

/** True where one is, false where none is. */
record Or(List<RowCondition> any) implements RowCondition {
  @Override
  public void bind(Schema input) {
    any.forEach(each -> each.bind(input));
  }

  @Override
  public void use(Batch batch) {
    any.forEach(each -> each.use(batch));
  }

  @Override
  public Truth test(int row) {
    Truth most = Truth.FALSE;
    for (int i = 0; i < any.size() && most != Truth.TRUE; i++) {
      Truth each = any.get(i).test(row);
      most = each.compareTo(most) > 0 ? each : most;
    }
    return most;
  }
}
