package io.forebay.engine.internal.windows;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.slots.StagedRow;
import java.nio.charset.StandardCharsets;

/** Sets the values of a row that goes into a slot. */
record StagedRowWriter(StagedRow row) implements RecordWriter {
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
  public void setBinary(int column, byte[] binary, int from, int length) {
    row.setBytes(column, binary, from, length);
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
    throw new IllegalStateException("who fills the slot appends the row");
  }

  @Override
  public void reject(long sequence, long offset, String reason, Rejection.Text text) {
    throw new IllegalStateException("rows of windows can be read");
  }

  @Override
  public void clear() {
    row.clear();
  }
}
