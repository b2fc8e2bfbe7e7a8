package io.forebay.connectors.postgres;

import io.forebay.Batch;
import io.forebay.columns.Column;
import java.util.Arrays;

/**
 * Rows as they are sent, kept until the server has taken all of them, so that they can be sent
 * again without those that it refuses. Used by one thread.
 */
final class CopyChunk {
  private static final int MOST_BYTES = 4 << 20;

  private final BinaryRows rows = new BinaryRows();
  private int count;
  private int[] ends = new int[1_024];
  private int[] partitions = new int[1_024];
  private long[] sequences = new long[1_024];

  /**
   * Appends a row.
   *
   * @param extras whether there is a last field for them
   */
  void add(Column[] columns, Batch batch, int row, boolean extras) {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
      partitions = Arrays.copyOf(partitions, 2 * count);
      sequences = Arrays.copyOf(sequences, 2 * count);
    }
    rows.put(columns, batch, row, extras);
    ends[count] = rows.length();
    partitions[count] = batch.partition(row);
    sequences[count] = batch.sequence(row);
    count++;
  }

  int count() {
    return count;
  }

  boolean isFull(int most) {
    return count >= most || rows.length() >= MOST_BYTES;
  }

  /** The bytes of all rows, one after the other. */
  byte[] bytes() {
    return rows.bytes();
  }

  int length() {
    return rows.length();
  }

  /** Where the bytes of that row begin; of the one behind the last, where they end. */
  int start(int row) {
    return row == 0 ? 0 : ends[row - 1];
  }

  int partition(int row) {
    return partitions[row];
  }

  long sequence(int row) {
    return sequences[row];
  }

  void clear() {
    rows.clear();
    count = 0;
  }
}
