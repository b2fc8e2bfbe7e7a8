package io.forebay.functions.internal.conditions;

import io.forebay.Batch;
import io.forebay.Schema;
import java.util.List;

/** True where all are, false where one is. */
record And(List<RowCondition> all) implements RowCondition {
  @Override
  public void bind(Schema input) {
    all.forEach(each -> each.bind(input));
  }

  @Override
  public void use(Batch batch) {
    all.forEach(each -> each.use(batch));
  }

  @Override
  public Truth test(int row) {
    Truth least = Truth.TRUE;
    for (int i = 0; i < all.size() && least != Truth.FALSE; i++) {
      Truth each = all.get(i).test(row);
      least = each.compareTo(least) < 0 ? each : least;
    }
    return least;
  }
}
