package io.forebay.testkit;

import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Columns on the heap, made of objects; values are as {@link Values#coerce} returns them. */
final class HeapColumns {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE.withOrder(ByteOrder.LITTLE_ENDIAN);

  private HeapColumns() {}

  /** Zeroed memory on the heap, aligned for every type. */
  static MemorySegment allocate(long bytes) {
    return MemorySegment.ofArray(new long[Math.toIntExact((bytes + 7) / 8)]).asSlice(0, bytes);
  }

  /** A column of these values; {@code dictionary} concerns strings only. */
  static Column column(Field field, List<@Nullable Object> values, boolean dictionary) {
    MemorySegment validity = field.nullable() ? validity(values) : null;
    int rows = values.size();
    return switch (field.type()) {
      case BOOL -> {
        MemorySegment bits = allocate((rows + 7) / 8);
        for (int row = 0; row < rows; row++) {
          if (Boolean.TRUE.equals(values.get(row))) {
            setBit(bits, row);
          }
        }
        yield new BoolColumn(field, bits, validity, 0);
      }
      case INT32 -> new Int32Column(field, fixed(values, 4), validity, 0);
      case INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS ->
          new Int64Column(field, fixed(values, 8), validity, 0);
      case FLOAT32 -> new Float32Column(field, fixed(values, 4), validity, 0);
      case FLOAT64 -> new Float64Column(field, fixed(values, 8), validity, 0);
      case STRING ->
          dictionary ? dictionary(field, values, validity) : plain(field, values, validity);
      case BINARY -> {
        List<byte[]> entries = values.stream().map(HeapColumns::bytes).toList();
        yield new BinaryColumn(field, offsets(entries, 1), data(entries), validity, 0);
      }
      case FLOAT64_LIST -> {
        List<byte[]> entries = values.stream().map(HeapColumns::bytes).toList();
        yield new Float64ListColumn(field, offsets(entries, 8), data(entries), validity, 0);
      }
    };
  }

  private static StringColumn plain(
      Field field, List<@Nullable Object> values, @Nullable MemorySegment validity) {
    List<byte[]> entries = values.stream().map(HeapColumns::bytes).toList();
    return StringColumn.plain(field, offsets(entries, 1), data(entries), validity, 0);
  }

  private static StringColumn dictionary(
      Field field, List<@Nullable Object> values, @Nullable MemorySegment validity) {
    Map<String, Integer> indexes = new LinkedHashMap<>();
    MemorySegment indices = allocate(4L * values.size());
    for (int row = 0; row < values.size(); row++) {
      String text = values.get(row) instanceof String string ? string : "";
      indices.setAtIndex(INT, row, indexes.computeIfAbsent(text, t -> indexes.size()));
    }
    List<byte[]> entries = indexes.keySet().stream().map(HeapColumns::bytes).toList();
    return StringColumn.dictionary(
        field, indices, offsets(entries, 1), data(entries), entries.size(), validity, 0);
  }

  private static MemorySegment validity(List<@Nullable Object> values) {
    MemorySegment bits = allocate((values.size() + 7) / 8);
    for (int row = 0; row < values.size(); row++) {
      if (values.get(row) != null) {
        setBit(bits, row);
      }
    }
    return bits;
  }

  private static void setBit(MemorySegment bits, int row) {
    int old = bits.get(ValueLayout.JAVA_BYTE, row >>> 3);
    bits.set(ValueLayout.JAVA_BYTE, row >>> 3, (byte) (old | 1 << (row & 7)));
  }

  private static MemorySegment fixed(List<@Nullable Object> values, int width) {
    MemorySegment data = allocate((long) width * values.size());
    for (int row = 0; row < values.size(); row++) {
      switch (values.get(row)) {
        case Integer value -> data.setAtIndex(INT, row, value);
        case Long value -> data.setAtIndex(LONG, row, value);
        case Float value -> data.setAtIndex(FLOAT, row, value);
        case Double value -> data.setAtIndex(DOUBLE, row, value);
        case null -> {}
        case Object value -> throw new AssertionError(value);
      }
    }
    return data;
  }

  private static byte[] bytes(@Nullable Object value) {
    return switch (value) {
      case null -> new byte[0];
      case String text -> text.getBytes(StandardCharsets.UTF_8);
      case ByteBuffer buffer -> {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        yield bytes;
      }
      case List<?> numbers -> {
        ByteBuffer buffer = ByteBuffer.allocate(8 * numbers.size()).order(ByteOrder.LITTLE_ENDIAN);
        numbers.forEach(number -> buffer.putDouble((Double) number));
        yield buffer.array();
      }
      default -> throw new AssertionError(value);
    };
  }

  private static MemorySegment offsets(List<byte[]> entries, int unit) {
    MemorySegment offsets = allocate(4L * (entries.size() + 1));
    int end = 0;
    for (int i = 0; i < entries.size(); i++) {
      end += entries.get(i).length / unit;
      offsets.setAtIndex(INT, i + 1L, end);
    }
    return offsets;
  }

  private static MemorySegment data(List<byte[]> entries) {
    MemorySegment data = allocate(entries.stream().mapToLong(entry -> entry.length).sum());
    long end = 0;
    for (byte[] entry : entries) {
      MemorySegment.copy(MemorySegment.ofArray(entry), 0, data, end, entry.length);
      end += entry.length;
    }
    return data;
  }

  /** All columns of these rows. */
  static List<Column> columns(
      List<Field> fields, List<? extends List<@Nullable Object>> rows, boolean dictionary) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      List<@Nullable Object> values = new ArrayList<>();
      for (List<@Nullable Object> row : rows) {
        values.add(Values.coerce(fields.get(i), row.get(i)));
      }
      columns.add(column(fields.get(i), values, dictionary));
    }
    return columns;
  }
}
