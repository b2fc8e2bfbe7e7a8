package io.forebay.engine;

import io.forebay.Field;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.TimestampRange;
import io.forebay.UnpairedSurrogateException;
import io.forebay.slots.StagedRow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Stages the records of one partition on the heap and hands them to the intake. */
final class PartitionWriter implements RecordWriter {
  private final Intake intake;
  private final Partition partition;
  private final StagedRow row;

  /** The field of the union schema behind each column of the source. */
  private final int[] fields;

  /** Columns that other sources may leave out, but not this one; null where there are none. */
  private final boolean @Nullable [] required;

  private final boolean[] set;
  private final Schema schema;

  /** Why the record that is staged cannot be stored; null if it can. */
  private @Nullable String unfit;

  PartitionWriter(Intake intake, Partition partition, StagedRow row, Schema schema, Schema union) {
    this.intake = intake;
    this.partition = partition;
    this.row = row;
    this.schema = schema;
    this.fields = new int[schema.size()];
    this.set = new boolean[schema.size()];
    boolean[] stricter = new boolean[schema.size()];
    boolean any = false;
    for (int i = 0; i < fields.length; i++) {
      fields[i] = union.indexOf(schema.field(i).name());
      stricter[i] = !schema.field(i).nullable() && union.field(fields[i]).nullable();
      any |= stricter[i];
    }
    this.required = any ? stricter : null;
  }

  private int field(int column) {
    set[column] = true;
    return fields[column];
  }

  @Override
  public void setBool(int column, boolean value) {
    row.setBool(field(column), value);
  }

  @Override
  public void setLong(int column, long value) {
    Field field = schema.field(column);
    if (field.type().isTimestamp() && !TimestampRange.contains(field.type(), value)) {
      unfit = field.name() + ": " + TimestampRange.problem(field.type(), value);
    }
    row.setLong(field(column), value);
  }

  @Override
  public void setDouble(int column, double value) {
    row.setDouble(field(column), value);
  }

  @Override
  public void setString(int column, byte[] utf8, int from, int length) {
    row.setBytes(field(column), utf8, from, length);
  }

  @Override
  public void setString(int column, String text) {
    byte[] utf8;
    try {
      utf8 = UnpairedSurrogateException.utf8(text, schema.field(column).name());
    } catch (UnpairedSurrogateException e) {
      unfit = e.getMessage();
      utf8 = new byte[0];
    }
    row.setBytes(field(column), utf8, 0, utf8.length);
  }

  @Override
  public void setBinary(int column, byte[] bytes, int from, int length) {
    row.setBytes(field(column), bytes, from, length);
  }

  @Override
  public void setDoubles(int column, double[] values, int from, int length) {
    row.setDoubles(field(column), values, from, length);
  }

  @Override
  public void setNull(int column) {
    set[column] = false;
    row.setNull(fields[column]);
  }

  @Override
  public void setExtras(byte[] utf8, int from, int length) {
    row.setExtras(utf8, from, length);
  }

  @Override
  public void append(long sequence, long offset) throws InterruptedException {
    if (unfit != null) {
      reject(sequence, offset, unfit, Rejection.Text.NONE);
      return;
    }
    checkComplete();
    intake.append(partition, row, sequence, offset);
    clear();
  }

  private void checkComplete() {
    if (required != null) {
      for (int i = 0; i < set.length; i++) {
        if (required[i] && !set[i]) {
          throw missing(schema.field(i).name());
        }
      }
    }
    int missing = row.missingField();
    if (missing >= 0) {
      for (int i = 0; i < fields.length; i++) {
        if (fields[i] == missing) {
          throw missing(schema.field(i).name());
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
    intake.reject(partition, sequence, offset, reason, text);
  }

  @Override
  public void clear() {
    unfit = null;
    if (required != null) {
      Arrays.fill(set, false);
    }
    row.clear();
  }
}
