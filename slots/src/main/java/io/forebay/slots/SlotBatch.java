package io.forebay.slots;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;
import java.util.Objects;
import java.util.Optional;

/** A slot's rows as one stage sees them. One object for each slot and stage, used for all calls. */
final class SlotBatch implements Batch {
  private final Slot slot;
  private final SlotSchema schema;
  private final Schema view;
  private final int[] physical;

  SlotBatch(Slot slot, SlotSchema schema, int stage) {
    this.slot = slot;
    this.schema = schema;
    this.view = schema.view(stage);
    this.physical = schema.viewColumns(stage);
  }

  @Override
  public Schema schema() {
    return view;
  }

  @Override
  public int rows() {
    return slot.rows();
  }

  @Override
  public Column column(int index) {
    return slot.column(physical[index]);
  }

  @Override
  public Batch slice(int from, int to) {
    return new Slice(this, from, to);
  }

  @Override
  public Optional<StringColumn> extras() {
    return schema.hasExtras()
        ? Optional.of((StringColumn) slot.column(SlotSchema.EXTRAS))
        : Optional.empty();
  }

  @Override
  public int partition(int row) {
    return ((Int32Column) slot.column(SlotSchema.PARTITION)).get(row);
  }

  @Override
  public long sequence(int row) {
    return ((Int64Column) slot.column(SlotSchema.SEQUENCE)).get(row);
  }

  /** Some rows of a batch. */
  private static final class Slice implements Batch {
    private final SlotBatch batch;
    private final int from;
    private final int rows;
    private final Column[] columns;

    Slice(SlotBatch batch, int from, int to) {
      Objects.checkFromToIndex(from, to, batch.rows());
      this.batch = batch;
      this.from = from;
      this.rows = to - from;
      this.columns = new Column[batch.physical.length];
    }

    @Override
    public Schema schema() {
      return batch.schema();
    }

    @Override
    public int rows() {
      return rows;
    }

    @Override
    @SuppressWarnings("NullAway") // a place of the array is null until its column is asked for
    public Column column(int index) {
      Column column = columns[index];
      if (column == null) {
        column = batch.column(index).slice(from, rows);
        columns[index] = column;
      }
      return column;
    }

    @Override
    public Batch slice(int first, int to) {
      Objects.checkFromToIndex(first, to, rows);
      return new Slice(batch, from + first, from + to);
    }

    @Override
    public Optional<StringColumn> extras() {
      return batch.extras().map(column -> column.slice(from, rows));
    }

    @Override
    public int partition(int row) {
      return batch.partition(from + Objects.checkIndex(row, rows));
    }

    @Override
    public long sequence(int row) {
      return batch.sequence(from + Objects.checkIndex(row, rows));
    }
  }
}
