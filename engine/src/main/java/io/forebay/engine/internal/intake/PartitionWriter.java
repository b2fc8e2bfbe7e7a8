package io.forebay.engine.internal.intake;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.columns.Field;
import io.forebay.columns.TimestampRange;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.errors.UnpairedSurrogateException;
import io.forebay.slots.StagedRow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Stages the records of one partition on the heap and hands them to the intake. */
final class PartitionWriter implements RecordWriter {
  private final Partition partition;
  private final SourceRows rows;

  /** The record that is staged; null before one is, and between records if it is borrowed. */
  private @Nullable StagedRow row;

  /** The columns that are set, where some have to be. */
  private final boolean @Nullable [] set;

  /** Why the record that is staged cannot be stored; null if it can. */
  private @Nullable String unfit;

  PartitionWriter(Partition partition, SourceRows rows) {
    this.partition = partition;
    this.rows = rows;
    this.set = rows.required == null ? null : new boolean[rows.fields.length];
  }

  private int field(int column) {
    if (set != null) {
      set[column] = true;
    }
    return rows.fields[column];
  }

  private StagedRow row() {
    StagedRow staged = row;
    if (staged == null) {
      staged = rows.borrow();
      row = staged;
    }
    return staged;
  }

  @Override
  public void setBool(int column, boolean value) {
    row().setBool(field(column), value);
  }

  @Override
  public void setLong(int column, long value) {
    Field field = rows.schema.field(column);
    if (field.type().isTimestamp() && !TimestampRange.contains(field.type(), value)) {
      unfit = field.name() + ": " + TimestampRange.problem(field.type(), value);
    }
    row().setLong(field(column), value);
  }

  @Override
  public void setDouble(int column, double value) {
    row().setDouble(field(column), value);
  }

  @Override
  public void setString(int column, byte[] utf8, int from, int length) {
    row().setBytes(field(column), utf8, from, length);
  }

  @Override
  public void setString(int column, String text) {
    byte[] utf8;
    try {
      utf8 = UnpairedSurrogateException.utf8(text, rows.schema.field(column).name());
    } catch (UnpairedSurrogateException e) {
      unfit = e.getMessage();
      utf8 = new byte[0];
    }
    row().setBytes(field(column), utf8, 0, utf8.length);
  }

  @Override
  public void setBinary(int column, byte[] bytes, int from, int length) {
    row().setBytes(field(column), bytes, from, length);
  }

  @Override
  public void setDoubles(int column, double[] values, int from, int length) {
    row().setDoubles(field(column), values, from, length);
  }

  @Override
  public void setNull(int column) {
    if (set != null) {
      set[column] = false;
    }
    row().setNull(rows.fields[column]);
  }

  @Override
  public void setExtras(byte[] utf8, int from, int length) {
    row().setExtras(utf8, from, length);
  }

  @Override
  public void append(long sequence, long offset) throws InterruptedException {
    if (unfit != null) {
      reject(sequence, offset, unfit, Rejection.Text.NONE);
      return;
    }
    StagedRow staged = row();
    checkComplete(staged);
    rows.intake.append(partition, staged, sequence, offset);
    clear();
  }

  private void checkComplete(StagedRow staged) {
    if (set != null && rows.required != null) {
      for (int i = 0; i < set.length; i++) {
        if (rows.required[i] && !set[i]) {
          throw missing(rows.schema.field(i).name());
        }
      }
    }
    int missing = staged.missingField();
    if (missing >= 0) {
      for (int i = 0; i < rows.fields.length; i++) {
        if (rows.fields[i] == missing) {
          throw missing(rows.schema.field(i).name());
        }
      }
    }
  }

  private IllegalStateException missing(String column) {
    return new IllegalStateException(
        "the source '"
            + partition.sourceName
            + "' appended a record without a value for the column '"
            + column
            + "', which is not nullable");
  }

  @Override
  public void reject(long sequence, long offset, String reason, Rejection.Text text)
      throws InterruptedException {
    clear();
    rows.intake.reject(partition, sequence, offset, reason, text);
  }

  @Override
  public void clear() {
    unfit = null;
    if (set != null) {
      Arrays.fill(set, false);
    }
    StagedRow staged = row;
    if (staged != null) {
      staged.clear();
      if (!SourceRows.keeps(partition)) {
        row = null;
        rows.giveBack(staged);
      }
    }
  }
}
