package io.forebay.slots;

import io.forebay.errors.ConfigurationException;
import org.jspecify.annotations.Nullable;

/**
 * Decides where the buffers of a slot lie: fixed-width buffers of all columns, sources' and
 * stages', for a number of rows, and behind them the bytes of variable width, which share what is
 * left in proportion to what their rows have needed so far.
 */
final class Geometry {
  /** Where the buffers lie that belong to no column, and for how many rows. */
  static final class RowBuffers {
    /** Rows that every buffer of fixed width has room for. */
    int rowCapacity;

    int marksAt;
    int originsAt;
    int rejectionsAt;
    int rejectionsBytes;
  }

  private static final int MIN_ROWS = 64;
  private static final int MAX_ROWS = 1 << 24;
  private static final long MAX_DATA_BYTES = 1 << 30;
  private static final long MAX_REJECTION_BYTES = 256 << 10;

  /** A region made for weights that are off by more than this is made anew. */
  private static final double DRIFT = 1.25;

  private final ColumnBuffer[] columns;
  private final long slotBytes;
  private final long buffersAt;
  private final long slackBytes;
  private final long fixedBitsPerRow;
  private final double[] weights;

  private final RowBuffers places;
  private final int rejectionsBytes;

  /** Counts the layouts of this slot. */
  int generation;

  private int wanted;

  Geometry(ColumnBuffer[] columns, RowBuffers places, long slotBytes) {
    this.columns = columns;
    this.places = places;
    this.slotBytes = slotBytes;
    this.buffersAt = SlotLayout.buffersAt(columns.length);
    this.rejectionsBytes =
        (int) (Math.min(slotBytes / 8, MAX_REJECTION_BYTES) & -SlotLayout.ALIGNMENT);
    this.weights = new double[columns.length];
    long bits = 8 + 32;
    int buffers = 2;
    for (ColumnBuffer column : columns) {
      bits += fixedBits(column);
      buffers += 4;
    }
    this.fixedBitsPerRow = bits;
    this.slackBytes = buffers * (SlotLayout.ALIGNMENT + 8L) + rejectionsBytes;
    boolean enough = lay(1, 1, null);
    if (!enough) {
      throw new ConfigurationException(
          "slots of "
              + slotBytes
              + " bytes are too small for "
              + columns.length
              + " columns: give them at least "
              + SlotLayout.aligned(2 * (buffersAt + slackBytes))
              + " bytes");
    }
  }

  /**
   * Refuses slots that have no room for the columns.
   *
   * @throws ConfigurationException in one sentence
   */
  static void checkRoom(ColumnBuffer[] columns, long slotBytes) {
    var _ = new Geometry(columns, new RowBuffers(), slotBytes);
  }

  private static int fixedBits(ColumnBuffer column) {
    int bits = column.field.nullable() ? 1 : 0;
    if (column.isVariable()) {
      return bits + (column.canRepeat() ? 64 : 32);
    }
    return bits + (column.width == 0 ? 1 : 8 * column.width);
  }

  /**
   * Makes room for {@code rowLimit} rows, or as many as fit; does nothing while the present layout
   * serves.
   *
   * @param expansion output rows for each input row, at most
   * @param wasFull whether the last batch ended because a row did not fit
   */
  void fit(int rowLimit, double expansion, boolean wasFull) {
    int rows = wantedRows(rowLimit, expansion);
    if (rows == wanted && !((wasFull || places.rowCapacity < rows) && drifted())) {
      return;
    }
    wanted = rows;
    for (int i = 0; i < columns.length; i++) {
      weights[i] = columns[i].weight();
    }
    lay(rows, 1, null);
  }

  /**
   * Makes room for exactly this content and gives the rest to the outputs.
   *
   * @param minBytes for each column the bytes of variable width that it must hold
   * @return false if it cannot fit: the buffers stay where they are
   */
  boolean fitExactly(int rows, double expansion, long[] minBytes) {
    wanted = 0;
    for (int i = 0; i < columns.length; i++) {
      // Values of inputs are multiplied only where rows are.
      weights[i] = columns[i].output || expansion > 1 ? columns[i].weight() : 0;
    }
    return lay(wantedRows(rows, expansion), Math.max(1, rows), minBytes);
  }

  private static int wantedRows(int rowLimit, double expansion) {
    int rows = (int) Math.min(MAX_ROWS, Math.max(MIN_ROWS, rowLimit * expansion));
    return rows == MIN_ROWS ? rows : Integer.highestOneBit(rows - 1) << 1;
  }

  private boolean drifted() {
    for (int i = 0; i < columns.length; i++) {
      if (columns[i].isVariable()) {
        double ratio = columns[i].weight() / weights[i];
        if (ratio > DRIFT || ratio < 1 / DRIFT) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean lay(int wantedRows, int minRows, long @Nullable [] min) {
    double allWeights = 0;
    long allMin = 0;
    for (int i = 0; i < columns.length; i++) {
      if (columns[i].isVariable()) {
        allWeights += weights[i];
        allMin += min == null ? 0 : SlotLayout.aligned(min[i]);
      }
    }
    double spareBits = 8.0 * (slotBytes - buffersAt - slackBytes - allMin);
    double fit =
        min == null
            ? spareBits / (fixedBitsPerRow + 8 * allWeights)
            : spareBits / fixedBitsPerRow / (allWeights > 0 ? 2 : 1);
    int rows = (int) Math.max(minRows, Math.min(wantedRows, fit));
    long end = place(rows, false);
    long rest = slotBytes - end - allMin;
    if (rest < 0) {
      return false;
    }
    place(rows, true);
    generation++;
    for (int i = 0; i < columns.length; i++) {
      ColumnBuffer column = columns[i];
      column.moved();
      if (column.isVariable()) {
        double part = allWeights > 0 ? weights[i] / allWeights : 0;
        long share = (long) (rest * part) & -SlotLayout.ALIGNMENT;
        long bytes = share + (min == null ? 0 : SlotLayout.aligned(min[i]));
        column.dataAt = (int) end;
        column.dataBytes = (int) Math.min(bytes, MAX_DATA_BYTES);
        end += bytes;
      }
    }
    return true;
  }

  /** Where the fixed-width buffers of {@code rows} rows end; puts them there if {@code real}. */
  private long place(int rows, boolean real) {
    long at = buffersAt;
    for (ColumnBuffer column : columns) {
      long validity = at;
      at += column.field.nullable() ? SlotLayout.aligned(SlotLayout.bitmapBytes(rows)) : 0;
      long offsets = at;
      long data = at;
      if (column.isVariable()) {
        at += SlotLayout.aligned(4L * (rows + 1));
      } else {
        at +=
            SlotLayout.aligned(
                column.width == 0 ? SlotLayout.bitmapBytes(rows) : (long) column.width * rows);
      }
      long dictionary = at;
      at += column.canRepeat() ? SlotLayout.aligned(4L * (rows + 1)) : 0;
      if (real) {
        column.validityAt = (int) validity;
        column.offsetsAt = column.isVariable() ? (int) offsets : 0;
        column.dictionaryAt = column.canRepeat() ? (int) dictionary : 0;
        column.dataAt = (int) data;
        column.dataBytes = (int) (dictionary - data);
      }
    }
    long marks = at;
    at += SlotLayout.aligned(rows);
    long origins = at;
    at += SlotLayout.aligned(4L * rows);
    if (real) {
      places.marksAt = (int) marks;
      places.originsAt = (int) origins;
      places.rejectionsAt = (int) at;
      places.rejectionsBytes = rejectionsBytes;
      places.rowCapacity = rows;
    }
    return at + rejectionsBytes;
  }
}
