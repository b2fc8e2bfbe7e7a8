package io.forebay.connectors.postgres;

import io.forebay.Batch;
import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Rows in the binary format of {@code COPY}: for each row the number of fields (int16), then for
 * each field its length (int32, -1 for null) and its bytes, big endian. Used by one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY, binary format</a>
 */
final class BinaryRows {
  /** Signature, flags, length of the extension. */
  static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  /** Behind the last row. */
  static final byte[] TRAILER = {(byte) 0xFF, (byte) 0xFF};

  /** 2000-01-01 in milliseconds since 1970, where PostgreSQL's time begins. */
  private static final long EPOCH_MILLIS = 946_684_800_000L;

  /** PostgreSQL's first instant (4713 BC) and the one behind its last (294276 AD), since 2000. */
  private static final long FIRST_MILLIS = -211_813_488_000_000L;

  private static final long END_MILLIS = 9_223_371_331_200_000L;

  private static final int FLOAT8_OID = 701;
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = new byte[64 << 10];
  private int length;

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  void clear() {
    length = 0;
  }

  /**
   * Appends a row.
   *
   * @param extras whether there is a last field for them
   */
  void put(Column[] columns, Batch batch, int row, boolean extras) {
    room(2);
    SHORT.set(bytes, length, (short) (columns.length + (extras ? 1 : 0)));
    length += 2;
    for (Column column : columns) {
      if (column.isNull(row)) {
        putNull();
      } else {
        putValue(column, row);
      }
    }
    if (extras) {
      StringColumn members = batch.extras().orElse(null);
      if (members == null || members.isNull(row)) {
        putNull();
      } else {
        putText(members.utf8(row), true);
      }
    }
  }

  private void putValue(Column column, int row) {
    switch (column) {
      case BoolColumn bools -> {
        room(5);
        INT.set(bytes, length, 1);
        bytes[length + 4] = (byte) (bools.get(row) ? 1 : 0);
        length += 5;
      }
      case Int32Column ints -> putInt(ints.get(row));
      case Int64Column longs -> putLong(time(longs.field().type(), longs.get(row)));
      case Float32Column floats -> putInt(Float.floatToRawIntBits(floats.get(row)));
      case Float64Column doubles -> putLong(Double.doubleToRawLongBits(doubles.get(row)));
      case StringColumn texts -> putText(texts.utf8(row), false);
      case BinaryColumn binaries -> putBytes(binaries.bytes(row));
      case Float64ListColumn lists -> putList(lists, row);
    }
  }

  /** Times outside of PostgreSQL's are infinite. */
  private static long time(ColumnType type, long value) {
    if (!type.isTimestamp() || type == ColumnType.TIMESTAMP_NS) {
      return value;
    }
    boolean millis = type == ColumnType.TIMESTAMP_MS;
    long sinceEpoch = (millis ? value : Math.floorDiv(value, 1_000L)) - EPOCH_MILLIS;
    if ((value < 0 && sinceEpoch > 0) || sinceEpoch < FIRST_MILLIS) {
      return Long.MIN_VALUE;
    }
    if (sinceEpoch >= END_MILLIS) {
      return Long.MAX_VALUE;
    }
    return sinceEpoch * 1_000 + (millis ? 0 : Math.floorMod(value, 1_000L));
  }

  private void putNull() {
    room(4);
    INT.set(bytes, length, -1);
    length += 4;
  }

  private void putInt(int value) {
    room(8);
    INT.set(bytes, length, 4);
    INT.set(bytes, length + 4, value);
    length += 8;
  }

  private void putLong(long value) {
    room(12);
    INT.set(bytes, length, 8);
    LONG.set(bytes, length + 4, value);
    length += 12;
  }

  private void putBytes(MemorySegment value) {
    int size = Math.toIntExact(value.byteSize());
    room(4 + size);
    INT.set(bytes, length, size);
    MemorySegment.copy(value, ValueLayout.JAVA_BYTE, 0, bytes, length + 4, size);
    length += 4 + size;
  }

  private void putText(MemorySegment utf8, boolean braced) {
    int size = Math.toIntExact(utf8.byteSize());
    room(6 + size);
    int begin = length;
    length += 4;
    if (braced) {
      bytes[length++] = '{';
    }
    MemorySegment.copy(utf8, ValueLayout.JAVA_BYTE, 0, bytes, length, size);
    length += size;
    if (braced) {
      room(1);
      bytes[length++] = '}';
    }
    INT.set(bytes, begin, length - begin - 4);
  }

  private void putList(Float64ListColumn lists, int row) {
    int count = lists.length(row);
    room(24 + 12 * count);
    int begin = length;
    INT.set(bytes, length + 4, count == 0 ? 0 : 1); // dimensions
    INT.set(bytes, length + 8, 0); // no nulls
    INT.set(bytes, length + 12, FLOAT8_OID);
    length += 16;
    if (count > 0) {
      INT.set(bytes, length, count);
      INT.set(bytes, length + 4, 1); // the first index
      length += 8;
    }
    for (int i = 0; i < count; i++) {
      putLong(Double.doubleToRawLongBits(lists.get(row, i)));
    }
    INT.set(bytes, begin, length - begin - 4);
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
