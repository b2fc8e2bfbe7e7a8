package io.forebay.columns;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.errors.OutputOverflowException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class ColumnTest {
  private static MemorySegment ints(int... values) {
    return MemorySegment.ofArray(values);
  }

  private static MemorySegment bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return MemorySegment.ofArray(bytes);
  }

  @Test
  void reads_nulls_from_the_validity_bitmap_also_in_a_slice() {
    Field field = Field.nullable("v", ColumnType.FLOAT64);
    MemorySegment data = MemorySegment.ofArray(new double[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    Float64Column column = new Float64Column(field, data, bytes(0b1111_0101, 0b10), 0);

    assertThat(column.isNull(1)).isTrue();
    assertThat(column.isNull(2)).isFalse();
    assertThat(column.isNull(8)).isTrue();
    Float64Column slice = column.slice(3, 7).slice(2, 5);
    assertThat(slice.get(0)).isEqualTo(5);
    assertThat(slice.isNull(3)).isTrue();
    assertThat(slice.isNull(4)).isFalse();
    assertThatThrownBy(() -> slice.get(5)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void reads_bits_least_significant_first() {
    BoolColumn column =
        new BoolColumn(Field.of("b", ColumnType.BOOL), bytes(0b0000_0010, 1), null, 0);

    assertThat(column.get(0)).isFalse();
    assertThat(column.get(1)).isTrue();
    assertThat(column.slice(7, 2).get(1)).isTrue();
  }

  @Test
  void reads_plain_and_dictionary_encoded_strings_alike() {
    Field field = Field.of("s", ColumnType.STRING);
    StringColumn plain =
        StringColumn.plain(
            field, ints(0, 2, 2, 5), MemorySegment.ofArray("ab€".getBytes(UTF_8)), null, 0);
    StringColumn dictionary =
        StringColumn.dictionary(
            field,
            ints(1, 0, 1),
            ints(0, 3, 4),
            MemorySegment.ofArray("€x".getBytes(UTF_8)),
            2,
            null,
            0);

    assertThat(plain.get(0)).isEqualTo("ab");
    assertThat(plain.get(1)).isEmpty();
    assertThat(plain.slice(1, 2).get(1)).isEqualTo("€");
    assertThat(dictionary.get(0)).isEqualTo("x").isSameAs(dictionary.get(2));
    assertThat(dictionary.slice(1, 2).get(0)).isEqualTo("€");
    assertThat(dictionary.slice(1, 2).dictionaryIndex(1)).isEqualTo(1);
    assertThatThrownBy(() -> plain.dictionaryIndex(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void reads_lists_and_binaries_of_slices() {
    Float64ListColumn lists =
        new Float64ListColumn(
            Field.of("w", ColumnType.FLOAT64_LIST),
            ints(0, 2, 2, 3),
            MemorySegment.ofArray(new double[] {1, 2, 3}),
            null,
            0);

    assertThat(lists.get(0)).containsExactly(1, 2);
    assertThat(lists.length(1)).isZero();
    assertThat(lists.slice(2, 1).get(0, 0)).isEqualTo(3);
    assertThatThrownBy(() -> lists.get(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);

    BinaryColumn binary =
        new BinaryColumn(
            Field.of("b", ColumnType.BINARY), ints(0, 1, 4), bytes(9, 8, 7, 6), null, 0);
    assertThat(binary.slice(1, 1).get(0)).containsExactly(8, 7, 6);
  }

  @Test
  void writes_variable_width_rows_in_order_and_leaves_skipped_rows_empty() {
    int[] offsets = new int[6];
    MemorySegment data = MemorySegment.ofArray(new byte[6]);
    StringWriter writer =
        new StringWriter(
            Field.of("s", ColumnType.STRING), MemorySegment.ofArray(offsets), data, null, 0);
    writer.set(1, "abc");
    long mark = writer.mark();
    writer.set(2, "xyz");
    writer.rewind(mark);
    writer.set(3, "de");

    assertThatThrownBy(() -> writer.set(3, "f")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> writer.set(4, "fg")).isInstanceOf(OutputOverflowException.class);
    assertThatThrownBy(() -> writer.setNull(4)).isInstanceOf(IllegalStateException.class);
    assertThat(writer.finish(5)).isEqualTo(5);
    assertThat(offsets).containsExactly(0, 0, 3, 3, 5, 5);
  }

  @Test
  void counts_list_lengths_in_values() {
    int[] offsets = new int[3];
    double[] data = new double[3];
    byte[] validity = new byte[1];
    Float64ListWriter writer =
        new Float64ListWriter(
            Field.nullable("w", ColumnType.FLOAT64_LIST),
            MemorySegment.ofArray(offsets),
            MemorySegment.ofArray(data),
            MemorySegment.ofArray(validity),
            0);
    writer.setNull(0);
    writer.set(1, new double[] {4, 5, 6});

    assertThat(writer.finish(2)).isEqualTo(24);
    assertThat(offsets).containsExactly(0, 0, 3);
    assertThat(data).containsExactly(4, 5, 6);
    assertThat(validity[0]).isEqualTo((byte) 0b10);
  }
}
