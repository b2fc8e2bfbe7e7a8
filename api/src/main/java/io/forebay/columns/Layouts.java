package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** How values lie in column buffers: little endian, at their natural alignment. */
final class Layouts {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Layouts() {}

  /** Bit {@code index} of a bitmap, least significant bit first. */
  static boolean bit(MemorySegment bitmap, long index) {
    return (bitmap.get(ValueLayout.JAVA_BYTE, index >>> 3) >>> (index & 7) & 1) != 0;
  }

  static void setBit(MemorySegment bitmap, long index, boolean value) {
    long at = index >>> 3;
    int mask = 1 << (index & 7);
    int old = bitmap.get(ValueLayout.JAVA_BYTE, at);
    bitmap.set(ValueLayout.JAVA_BYTE, at, (byte) (value ? old | mask : old & ~mask));
  }
}
