package io.forebay.connectors.file;

import java.util.Arrays;

/** Text that is being written: UTF-8 in an array that grows. */
final class Bytes {
  private byte[] array;
  private int length;

  Bytes(int capacity) {
    array = new byte[capacity + Words.PADDING];
  }

  /** The array, with room for {@code more} bytes behind {@link #length}, and for one word more. */
  byte[] room(int more) {
    if (array.length - length < more + Words.PADDING) {
      array = Arrays.copyOf(array, Math.max(2 * array.length, length + more + Words.PADDING));
    }
    return array;
  }

  byte[] array() {
    return array;
  }

  int length() {
    return length;
  }

  void length(int length) {
    this.length = length;
  }

  void put(char ascii) {
    room(1)[length++] = (byte) ascii;
  }

  void put(byte[] source, int from, int count) {
    System.arraycopy(source, from, room(count), length, count);
    length += count;
  }

  void put(byte[] source) {
    put(source, 0, source.length);
  }

  /**
   * Copies a few bytes, a word at a time; {@code source} has {@link Words#PADDING} bytes behind
   * them.
   */
  void putShort(byte[] source, int from, int count) {
    byte[] to = room(count);
    int at = length;
    for (int i = 0; i < count; i += 8) {
      Words.put(to, at + i, Words.get(source, from + i));
    }
    length = at + count;
  }
}
