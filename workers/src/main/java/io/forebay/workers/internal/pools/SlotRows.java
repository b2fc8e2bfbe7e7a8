package io.forebay.workers.internal.pools;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;
import io.forebay.errors.UnpairedSurrogateException;
import io.forebay.slots.Slot;
import io.forebay.slots.StagedRow;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.RowWriter;
import java.lang.foreign.ValueLayout;

/** Writes rows into a slot that was formatted for them. Belongs to one thread. */
public final class SlotRows implements RowWriter {
  private final Schema schema;
  private final Slot slot;
  private final StagedRow row;
  private final boolean carriesExtras;

  public SlotRows(Schema schema, boolean carriesExtras, Slot slot, StagedRow row) {
    this.schema = schema;
    this.carriesExtras = carriesExtras;
    this.slot = slot;
    this.row = row;
    row.clear();
  }

  @Override
  public int column(String name) {
    int index = schema.indexOf(name);
    if (index < 0) {
      schema.field(name); // Says which there are.
    }
    return index;
  }

  @Override
  public void setBool(int column, boolean value) {
    row.setBool(column, value);
  }

  @Override
  public void setLong(int column, long value) {
    row.setLong(column, value);
  }

  @Override
  public void setDouble(int column, double value) {
    row.setDouble(column, value);
  }

  @Override
  public void setString(int column, String text) {
    byte[] utf8 = UnpairedSurrogateException.utf8(text, schema.field(column).name());
    row.setBytes(column, utf8, 0, utf8.length);
  }

  @Override
  public void setBytes(int column, byte[] bytes, int from, int length) {
    row.setBytes(column, bytes, from, length);
  }

  @Override
  public void setDoubles(int column, double[] values, int from, int length) {
    row.setDoubles(column, values, from, length);
  }

  @Override
  public void setExtras(byte[] utf8, int from, int length) {
    if (!carriesExtras) {
      throw new IllegalStateException(
          "the pool carries no undeclared members: let its builder have extras(true)");
    }
    row.setExtras(utf8, from, length);
  }

  @Override
  public void append() {
    refuseIfFull(tryAppend());
  }

  private void refuseIfFull(boolean taken) {
    if (!taken) {
      throw new CallException(
          CallException.Kind.TOO_LARGE,
          "a batch has no room for more than "
              + slot.rows()
              + " of these rows: submit fewer at a time, or give the pool a larger slotBytes",
          "");
    }
  }

  @Override
  public boolean tryAppend() {
    return tryAppend(0, slot.rows());
  }

  @Override
  public boolean tryAppend(int partition, long sequence) {
    boolean taken = slot.append(row, partition, sequence);
    row.clear();
    return taken;
  }

  /**
   * Appends the rows of a batch of the same columns, by name, each with its partition and sequence,
   * and with its undeclared members if the pool carries them.
   */
  public void copy(Batch batch) {
    Column[] columns = new Column[schema.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = batch.column(schema.field(i).name());
    }
    StringColumn extras = batch.extras().orElse(null);
    for (int from = 0; from < batch.rows(); from++) {
      for (int i = 0; i < columns.length; i++) {
        if (!columns[i].isNull(from)) {
          copy(columns[i], from, i);
        }
      }
      if (carriesExtras && extras != null && !extras.isNull(from)) {
        byte[] utf8 = extras.utf8(from).toArray(ValueLayout.JAVA_BYTE);
        setExtras(utf8, 0, utf8.length);
      }
      refuseIfFull(tryAppend(batch.partition(from), batch.sequence(from)));
    }
  }

  private void copy(Column column, int from, int to) {
    switch (column) {
      case BoolColumn bool -> setBool(to, bool.get(from));
      case Int32Column number -> setLong(to, number.get(from));
      case Int64Column number -> setLong(to, number.get(from));
      case Float32Column number -> setDouble(to, number.get(from));
      case Float64Column number -> setDouble(to, number.get(from));
      case StringColumn text -> {
        byte[] utf8 = text.utf8(from).toArray(ValueLayout.JAVA_BYTE);
        setBytes(to, utf8, 0, utf8.length);
      }
      case BinaryColumn binary -> {
        byte[] bytes = binary.get(from);
        setBytes(to, bytes, 0, bytes.length);
      }
      case Float64ListColumn list -> {
        double[] values = list.get(from);
        setDoubles(to, values, 0, values.length);
      }
    }
  }
}
