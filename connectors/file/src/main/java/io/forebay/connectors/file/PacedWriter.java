package io.forebay.connectors.file;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.errors.ConfigurationException;

/**
 * Hands records on when their time has come: as long after the first one as their timestamps say,
 * at a speed. A record without a timestamp, or with one before that of a record that was handed on,
 * does not wait. Used by one thread.
 */
final class PacedWriter implements RecordWriter {
  private final RecordWriter out;
  private final int column;
  private final double nanosEach;
  private final Waiting waiting;
  private boolean hasTime;
  private long time;
  private boolean started;
  private long firstTime;
  private long start;

  PacedWriter(RecordWriter out, Schema schema, ReplaySpeed speed, Waiting waiting) {
    this.out = out;
    this.waiting = waiting;
    column = column(schema);
    double unitNanos =
        switch (schema.field(column).type()) {
          case TIMESTAMP_MS -> 1e6;
          case TIMESTAMP_US -> 1e3;
          default -> 1;
        };
    nanosEach = unitNanos / speed.factor();
  }

  /**
   * The first timestamp column.
   *
   * @throws ConfigurationException if there is none
   */
  static int column(Schema schema) {
    for (int i = 0; i < schema.size(); i++) {
      ColumnType type = schema.field(i).type();
      if (type == ColumnType.TIMESTAMP_MS
          || type == ColumnType.TIMESTAMP_US
          || type == ColumnType.TIMESTAMP_NS) {
        return i;
      }
    }
    throw new ConfigurationException(
        "replay needs a timestamp field, but the fields are "
            + schema
            + ": declare one of them as timestamp-ms");
  }

  @Override
  public void append(long sequence, long offset) throws InterruptedException {
    if (hasTime) {
      if (!started) {
        started = true;
        firstTime = time;
        start = waiting.nanoTime();
      }
      long due = (long) ((time - firstTime) * nanosEach);
      for (long wait = due - (waiting.nanoTime() - start);
          wait > 0;
          wait = due - (waiting.nanoTime() - start)) {
        waiting.await(wait);
      }
    }
    hasTime = false;
    out.append(sequence, offset);
  }

  @Override
  public void reject(long sequence, long offset, String reason, Rejection.Text text)
      throws InterruptedException {
    hasTime = false;
    out.reject(sequence, offset, reason, text);
  }

  @Override
  public void setLong(int column, long value) {
    if (column == this.column) {
      hasTime = true;
      time = value;
    }
    out.setLong(column, value);
  }

  @Override
  public void clear() {
    hasTime = false;
    out.clear();
  }

  @Override
  public void setBool(int column, boolean value) {
    out.setBool(column, value);
  }

  @Override
  public void setDouble(int column, double value) {
    out.setDouble(column, value);
  }

  @Override
  public void setString(int column, byte[] utf8, int from, int length) {
    out.setString(column, utf8, from, length);
  }

  @Override
  public void setString(int column, String text) {
    out.setString(column, text);
  }

  @Override
  public void setBinary(int column, byte[] bytes, int from, int length) {
    out.setBinary(column, bytes, from, length);
  }

  @Override
  public void setDoubles(int column, double[] values, int from, int length) {
    out.setDoubles(column, values, from, length);
  }

  @Override
  public void setNull(int column) {
    out.setNull(column);
  }

  @Override
  public void setExtras(byte[] utf8, int from, int length) {
    out.setExtras(utf8, from, length);
  }
}
