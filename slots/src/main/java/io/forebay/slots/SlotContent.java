package io.forebay.slots;

import io.forebay.columns.Column;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a slot and what is done with them: appended, and after a stage's call kept, cut off,
 * laid out anew. What earlier batches have needed decides how the next one is laid out.
 *
 * <p>In a worker only {@link #loaded} changes it.
 */
final class SlotContent {
  private static final double MAX_EXPANSION = 1 << 20;

  private final int number;
  private final SlotSchema schema;
  private final ColumnBuffer[] columns;
  private final Geometry.RowBuffers places;
  private final RowAppender appender;
  private final @Nullable Geometry geometry;

  private int rows;
  private int rowLimit;

  /** Of how many stages, from the first, the outputs are in the slot. */
  private int stagesDone;

  /** Changes whenever the content does, so that views of strings are made anew. */
  private int stamp;

  /** Changes whenever anything changes that is published, but for appended rows. */
  private int version;

  private boolean wasFull;
  private boolean learned = true;
  private boolean spread;

  /** Output rows for each input row, at most, of the batches before. */
  private double expansion = 1;

  /**
   * @param geometry null in a worker, which lays nothing out
   */
  SlotContent(
      int number,
      SlotSchema schema,
      ColumnBuffer[] columns,
      Geometry.RowBuffers places,
      @Nullable Geometry geometry) {
    this.number = number;
    this.schema = schema;
    this.columns = columns;
    this.places = places;
    this.appender = new RowAppender(schema, columns);
    this.geometry = geometry;
  }

  int rows() {
    return rows;
  }

  int rowCapacity() {
    return Math.min(rowLimit, places.rowCapacity);
  }

  /** How many columns, from the first, have content. */
  int columnsWithContent() {
    return schema.columnsBefore(stagesDone);
  }

  int version() {
    return version;
  }

  /** Which layout of the slot this is. */
  int generation() {
    return geometry().generation;
  }

  /** In a worker: the rows of another submission are there now. */
  void loaded(int rows, int rowLimit) {
    this.rows = rows;
    this.rowLimit = rowLimit;
    changed();
  }

  Column column(int physical, boolean attached) {
    return columns[physical].view(rows, stamp, attached);
  }

  // ------------------------------------------------------------------ filling

  /** See {@link Slot#format}. */
  void format(int rowLimit) {
    if (rowLimit < 1) {
      throw new IllegalArgumentException("a batch of " + rowLimit + " rows");
    }
    learn();
    learned = false;
    spread = false;
    for (ColumnBuffer column : columns) {
      column.reset();
    }
    geometry().fit(rowLimit, expansion, wasFull);
    this.rowLimit = rowLimit;
    this.wasFull = false;
    rows = 0;
    stagesDone = 0;
    changed();
  }

  /** Learns from the rows that were appended what rows need, before any is taken out. */
  private void learn() {
    if (!learned) {
      learned = true;
      int inputs = schema.columnsBefore(0);
      for (int i = 0; i < inputs; i++) {
        columns[i].observe(rows);
      }
    }
  }

  /** See {@link Slot#append}. */
  boolean append(StagedRow row, int partition, long sequence) {
    int at = rows;
    if (at >= rowCapacity() || row.oversized) {
      return false;
    }
    if (!appender.admits(row)) {
      wasFull = true;
      boolean fits =
          at == 0
              && geometry().fitExactly(1, expansion, appender.bytes(row))
              && appender.admits(row);
      if (!fits) {
        return false;
      }
    }
    appender.put(at, row, partition, sequence);
    rows = at + 1;
    return true;
  }

  // ------------------------------------------------------------------ after a call

  /** The outputs of a stage are there. */
  void computed(int stage) {
    stagesDone = stage + 1;
    stamp++;
  }

  /** The outputs of a stage are there, and were checked: there is something to publish. */
  void computed(int stage, int rowsOut) {
    stagesDone = stage + 1;
    changed();
    if (rowsOut > rows && rows > 0) {
      expansion = Math.max(expansion, (double) rowsOut / rows);
    }
  }

  /** There was no room for the rows that come of {@code row} and those behind it. */
  void ranOutOfRows(int row) {
    double seen = (double) places.rowCapacity / Math.max(1, row);
    expansion = Math.min(MAX_EXPANSION, Math.max(seen, 2 * expansion));
  }

  /** See {@link Slot#keep}; for results that have not kept every row. */
  boolean keep(CallResult result, CallCheck check) {
    learn();
    int[] outputs = check.keptOutputs(result);
    int[] inputs = check.keptInputs(outputs);
    int first = schema.firstOutput(result.stage());
    if (!RowGather.fits(columns, first, inputs)) {
      stagesDone = result.stage();
      return false;
    }
    for (int i = 0; i < first; i++) {
      RowGather.gather(columns[i], inputs, rows);
    }
    int end = schema.columnsBefore(result.stage() + 1);
    for (int i = first; i < end; i++) {
      RowGather.gather(columns[i], outputs, check.outputRows());
    }
    rows = inputs.length;
    changed();
    return true;
  }

  /** See {@link Slot#cut}. */
  SavedRows cut(int row) {
    Objects.checkIndex(row, rows + 1);
    learn();
    int live = schema.columnsBefore(stagesDone);
    SavedRows rest = SavedRows.of(columns, live, stagesDone, row, rows);
    for (int i = 0; i < live; i++) {
      columns[i].truncate(row);
    }
    rows = row;
    changed();
    return rest;
  }

  /** See {@link Slot#restore}. */
  void restore(SavedRows saved) {
    spread = false;
    put(saved, expansion);
  }

  /** See {@link Slot#spread}. */
  boolean spread(boolean ranOutOfRows) {
    if (spread) {
      return false;
    }
    learn();
    put(
        SavedRows.of(columns, schema.columnsBefore(stagesDone), stagesDone, 0, rows),
        ranOutOfRows ? MAX_EXPANSION : expansion);
    spread = true;
    return true;
  }

  private void put(SavedRows saved, double rowsOutForEach) {
    for (ColumnBuffer column : columns) {
      column.reset();
    }
    if (!geometry().fitExactly(saved.rows(), rowsOutForEach, saved.bytes(columns.length))) {
      throw new IllegalStateException("slot " + number + " has no room for rows that it had");
    }
    putBack(saved);
    rowLimit = places.rowCapacity;
  }

  /** Makes the saved rows the content, at the places where the buffers are now. */
  void putBack(SavedRows saved) {
    saved.putInto(columns);
    rows = saved.rows();
    stagesDone = saved.stagesDone();
    learned = true;
    changed();
  }

  /** See {@link Slot#retain}. */
  void retain(int stage, IntPredicate keep) {
    learn();
    int[] kept = new int[rows];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      if (keep.test(row)) {
        kept[count++] = row;
      }
    }
    if (count == rows) {
      return;
    }
    kept = Arrays.copyOf(kept, count);
    int end = schema.columnsBefore(stage);
    for (int i = 0; i < end; i++) {
      RowGather.gather(columns[i], kept, rows);
    }
    rows = count;
    changed();
  }

  private void changed() {
    stamp++;
    version++;
  }

  private Geometry geometry() {
    if (geometry == null) {
      throw new IllegalStateException("slot " + number + " belongs to another process");
    }
    return geometry;
  }
}
