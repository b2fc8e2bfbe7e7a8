package io.forebay.internal.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes, numbers little endian. Used by one thread. */
public final class ByteBuilder {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] array;
  private int length;

  /** Empty, with room for {@code capacity} bytes. */
  public ByteBuilder(int capacity) {
    array = new byte[capacity];
  }

  /** The array itself, until more is put: its first {@link #length} bytes count. */
  public byte[] array() {
    return array;
  }

  public int length() {
    return length;
  }

  public void clear() {
    length = 0;
  }

  private void room(int more) {
    if (array.length - length < more) {
      array = Arrays.copyOf(array, Math.max(2 * array.length, Math.addExact(length, more)));
    }
  }

  public ByteBuilder putByte(int value) {
    room(1);
    array[length++] = (byte) value;
    return this;
  }

  public ByteBuilder putInt(int value) {
    room(4);
    INT.set(array, length, value);
    length += 4;
    return this;
  }

  public ByteBuilder putLong(long value) {
    room(8);
    LONG.set(array, length, value);
    length += 8;
    return this;
  }

  public ByteBuilder put(byte[] bytes, int from, int count) {
    room(count);
    System.arraycopy(bytes, from, array, length, count);
    length += count;
    return this;
  }

  /** The length in bytes, then the UTF-8. */
  public ByteBuilder putText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return putInt(utf8.length).put(utf8, 0, utf8.length);
  }

  /** A copy of what was put. */
  public byte[] toArray() {
    return Arrays.copyOf(array, length);
  }
}
