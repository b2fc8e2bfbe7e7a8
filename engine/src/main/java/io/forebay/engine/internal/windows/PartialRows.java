package io.forebay.engine.internal.windows;

import io.forebay.Batch;
import io.forebay.columns.BinaryColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.engine.internal.plan.BoundWindows;
import io.forebay.internal.windows.WindowGrid;
import io.forebay.internal.windows.WindowPartials;
import java.io.IOException;
import java.util.Arrays;

/** The rows of a batch with their partial results, as {@link WindowPartials} returns them. */
final class PartialRows {
  /** What has become of a group of rows. */
  private enum Fate {
    MERGED,
    LATE,
    NO_ROOM
  }

  private final WindowGrid grid;
  private final Batch rows;
  private final Int64Column times;
  private final Int32Column groups;
  private final BinaryColumn partials;

  /** By the number of a group, which is given anew where a batch was computed in parts. */
  private Fate[] fates = new Fate[16];

  PartialRows(BoundWindows bound, Batch rows) {
    this.grid = bound.grid();
    this.rows = rows;
    this.times = grid.times(rows);
    this.groups = rows.int32(WindowPartials.GROUP);
    this.partials = rows.binary(WindowPartials.PARTIAL);
  }

  /** Merges group by group, and says of each record that cannot be counted why. */
  void mergeInto(OpenWindows open, EventClock clock, LateRecords late) throws IOException {
    for (int row = 0; row < rows.rows(); row++) {
      int partition = rows.partition(row);
      long pane = grid.pane(times.get(row));
      int group = groups.get(row);
      if (group != WindowPartials.LATE && !partials.isNull(row)) {
        fate(group, first(row, partition, pane, open, clock));
      }
      switch (group == WindowPartials.LATE ? Fate.LATE : fates[group]) {
        case MERGED -> clock.seen(partition, times.get(row));
        case LATE -> late.late(row, Math.max(0, clock.lateBy(partition, pane)));
        case NO_ROOM -> {
          clock.seen(partition, times.get(row));
          late.full(row);
        }
      }
    }
  }

  /** The first row of a group decides for all of it. */
  private Fate first(int row, int partition, long pane, OpenWindows open, EventClock clock)
      throws IOException {
    if (clock.lateBy(partition, pane) >= 0) {
      return Fate.LATE;
    }
    return open.tryMerge(pane, grid.key(rows, row), partials.get(row)) ? Fate.MERGED : Fate.NO_ROOM;
  }

  private void fate(int group, Fate fate) {
    if (group >= fates.length) {
      fates = Arrays.copyOf(fates, Math.max(group + 1, 2 * fates.length));
    }
    fates[group] = fate;
  }
}
