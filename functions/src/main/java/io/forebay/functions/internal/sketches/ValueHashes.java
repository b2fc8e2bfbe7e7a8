package io.forebay.functions.internal.sketches;

import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.NumberColumn;
import io.forebay.columns.StringColumn;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Hashes of the values of a column: equal for equal values, on every machine and in every run. A
 * text that stands in a batch's dictionary is hashed once.
 */
public final class ValueHashes {
  private static final ValueLayout.OfLong EIGHT_BYTES =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Column column;
  private final long[] ofDictionary;

  /** Of a batch's column, of a type that {@link #has}. */
  public ValueHashes(Column column) {
    this.column = column;
    if (column instanceof StringColumn texts && texts.isDictionaryEncoded()) {
      ofDictionary = new long[texts.dictionarySize()];
      for (int i = 0; i < ofDictionary.length; i++) {
        ofDictionary[i] = of(texts.dictionaryUtf8(i));
      }
    } else {
      ofDictionary = new long[] {};
    }
  }

  /** Whether there are hashes of columns of that type: numbers, texts and bools. */
  public static boolean has(ColumnType type) {
    return type.isNumber() || type == ColumnType.STRING || type == ColumnType.BOOL;
  }

  /** The hash of a row that has a value. */
  public long get(int row) {
    return switch (column) {
      case Int64Column whole -> mix(whole.get(row));
      case Int32Column whole -> mix(whole.get(row));
      // One zero, not two.
      case NumberColumn number -> mix(Double.doubleToLongBits(number.asDouble(row) + 0.0));
      case BoolColumn bool -> mix(bool.get(row) ? 1 : 0);
      case StringColumn texts when texts.isDictionaryEncoded() ->
          ofDictionary[texts.dictionaryIndex(row)];
      case StringColumn texts -> of(texts.utf8(row));
      default -> throw new IllegalStateException("no hash of " + column.field().type());
    };
  }

  private static long of(MemorySegment bytes) {
    long hash = mix(bytes.byteSize());
    long at = 0;
    for (; at + 8 <= bytes.byteSize(); at += 8) {
      hash = mix(hash ^ bytes.get(EIGHT_BYTES, at));
    }
    long rest = 0;
    for (; at < bytes.byteSize(); at++) {
      rest = (rest << 8) | (bytes.get(ValueLayout.JAVA_BYTE, at) & 0xFF);
    }
    return mix(hash ^ rest);
  }

  /**
   * A number for each number, all of whose bits depend on all bits: SplitMix64.
   *
   * @see <a href="https://doi.org/10.1145/2660193.2660195">Steele, Lea, Flood, 2014</a>
   */
  private static long mix(long value) {
    long z = value + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
    return z ^ z >>> 31;
  }
}
