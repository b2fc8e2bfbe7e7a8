package io.forebay.internal.windows;

import io.forebay.Batch;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;

/**
 * Windows on the time line of one column, in its unit. A window begins at each multiple of {@code
 * every} and is {@code size} long. What is kept are <em>panes</em>, the pieces of length {@code
 * every} of which windows consist: a record is in one pane, and in {@code size / every} windows.
 *
 * @param time the index of the column that tells the time
 * @param key the index of the column that tells the key, or {@link #NO_KEY}
 * @param unitNanos of the column
 */
public record WindowGrid(int time, int key, long size, long every, long lateness, long unitNanos) {
  /** All records have the same key. */
  public static final int NO_KEY = -1;

  /** Nothing was seen yet, or nothing is over. */
  public static final long NEVER = Long.MIN_VALUE;

  private static final String ONLY_KEY = "";

  /** Where the pane begins in which that time lies; also before 1970. */
  public long pane(long at) {
    return Math.floorDiv(at, every) * every;
  }

  /** The times of a batch. */
  public Int64Column times(Batch batch) {
    return (Int64Column) batch.column(time);
  }

  /** The key of a row, which is not null there: a String, Long or Boolean. */
  public Object key(Batch batch, int row) {
    if (key == NO_KEY) {
      return ONLY_KEY;
    }
    return switch (batch.column(key)) {
      case StringColumn values -> values.get(row);
      case Int64Column values -> values.get(row);
      case Int32Column values -> (long) values.get(row);
      case BoolColumn values -> values.get(row);
      case Column other -> throw new IllegalStateException("no key is " + other.field().type());
    };
  }

  /** Whether the row has no key. */
  public boolean lacksKey(Batch batch, int row) {
    return key != NO_KEY && batch.column(key).isNull(row);
  }

  /**
   * Whether a record may not be added any more to the pane, because a window that has the pane is
   * over for who has seen {@code newest}. So a record is in all its windows or in none.
   */
  public boolean isOver(long pane, long newest) {
    return newest != NEVER && pane + every <= horizon(newest);
  }

  /** What is over for who has seen {@code newest}. */
  public long horizon(long newest) {
    return newest == NEVER ? NEVER : newest - lateness;
  }

  /** Whether windows around that time can be counted with: all but the edges of 64 bits. */
  public boolean hasWindows(long at) {
    long edge = size + every + lateness;
    return at > Long.MIN_VALUE + edge && at < Long.MAX_VALUE - edge;
  }
}
