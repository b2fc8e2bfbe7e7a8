package io.forebay.formats.internal.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight bytes at a time (SWAR). Buffers that are read or written so have {@link #PADDING} bytes
 * behind their last byte.
 */
public final class Words {
  public static final int PADDING = 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;
  private static final int NULL = 'n' | ('u' << 8) | ('l' << 16) | ('l' << 24);
  private static final int TRUE = 't' | ('r' << 8) | ('u' << 16) | ('e' << 24);
  private static final int ALSE = 'a' | ('l' << 8) | ('s' << 16) | ('e' << 24);

  private Words() {}

  public static long get(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  public static void put(byte[] bytes, int at, long word) {
    LONG.set(bytes, at, word);
  }

  public static boolean isNull(byte[] bytes, int at) {
    return (int) INT.get(bytes, at) == NULL;
  }

  public static boolean isTrue(byte[] bytes, int at) {
    return (int) INT.get(bytes, at) == TRUE;
  }

  public static boolean isFalse(byte[] bytes, int at) {
    return bytes[at] == 'f' && (int) INT.get(bytes, at + 1) == ALSE;
  }

  /**
   * The high bit of the first byte that ends a run of plain JSON string bytes: a quote, a
   * backslash, a control character or a byte that is not ASCII; 0 if there is none. Bits above the
   * lowest one set have no meaning.
   */
  public static long special(long word) {
    long quote = word ^ 0x2222222222222222L;
    long backslash = word ^ 0x5C5C5C5C5C5C5C5CL;
    return (((quote - ONES) & ~quote)
            | ((backslash - ONES) & ~backslash)
            | ((word - 0x2020202020202020L) & ~word)
            | word)
        & HIGH;
  }

  /** As {@link #special}, but bytes that are not ASCII are plain. */
  public static long escapes(long word) {
    long quote = word ^ 0x2222222222222222L;
    long backslash = word ^ 0x5C5C5C5C5C5C5C5CL;
    return (((quote - ONES) & ~quote)
            | ((backslash - ONES) & ~backslash)
            | ((word - 0x2020202020202020L) & ~word))
        & HIGH;
  }

  /** The high bit of the first byte that equals {@code pattern}, as in {@link #special}. */
  static long find(long word, long pattern) {
    long zero = word ^ pattern;
    return (zero - ONES) & ~zero & HIGH;
  }

  /** A byte in all eight places. */
  static long pattern(char ascii) {
    return ONES * ascii;
  }

  /** The first byte, counted from 0, of a result of {@link #special} or {@link #find}. */
  public static int index(long found) {
    return Long.numberOfTrailingZeros(found) >>> 3;
  }

  /** Whether all eight bytes are ASCII digits. */
  public static boolean areDigits(long word) {
    return ((word & 0xF0F0F0F0F0F0F0F0L)
            | (((word + 0x0606060606060606L) & 0xF0F0F0F0F0F0F0F0L) >>> 4))
        == 0x3333333333333333L;
  }

  /** The number that eight ASCII digits make, the first of them in the lowest byte. */
  public static long digits(long word) {
    long pairs = ((word & 0x0F0F0F0F0F0F0F0FL) * 2561) >>> 8;
    long fours = ((pairs & 0x00FF00FF00FF00FFL) * 6553601) >>> 16;
    return ((fours & 0x0000FFFF0000FFFFL) * 42949672960001L) >>> 32;
  }
}
