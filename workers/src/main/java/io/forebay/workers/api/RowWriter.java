package io.forebay.workers.api;

/**
 * Fills a batch, row by row: set the columns, then {@link #append}. Columns are numbered as in the
 * pool's schema. A nullable column that is not set is null. A row that is not told its partition
 * and sequence has partition 0 and its place in the batch. Used within one call of {@link
 * BatchFill#fill}.
 */
public interface RowWriter {
  /** The number of a column. */
  int column(String name);

  /** Sets a bool column. */
  void setBool(int column, boolean value);

  /** Sets an int32, int64 or timestamp column; an int32 that does not fit throws. */
  void setLong(int column, long value);

  /** Sets a float32 or float64 column. */
  void setDouble(int column, double value);

  /** Sets a string column. */
  void setString(int column, String text);

  /** Sets a string column to a copy of valid UTF-8, or a binary column to a copy of bytes. */
  void setBytes(int column, byte[] bytes, int from, int length);

  /** Sets a list column to a copy of the values. */
  void setDoubles(int column, double[] values, int from, int length);

  /**
   * Sets the undeclared members of the row to a copy of valid UTF-8, which no function sees.
   *
   * @throws IllegalStateException if the pool carries none: {@code PoolBuilder.extras}
   */
  void setExtras(byte[] utf8, int from, int length);

  /**
   * Ends the row.
   *
   * @throws CallException if the batch has no room for it; nothing is submitted then
   * @throws IllegalStateException if a column that is not nullable was not set
   */
  void append();

  /**
   * Ends the row, unless the batch has no room for it.
   *
   * @return whether the row was taken; it is forgotten if not
   * @throws IllegalStateException if a column that is not nullable was not set
   */
  boolean tryAppend();

  /**
   * As {@link #tryAppend()}.
   *
   * @param partition where the row comes from, and that of each row that the function makes of it
   * @param sequence its number there
   */
  boolean tryAppend(int partition, long sequence);
}
