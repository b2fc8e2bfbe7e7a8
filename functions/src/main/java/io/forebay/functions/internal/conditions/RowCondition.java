package io.forebay.functions.internal.conditions;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.errors.ConfigurationException;

/**
 * A condition on the columns of a row. {@link #bind} once, {@link #use} for each batch, then {@link
 * #test}; one thread at a time.
 */
public sealed interface RowCondition permits And, Or, Not, IsNull, Comparison {
  /**
   * Looks whether the columns are there and can be compared.
   *
   * @throws ConfigurationException in one sentence, with the place in the text
   */
  void bind(Schema input);

  /** The batch whose rows are tested now. */
  void use(Batch batch);

  /** What the condition is on a row. */
  Truth test(int row);
}
