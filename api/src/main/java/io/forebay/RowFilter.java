package io.forebay;

import io.forebay.errors.ConfigurationException;

/**
 * Which rows are meant for a sink. It tells the same of a row whenever it is asked: after a crash,
 * and when the sink's store was away, it is asked again. Used by one thread at a time.
 */
public interface RowFilter {
  /**
   * Looks whether it can tell, before anything is opened.
   *
   * @param schema of all batches that come
   * @throws ConfigurationException in one sentence that says what to change
   */
  void check(Schema schema);

  /** The rows of the batch that are meant for the sink, ascending. */
  int[] rows(Batch batch);
}
