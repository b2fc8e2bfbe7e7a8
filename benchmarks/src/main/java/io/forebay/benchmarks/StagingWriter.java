package io.forebay.benchmarks;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Stages records on the heap as the engine does, and counts them instead of handing them on. */
final class StagingWriter implements RecordWriter {
  private final StagedRow row;
  private long records;

  StagingWriter(Schema schema) {
    row = new StagedRow(SlotSchema.of(schema, true, List.of()));
  }

  /** How many records there were since the last call. */
  long taken() {
    long taken = records;
    records = 0;
    return taken;
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
  public void setString(int column, byte[] utf8, int from, int length) {
    row.setBytes(column, utf8, from, length);
  }

  @Override
  public void setString(int column, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    row.setBytes(column, utf8, 0, utf8.length);
  }

  @Override
  public void setBinary(int column, byte[] bytes, int from, int length) {
    row.setBytes(column, bytes, from, length);
  }

  @Override
  public void setDoubles(int column, double[] values, int from, int length) {
    row.setDoubles(column, values, from, length);
  }

  @Override
  public void setNull(int column) {
    row.setNull(column);
  }

  @Override
  public void setExtras(byte[] utf8, int from, int length) {
    row.setExtras(utf8, from, length);
  }

  @Override
  public void append(long sequence, long offset) {
    if (row.missingField() >= 0) {
      throw new IllegalStateException("a column is missing");
    }
    records++;
    row.clear();
  }

  @Override
  public void reject(long sequence, long offset, String reason, Rejection.Text text) {
    throw new IllegalStateException(reason);
  }

  @Override
  public void clear() {
    row.clear();
  }
}
