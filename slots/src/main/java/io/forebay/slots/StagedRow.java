package io.forebay.slots;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One record on the heap, on its way from a source into a slot: the columns of the sources' union
 * schema. Reused for record after record. Used by one thread.
 */
public final class StagedRow {
  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  /** A buffer that an unusually large record has made larger than this is given up. */
  private static final int KEPT_BYTES = 1 << 20;

  private static final int FIRST_BYTES = 256;

  private final Field[] fields;
  private final ColumnType[] types;
  private final int extras;

  /** Which columns are set; the last one is extras. */
  final boolean[] set;

  /** Fixed-width values as they will lie in the slot. */
  final long[] numbers;

  /** Where the value lies in {@link #bytes}, for types of variable width. */
  final int[] starts;

  /** Its length in bytes. */
  final int[] lengths;

  byte[] bytes = new byte[FIRST_BYTES];
  private int end;
  private final int fixedBytes;

  /** Whether its values of variable width are more than a slot can have. */
  boolean oversized;

  /** A row for slots of {@code schema}. */
  public StagedRow(SlotSchema schema) {
    Schema input = schema.input();
    this.extras = input.size();
    this.fields = input.fields().toArray(Field[]::new);
    this.types = new ColumnType[extras];
    for (int i = 0; i < extras; i++) {
      types[i] = fields[i].type();
    }
    int fixed = 0;
    for (ColumnType type : types) {
      fixed += type.width() < 0 ? 0 : Math.max(1, type.width());
    }
    this.fixedBytes = fixed;
    this.set = new boolean[extras + 1];
    this.numbers = new long[extras];
    this.starts = new int[extras + 1];
    this.lengths = new int[extras + 1];
  }

  /** Sets field {@code index} of the union schema, a bool. */
  public void setBool(int index, boolean value) {
    if (types[index] != ColumnType.BOOL) {
      throw wrongType(index, "a bool");
    }
    number(index, value ? 1 : 0);
  }

  /** Sets an int32 (range-checked), int64 or timestamp. */
  public void setLong(int index, long value) {
    switch (types[index]) {
      case INT32 -> {
        if ((int) value != value) {
          throw new IllegalArgumentException(
              "the value " + value + " of the int32 column '" + name(index) + "' does not fit");
        }
      }
      case INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS -> {}
      default -> throw wrongType(index, "an integer");
    }
    number(index, value);
  }

  /** Sets a float32 or float64. */
  public void setDouble(int index, double value) {
    switch (types[index]) {
      case FLOAT32 -> number(index, Float.floatToRawIntBits((float) value));
      case FLOAT64 -> number(index, Double.doubleToRawLongBits(value));
      default -> throw wrongType(index, "a floating-point number");
    }
  }

  /** Sets a string (valid UTF-8) or binary to a copy of the bytes. */
  public void setBytes(int index, byte[] source, int from, int length) {
    if (types[index] != ColumnType.STRING && types[index] != ColumnType.BINARY) {
      throw wrongType(index, "a string or binary");
    }
    copy(index, source, from, length);
  }

  /** Sets a list to a copy of the values. */
  public void setDoubles(int index, double[] values, int from, int length) {
    if (types[index] != ColumnType.FLOAT64_LIST) {
      throw wrongType(index, "a list");
    }
    java.util.Objects.checkFromIndexSize(from, length, values.length);
    int at = reserve(index, 8L * length);
    for (int i = 0; at >= 0 && i < length; i++) {
      DOUBLE.set(bytes, at + 8 * i, values[from + i]);
    }
  }

  /** Leaves the field null. */
  public void setNull(int index) {
    set[index] = false;
  }

  /** Sets the undeclared members. */
  public void setExtras(byte[] utf8, int from, int length) {
    copy(extras, utf8, from, length);
  }

  /** Index of a field that is neither nullable nor set, or -1. */
  public int missingField() {
    for (int i = 0; i < fields.length; i++) {
      if (!set[i] && !fields[i].nullable()) {
        return i;
      }
    }
    return -1;
  }

  /** Bytes of its values: the width of the type for each column, of variable width what is set. */
  public int bytes() {
    return fixedBytes + end;
  }

  /** Forgets all values. */
  public void clear() {
    Arrays.fill(set, false);
    end = 0;
    oversized = false;
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[FIRST_BYTES];
    }
  }

  private void number(int index, long bits) {
    numbers[index] = bits;
    set[index] = true;
  }

  private void copy(int index, byte[] source, int from, int length) {
    java.util.Objects.checkFromIndexSize(from, length, source.length);
    int at = reserve(index, length);
    if (at >= 0) {
      System.arraycopy(source, from, bytes, at, length);
    }
  }

  /** Where the value goes; -1 if the row has become larger than every slot. */
  private int reserve(int index, long length) {
    int at = end;
    long needed = at + length;
    set[index] = true;
    if (needed > MemoryLimit.MAX_SLOT_BYTES) {
      oversized = true;
      starts[index] = 0;
      lengths[index] = 0;
      return -1;
    }
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, 1 << 30)));
    }
    end = (int) needed;
    starts[index] = at;
    lengths[index] = (int) length;
    return at;
  }

  private String name(int index) {
    return fields[index].name();
  }

  private IllegalArgumentException wrongType(int index, String given) {
    return new IllegalArgumentException(
        "the column '" + name(index) + "' is " + types[index] + ", but was set to " + given);
  }
}
