package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.RowFilter;
import io.forebay.Schema;
import io.forebay.errors.ConfigurationException;
import io.forebay.functions.internal.conditions.ConditionType;
import io.forebay.functions.internal.conditions.RowCondition;
import io.forebay.functions.internal.conditions.Truth;
import java.util.Arrays;

/** The rows on which a condition holds, written as for {@link Filter}. */
public final class ConditionFilter implements RowFilter {
  private static final ConditionType TYPE = new ConditionType();

  private final RowCondition condition;

  private ConditionFilter(RowCondition condition) {
    this.condition = condition;
  }

  /**
   * Reads a condition.
   *
   * @throws ConfigurationException in one sentence, with the place in the text
   */
  public static ConditionFilter of(String text) {
    try {
      return new ConditionFilter(TYPE.parse(text.strip()));
    } catch (IllegalArgumentException e) {
      String why = e.getMessage() == null ? "" : ", " + e.getMessage();
      throw new ConfigurationException("'" + text + "'" + why + ": " + TYPE.advice(), e);
    }
  }

  @Override
  public void check(Schema schema) {
    condition.bind(schema);
  }

  @Override
  public int[] rows(Batch batch) {
    condition.use(batch);
    int[] rows = new int[batch.rows()];
    int count = 0;
    for (int row = 0; row < rows.length; row++) {
      if (condition.test(row) == Truth.TRUE) {
        rows[count++] = row;
      }
    }
    return count == rows.length ? rows : Arrays.copyOf(rows, count);
  }
}
