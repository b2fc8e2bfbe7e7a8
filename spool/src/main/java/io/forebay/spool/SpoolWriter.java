package io.forebay.spool;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.TimestampRange;
import io.forebay.errors.UnpairedSurrogateException;
import io.forebay.internal.rows.ByteBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes the records of one partition of the source and appends them to the spool. */
final class SpoolWriter implements RecordWriter {
  private static final int MOST_REASON = 4_096;

  private final SpoolLog log;
  private final Schema schema;
  private final String partition;
  private final boolean places;
  private final int mostPayload;
  private final Group.Mark mark;
  private final ByteBuilder[] values;
  private final boolean[] set;
  private final ByteBuilder extras = new ByteBuilder(64);
  private final ByteBuilder payload = new ByteBuilder(256);

  /** Whether these are rows for a sink: in any order, and none is left out. */
  private final boolean rows;

  private boolean hasExtras;
  private long last;

  /** Why the record cannot be stored; null if it can. */
  private @Nullable String unfit;

  SpoolWriter(
      SpoolLog log,
      Schema schema,
      String partition,
      boolean places,
      int mostPayload,
      Position from) {
    this(log, schema, partition, places, mostPayload, from, false);
  }

  private SpoolWriter(
      SpoolLog log,
      Schema schema,
      String partition,
      boolean places,
      int mostPayload,
      Position from,
      boolean rows) {
    this.log = log;
    this.schema = schema;
    this.partition = partition;
    this.places = places;
    this.mostPayload = mostPayload;
    this.last = from.sequence();
    this.rows = rows;
    this.mark = new Group.Mark(partition);
    this.values = new ByteBuilder[schema.size()];
    Arrays.setAll(values, i -> new ByteBuilder(8));
    this.set = new boolean[schema.size()];
  }

  /** A writer of rows for a sink. */
  static SpoolWriter ofRows(SpoolLog log, Schema schema, String partition, int mostPayload) {
    return new SpoolWriter(log, schema, partition, true, mostPayload, Position.START, true);
  }

  /** Up to where its records are in the spool; for the log, under its lock. */
  Optional<Position> reached() {
    return mark.last();
  }

  private ByteBuilder value(int column) {
    ByteBuilder value = values[column];
    value.clear();
    set[column] = true;
    return value;
  }

  @Override
  public void setBool(int column, boolean value) {
    value(column).putByte(value ? 1 : 0);
  }

  @Override
  public void setLong(int column, long value) {
    if (schema.field(column).type() == ColumnType.INT32 && value != (int) value) {
      throw new IllegalArgumentException(value + " does not fit into an int32");
    }
    Field field = schema.field(column);
    if (field.type().isTimestamp() && !TimestampRange.contains(field.type(), value)) {
      unfit = field.name() + ": " + TimestampRange.problem(field.type(), value);
    }
    value(column).putLong(value);
  }

  @Override
  public void setDouble(int column, double value) {
    value(column).putLong(Double.doubleToRawLongBits(value));
  }

  @Override
  public void setString(int column, byte[] utf8, int from, int length) {
    value(column).putInt(length).put(utf8, from, length);
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
    setString(column, utf8, 0, utf8.length);
  }

  @Override
  public void setBinary(int column, byte[] bytes, int from, int length) {
    value(column).putInt(length).put(bytes, from, length);
  }

  @Override
  public void setDoubles(int column, double[] doubles, int from, int length) {
    ByteBuilder value = value(column).putInt(length);
    for (int i = 0; i < length; i++) {
      value.putLong(Double.doubleToRawLongBits(doubles[from + i]));
    }
  }

  @Override
  public void setNull(int column) {
    set[column] = false;
  }

  @Override
  public void setExtras(byte[] utf8, int from, int length) {
    extras.clear();
    extras.put(utf8, from, length);
    hasExtras = true;
  }

  @Override
  public void append(long sequence, long offset) throws InterruptedException {
    if (unfit != null && !rows) {
      reject(sequence, offset, unfit, Rejection.Text.NONE);
      return;
    }
    for (int i = 0; i < set.length; i++) {
      Field field = schema.field(i);
      if (!set[i] && !field.nullable()) {
        throw new IllegalStateException("record " + sequence + " has no value for " + field);
      }
    }
    begin(RecordCodec.RECORD, sequence, offset);
    int bits = 0;
    for (int i = 0; i < set.length; i++) {
      bits |= set[i] ? 1 << (i & 7) : 0;
      if ((i & 7) == 7 || i == set.length - 1) {
        payload.putByte(bits);
        bits = 0;
      }
    }
    for (int i = 0; i < set.length; i++) {
      if (set[i]) {
        payload.put(values[i].array(), 0, values[i].length());
      }
    }
    payload.putByte(hasExtras ? 1 : 0);
    if (hasExtras) {
      payload.putInt(extras.length()).put(extras.array(), 0, extras.length());
    }
    if (payload.length() > mostPayload) {
      String reason =
          "the record has "
              + payload.length()
              + " bytes and the spool takes "
              + mostPayload
              + ": give the spool a larger size";
      if (rows) {
        throw new UncheckedIOException(new IOException(reason));
      }
      reject(sequence, offset, reason, "");
      return;
    }
    write(sequence, offset);
  }

  @Override
  public void reject(long sequence, long offset, String reason, Rejection.Text text)
      throws InterruptedException {
    begin(RecordCodec.UNREADABLE, sequence, offset);
    payload.putText(Rejection.Text.of(reason).atMost(MOST_REASON).start());
    int room = Math.max(0, mostPayload - payload.length() - RecordCodec.TEXT_BYTES);
    Rejection.Text fitting = text.atMost(room);
    payload.putText(fitting.start()).putLong(fitting.cutBytes());
    write(sequence, offset);
  }

  private void begin(int kind, long sequence, long offset) {
    if (sequence <= last && !rows) {
      throw new IllegalArgumentException(
          "the record " + sequence + " of '" + partition + "' came after " + last);
    }
    payload.clear();
    payload.putByte(kind).putByte(places ? 1 : 0);
    if (places) {
      payload.putText(partition).putLong(sequence).putLong(offset);
    }
  }

  private void write(long sequence, long offset) throws InterruptedException {
    try {
      log.append(payload.array(), payload.length(), mark, sequence, offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    last = sequence;
    clear();
  }

  @Override
  public void clear() {
    Arrays.fill(set, false);
    hasExtras = false;
    unfit = null;
  }
}
