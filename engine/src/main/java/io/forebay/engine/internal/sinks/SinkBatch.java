package io.forebay.engine.internal.sinks;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.StringColumn;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.internal.rows.RowCopy;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A batch, or the part of it that is in its slot, that every sink is to write. A sink that may be
 * away keeps this one: its rows can be read until the commit, also when the slot goes on to the
 * next part.
 */
public final class SinkBatch implements Batch {
  public final @Nullable InFlightBatch batch;

  /** Whether nothing of the batch follows. */
  public final boolean last;

  /** Replaced by the sink runner while no sink has anything to do. */
  private Batch rows;

  /** How many sinks have not written it; of the sink runner. */
  private int left;

  public SinkBatch(InFlightBatch batch, Batch rows, boolean last) {
    this(rows, last, batch);
  }

  private SinkBatch(Batch rows, boolean last, @Nullable InFlightBatch batch) {
    this.batch = batch;
    this.rows = rows;
    this.last = last;
  }

  /** Rows of windows, which are in no slot and of no batch. */
  public static SinkBatch ofWindows(Batch rows) {
    return new SinkBatch(rows, true, null);
  }

  /** It is given to so many sinks. */
  public void given(int sinks) {
    left = sinks;
  }

  /** A sink has written it. */
  public void written() {
    left--;
  }

  public boolean isWritten() {
    return left == 0;
  }

  /** The rows in the slot, for whoever does not keep them. */
  Batch inSlot() {
    return rows;
  }

  /** A slot makes its columns when they are first asked for; then many threads may read them. */
  public void makeColumns() {
    for (int i = 0; i < rows.schema().size(); i++) {
      rows.column(i);
    }
    rows.extras();
    rows.partition(0);
    rows.sequence(0);
  }

  /** Copies the rows out of the slot. */
  void copy() {
    rows = RowCopy.toHeap(rows, IntStream.range(0, rows.rows()).toArray());
  }

  @Override
  public Schema schema() {
    return rows.schema();
  }

  @Override
  public int rows() {
    return rows.rows();
  }

  @Override
  public Column column(int index) {
    return rows.column(index);
  }

  @Override
  public Batch slice(int from, int to) {
    return rows.slice(from, to);
  }

  @Override
  public Optional<StringColumn> extras() {
    return rows.extras();
  }

  @Override
  public int partition(int row) {
    return rows.partition(row);
  }

  @Override
  public long sequence(int row) {
    return rows.sequence(row);
  }
}
