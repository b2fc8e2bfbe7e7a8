package io.forebay.spool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes, numbers little endian. */
final class Bytes {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] array;
  private int length;

  Bytes(int capacity) {
    array = new byte[capacity];
  }

  byte[] array() {
    return array;
  }

  int length() {
    return length;
  }

  void clear() {
    length = 0;
  }

  private void room(int more) {
    if (array.length - length < more) {
      array = Arrays.copyOf(array, Math.max(2 * array.length, Math.addExact(length, more)));
    }
  }

  Bytes putByte(int value) {
    room(1);
    array[length++] = (byte) value;
    return this;
  }

  Bytes putInt(int value) {
    room(4);
    INT.set(array, length, value);
    length += 4;
    return this;
  }

  Bytes putLong(long value) {
    room(8);
    LONG.set(array, length, value);
    length += 8;
    return this;
  }

  Bytes put(byte[] bytes, int from, int count) {
    room(count);
    System.arraycopy(bytes, from, array, length, count);
    length += count;
    return this;
  }

  /** The length in bytes, then the UTF-8. */
  Bytes putText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return putInt(utf8.length).put(utf8, 0, utf8.length);
  }

  byte[] toArray() {
    return Arrays.copyOf(array, length);
  }
}
