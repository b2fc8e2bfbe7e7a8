package io.forebay;

import io.forebay.columns.TimestampRange;

/**
 * Hands the records of one partition to the engine: set the columns, then {@link #append}. Columns
 * are numbered as in the source's {@link Source#schema}. Used by one thread at a time.
 *
 * <p>A nullable column that is not set is null.
 */
public interface RecordWriter {
  /** Sets a bool column. */
  void setBool(int column, boolean value);

  /**
   * Sets an int32, int64 or timestamp column; an int32 that does not fit throws. With a timestamp
   * out of {@link TimestampRange}, {@link #append} rejects the record.
   */
  void setLong(int column, long value);

  /** Sets a float32 or float64 column. */
  void setDouble(int column, double value);

  /** Sets a string column to a copy of the UTF-8 bytes, which the source has checked. */
  void setString(int column, byte[] utf8, int from, int length);

  /**
   * Sets a string column. With an unpaired surrogate, which no UTF-8 can hold, {@link #append}
   * rejects the record.
   */
  void setString(int column, String text);

  /** Sets a binary column to a copy of the bytes. */
  void setBinary(int column, byte[] bytes, int from, int length);

  /** Sets a list column to a copy of the values. */
  void setDoubles(int column, double[] values, int from, int length);

  /** Leaves the column without a value. */
  void setNull(int column);

  /** Sets the undeclared members, see {@link Batch#extras}. */
  void setExtras(byte[] utf8, int from, int length);

  /**
   * Hands in the record and forgets the columns that were set. Returns when the record has its
   * place in a batch; blocks while there is none (backpressure) or while too many records of the
   * partition are not acknowledged. A record with a value that cannot be stored is rejected
   * instead, with the sentence that says which.
   *
   * @param sequence see {@link Position#sequence}; greater than that of the record before
   * @param offset see {@link Position#offset}
   * @throws IllegalStateException if a column that is not nullable was not set
   * @throws InterruptedException the engine asks the source to stop; the record was not taken
   */
  void append(long sequence, long offset) throws InterruptedException;

  /**
   * Hands in a record that cannot be read: it goes to dead letter in its turn. Forgets the columns
   * that were set. Blocks as {@link #append} does.
   *
   * @param reason one sentence: what is wrong with it
   * @param text the record as it was received
   */
  void reject(long sequence, long offset, String reason, Rejection.Text text)
      throws InterruptedException;

  /** As {@link #reject(long, long, String, Rejection.Text)}, with this text as the record. */
  default void reject(long sequence, long offset, String reason, String text)
      throws InterruptedException {
    reject(sequence, offset, reason, Rejection.Text.of(text));
  }

  /** Forgets the columns that were set. */
  void clear();
}
