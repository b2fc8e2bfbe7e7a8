package io.forebay.formats.api;

import io.forebay.formats.internal.bytes.Words;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text that is being written: UTF-8 in an array that grows. Used by one thread. */
public final class Bytes {
  private byte[] array;
  private int length;

  /** Empty, with room for {@code capacity} bytes. */
  public Bytes(int capacity) {
    array = new byte[capacity + Words.PADDING];
  }

  /** The array, with room for {@code more} bytes behind {@link #length}, and for one word more. */
  public byte[] room(int more) {
    if (array.length - length < more + Words.PADDING) {
      array = Arrays.copyOf(array, Math.max(2 * array.length, length + more + Words.PADDING));
    }
    return array;
  }

  /** The array itself, until more is written: the text is its first {@link #length} bytes. */
  public byte[] array() {
    return array;
  }

  /** How long the text is. */
  public int length() {
    return length;
  }

  /** Cuts the text to {@code length} bytes, or takes over what was written behind it. */
  public void length(int length) {
    this.length = length;
  }

  /** Appends an ASCII character. */
  public void put(char ascii) {
    room(1)[length++] = (byte) ascii;
  }

  /** Appends bytes. */
  public void put(byte[] source, int from, int count) {
    System.arraycopy(source, from, room(count), length, count);
    length += count;
  }

  /** Appends ASCII text. */
  public void putAscii(String ascii) {
    put(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  public void put(byte[] source) {
    put(source, 0, source.length);
  }

  /**
   * Copies a few bytes, a word at a time; {@code source} has {@link Words#PADDING} bytes behind
   * them.
   */
  public void putShort(byte[] source, int from, int count) {
    byte[] to = room(count);
    int at = length;
    for (int i = 0; i < count; i += 8) {
      Words.put(to, at + i, Words.get(source, from + i));
    }
    length = at + count;
  }
}
