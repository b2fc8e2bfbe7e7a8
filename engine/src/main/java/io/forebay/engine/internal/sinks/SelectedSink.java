package io.forebay.engine.internal.sinks;

import io.forebay.Batch;
import io.forebay.RowFilter;
import io.forebay.Sink;
import io.forebay.internal.rows.RowCopy;
import java.io.IOException;

/** Leaves out the rows that are not meant for a sink. */
final class SelectedSink extends ForwardingSink {
  /** Rows that lie together are written where they are; in more pieces than that, a copy is. */
  private static final int MOST_PIECES = 4;

  private final RowFilter which;

  SelectedSink(Sink inner, RowFilter which) {
    super(inner);
    this.which = which;
  }

  @Override
  public void write(Batch batch) throws IOException {
    int[] rows = which.rows(batch);
    if (rows.length == batch.rows()) {
      super.write(batch);
    } else if (pieces(rows) > MOST_PIECES) {
      super.write(RowCopy.toHeap(batch, rows));
    } else {
      int from = 0;
      for (int i = 1; i <= rows.length; i++) {
        if (i == rows.length || rows[i] != rows[i - 1] + 1) {
          super.write(batch.slice(rows[from], rows[i - 1] + 1));
          from = i;
        }
      }
    }
  }

  private static int pieces(int[] rows) {
    int pieces = rows.length == 0 ? 0 : 1;
    for (int i = 1; i < rows.length; i++) {
      pieces += rows[i] == rows[i - 1] + 1 ? 0 : 1;
    }
    return pieces;
  }
}
