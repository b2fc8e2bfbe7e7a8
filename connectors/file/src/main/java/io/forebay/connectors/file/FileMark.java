package io.forebay.connectors.file;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * What the offset of a position in a file holds: the place behind the record, and by what the file
 * is known again that was read up to there.
 *
 * <pre>
 *  bit 63   62   61                              40 39                             0
 *   0     | 1  | fingerprint                       | place in bytes, up to 1 TiB   |
 * </pre>
 *
 * The fingerprint is of the file's first {@value #HEAD_BYTES} bytes, as far as they lie before the
 * place, and of the line before the place, or its last {@value #LINE_BYTES} bytes. Appending to the
 * file changes neither. Behind 1 TiB, and in positions of earlier versions, bit 62 is not set and
 * there is a place only.
 *
 * @param fingerprint {@link #NONE} where there is none
 */
record FileMark(long place, int fingerprint) {
  static final int HEAD_BYTES = 4 << 10;
  static final int LINE_BYTES = 64;
  static final int NONE = -1;

  private static final long FLAG = 1L << 62;
  private static final int PLACE_BITS = 40;
  private static final int FINGERPRINT_BITS = 22;
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;
  private static final long NEWLINES = 0x0A0A_0A0A_0A0A_0A0AL;
  private static final long LOW_BITS = 0x7F7F_7F7F_7F7F_7F7FL;
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static FileMark of(long offset) {
    if ((offset & FLAG) == 0) {
      return new FileMark(offset, NONE);
    }
    return new FileMark(
        offset & ((1L << PLACE_BITS) - 1),
        (int) (offset >>> PLACE_BITS) & ((1 << FINGERPRINT_BITS) - 1));
  }

  /**
   * The offset at {@code place}.
   *
   * @param head of the beginning of the file
   * @param bytes the line before the place ends at {@code end}; 0 if it was not kept
   */
  static long offset(long place, int head, byte[] bytes, int end) {
    if (place >>> PLACE_BITS != 0) {
      return place;
    }
    return FLAG | (long) fingerprint(head, bytes, end) << PLACE_BITS | place;
  }

  /**
   * Whether the file is the one in which the mark was made.
   *
   * @param head its first bytes, at least up to {@link #HEAD_BYTES} or to the place
   * @param before the bytes before the place, at least {@link #LINE_BYTES} if there are so many
   */
  boolean matches(byte[] head, byte[] before) {
    int hash = headHash(head, place);
    return fingerprint == NONE
        || fingerprint == fingerprint(hash, before, before.length)
        || fingerprint == fingerprint(hash, before, 0);
  }

  /** The hash of the first bytes, as far as they lie before {@code place}. */
  static int headHash(byte[] head, long place) {
    CRC32C crc = new CRC32C();
    crc.update(head, 0, (int) Math.min(place, HEAD_BYTES));
    return (int) crc.getValue();
  }

  private static int fingerprint(int head, byte[] bytes, int end) {
    long hash = head * MIX;
    int at = lineStart(bytes, end);
    int length = end - at;
    for (; end - at >= 8; at += 8) {
      hash = mixed(hash ^ (long) WORD.get(bytes, at));
    }
    for (; at < end; at++) {
      hash = mixed(hash ^ bytes[at]);
    }
    return (int) (mixed(hash ^ length) >>> (64 - FINGERPRINT_BITS));
  }

  private static long mixed(long value) {
    long product = value * MIX;
    return product ^ (product >>> 32);
  }

  /** Where the line begins that ends at {@code end}, at most {@value #LINE_BYTES} bytes before. */
  private static int lineStart(byte[] bytes, int end) {
    int least = Math.max(0, end - LINE_BYTES);
    int at = end - 1; // Its own newline, if it has one, is no end of the line before.
    for (; at - 8 >= least; at -= 8) {
      long x = (long) WORD.get(bytes, at - 8) ^ NEWLINES;
      long found = ~(((x & LOW_BITS) + LOW_BITS) | x | LOW_BITS);
      if (found != 0) {
        return at - Long.numberOfLeadingZeros(found) / 8;
      }
    }
    while (at > least && bytes[at - 1] != '\n') {
      at--;
    }
    return Math.max(at, least);
  }
}
