package io.forebay.engine.internal.windows;

import io.forebay.Accumulator;
import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.internal.rows.HeapBatchBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of windows that are over: the key, begin and end of the window, what the accumulator
 * says. They are of a partition of their own, numbered in the order in which they are made.
 */
final class WindowRows implements OpenWindows.Closed {
  /** More rows are several batches. */
  private static final int MOST_ROWS = 4_096;

  private static final int MOST_BYTES = 1 << 20;

  private final Accumulator<Object> accumulator;
  private final HeapBatchBuilder builder;
  private final Row row;
  private final boolean keyed;
  private final List<Batch> full = new ArrayList<>();
  private long sequence;

  /**
   * @param partition the index of the partition of these rows
   * @param sequence the number of the last row of earlier runs
   */
  WindowRows(
      Accumulator<Object> accumulator, Schema schema, boolean keyed, int partition, long sequence) {
    this.accumulator = accumulator;
    this.builder = new HeapBatchBuilder(schema, false);
    this.row = new Row(builder, keyed ? 3 : 2);
    this.keyed = keyed;
    this.sequence = sequence;
    builder.partition(partition);
  }

  /** The number of another row, which somebody else makes. */
  long next() {
    return ++sequence;
  }

  /** The number of the last row. */
  long sequence() {
    return sequence;
  }

  @Override
  public void window(Object key, long begin, long end, Object result) {
    if (keyed) {
      switch (key) {
        case String text -> builder.setString(0, text);
        case Long number -> builder.setLong(0, number);
        case Boolean bool -> builder.setBool(0, bool);
        default -> throw new IllegalStateException("no key is " + key.getClass());
      }
    }
    builder.setLong(keyed ? 1 : 0, begin);
    builder.setLong(keyed ? 2 : 1, end);
    accumulator.result(result, begin, end, row);
    builder.append(next(), 0);
    if (builder.rows() == MOST_ROWS || builder.bytes() >= MOST_BYTES) {
      full.add(builder.build());
    }
  }

  /** Those since the last time. */
  List<Batch> take() {
    if (builder.rows() > 0) {
      full.add(builder.build());
    }
    List<Batch> taken = List.copyOf(full);
    full.clear();
    return taken;
  }

  private record Row(HeapBatchBuilder builder, int from) implements Accumulator.Row {
    @Override
    public void setBool(int column, boolean value) {
      builder.setBool(from + column, value);
    }

    @Override
    public void setLong(int column, long value) {
      builder.setLong(from + column, value);
    }

    @Override
    public void setDouble(int column, double value) {
      builder.setDouble(from + column, value);
    }

    @Override
    public void setString(int column, String value) {
      builder.setString(from + column, value);
    }

    @Override
    public void setDoubles(int column, double[] values) {
      builder.setDoubles(from + column, values, 0, values.length);
    }
  }
}
