package io.forebay.internal.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.testkit.Batches;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RowCopyTest {
  /** A column of every type that may be null, and one of every type that may not. */
  private static final Schema SCHEMA =
      Schema.of(
          Arrays.stream(ColumnType.values())
              .flatMap(type ->
                  List.of(
                      Field.of(type.name().toLowerCase(java.util.Locale.ROOT), type),
                      Field.nullable(
                          "or_null_" + type.name().toLowerCase(java.util.Locale.ROOT), type))
                      .stream())
              .toArray(Field[]::new));

  private static Object value(ColumnType type, int row) {
    return switch (type) {
      case BOOL -> row % 3 == 0;
      case INT32 -> Integer.MIN_VALUE + row;
      case INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS -> 1_700_000_000_000L + row;
      case FLOAT32 -> row + 0.5f;
      case FLOAT64 -> row / 3.0;
      case STRING -> "é".repeat(row % 5) + row;
      case BINARY -> ByteBuffer.wrap(new byte[] {(byte) row, 0, -1}, 0, row % 4);
      case FLOAT64_LIST -> IntStream.range(0, row % 4).mapToObj(i -> i + row / 7.0).toList();
    };
  }

  private static Batch batch(int rows, boolean dictionary) {
    List<List<@Nullable Object>> all = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      List<@Nullable Object> values = new ArrayList<>();
      for (Field field : SCHEMA.fields()) {
        values.add(
            field.nullable() && (row + values.size()) % 2 == 0 ? null : value(field.type(), row));
      }
      all.add(values);
    }
    return Batches.of(SCHEMA, all, dictionary);
  }

  private static void assertSame(Batch copy, Batch of, int... rows) {
    assertThat(copy.schema()).isEqualTo(of.schema());
    assertThat(copy.rows()).isEqualTo(rows.length);
    for (int i = 0; i < rows.length; i++) {
      assertThat(Batches.row(copy, i)).isEqualTo(Batches.row(of, rows[i]));
      assertThat(copy.sequence(i)).isEqualTo(of.sequence(rows[i]));
      assertThat(copy.partition(i)).isEqualTo(of.partition(rows[i]));
    }
  }

  @Test
  void copies_rows_of_every_type_in_the_order_that_was_asked_for() {
    for (boolean dictionary : new boolean[] {false, true}) {
      Batch batch = batch(200, dictionary);
      assertSame(
          RowCopy.toHeap(batch, new int[] {7, 3, 3, 199, 0, 64}), batch, 7, 3, 3, 199, 0, 64);
      int[] all = IntStream.range(0, 200).toArray();
      assertSame(RowCopy.toHeap(batch, all), batch, all);
    }
  }

  @Test
  void copies_no_row_when_none_is_asked_for() {
    assertThat(RowCopy.toHeap(batch(3, false), new int[0]).rows()).isZero();
  }

  @Test
  void copies_the_extras_where_there_are_some() {
    Batch batch = Batches.withExtras(batch(3, false), "\"a\":1", null, "\"é\":2");
    Batch copy = RowCopy.toHeap(batch, new int[] {2, 1, 0});
    var extras = copy.extras().orElseThrow();
    assertThat(extras.get(0)).isEqualTo("\"é\":2");
    assertThat(extras.isNull(1)).isTrue();
    assertThat(extras.get(2)).isEqualTo("\"a\":1");
    assertThat(RowCopy.toHeap(batch(3, false), new int[] {0}).extras()).isEmpty();
  }

  @Test
  void copies_slices_and_is_sliced() {
    Batch batch = batch(40, false);
    Batch copy = RowCopy.toHeap(batch.slice(10, 30), IntStream.range(0, 20).toArray());
    assertSame(copy.slice(5, 8), batch, 15, 16, 17);
    assertSame(copy.slice(5, 15).slice(2, 3), batch, 17);
    assertThatThrownBy(() -> copy.slice(5, 21)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void keeps_what_was_built_when_the_builder_goes_on() {
    Batch batch = batch(9, false);
    HeapBatchBuilder builder = new HeapBatchBuilder(SCHEMA, false);
    RowCopy.set(batch, 1, builder);
    builder.append(1, 0);
    Batch first = builder.build();
    RowCopy.set(batch, 4, builder);
    builder.append(4, 0);
    assertThat(Batches.row(first, 0)).isEqualTo(Batches.row(batch, 1));
    assertThat(Batches.row(builder.build(), 0)).isEqualTo(Batches.row(batch, 4));
  }
}
