package io.forebay.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.StringColumn;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlotFillTest {
  private static final Schema INPUT =
      Schema.of(
          Field.of("id", ColumnType.STRING),
          Field.nullable("note", ColumnType.STRING),
          Field.of("value", ColumnType.FLOAT64));
  private static final Schema OUTPUT = Schema.of(Field.of("out", ColumnType.STRING));
  private static final SlotSchema SCHEMA = SlotSchema.of(INPUT, true, List.of(OUTPUT));
  private static final int SLOT_BYTES = 1 << 16;

  private final SlotArea area = SlotArea.local(1, SLOT_BYTES);
  private final Slot slot = area.slot(0, SCHEMA);
  private final StagedRow row = new StagedRow(SCHEMA);

  @AfterEach
  void close() {
    area.close();
  }

  private boolean append(String id, String note, double value) {
    row.clear();
    byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
    row.setBytes(0, utf8, 0, utf8.length);
    if (note != null) {
      utf8 = note.getBytes(StandardCharsets.UTF_8);
      row.setBytes(1, utf8, 0, utf8.length);
    }
    row.setDouble(2, value);
    return slot.append(row, 3, slot.rows() + 10);
  }

  private StringColumn ids() {
    return slot.view(0).string("id");
  }

  @Test
  void takes_as_many_rows_as_the_limit_when_they_fit() {
    slot.format(3, 42);
    assertThat(slot.sequence()).isEqualTo(42);
    assertThat(slot.rowCapacity()).isEqualTo(3);
    assertThat(append("a", null, 1)).isTrue();
    assertThat(append("b", "x", 2)).isTrue();
    assertThat(append("a", null, 3)).isTrue();
    assertThat(append("c", null, 4)).isFalse();
    assertThat(slot.rows()).isEqualTo(3);
    assertThat(ids().get(2)).isEqualTo("a");
    assertThat(slot.view(0).string("note").isNull(0)).isTrue();
    assertThat(slot.view(0).string("note").get(1)).isEqualTo("x");
    assertThat(slot.view(0).partition(2)).isEqualTo(3);
    assertThat(slot.view(0).sequence(2)).isEqualTo(12);
    assertThat(slot.view(0).extras().orElseThrow().isNull(0)).isTrue();
  }

  @Test
  void says_false_and_writes_nothing_when_a_row_does_not_fit_behind_others() {
    slot.format(1000, 1);
    assertThat(append("a", null, 1)).isTrue();
    assertThat(append("b".repeat(SLOT_BYTES / 2), null, 2)).isFalse();
    assertThat(slot.rows()).isEqualTo(1);
    assertThat(append("a", "short", 3)).isTrue();
    assertThat(ids().get(0)).isEqualTo("a");
    assertThat(ids().get(1)).isEqualTo("a");
    assertThat(ids().dictionarySize()).isEqualTo(1);
  }

  @Test
  void lays_the_slot_out_for_one_row_when_it_is_large() {
    String large = "L".repeat(SLOT_BYTES / 2);
    slot.format(1000, 1);
    assertThat(append("id", large, 1)).isTrue();
    assertThat(slot.view(0).string("note").get(0)).isEqualTo(large);
    slot.format(1000, 2);
    assertThat(slot.rowCapacity()).isGreaterThan(50);
    assertThat(append(large, null, 1)).isTrue();
    assertThat(ids().get(0)).isEqualTo(large);
  }

  @Test
  void says_false_from_an_empty_slot_when_no_slot_can_hold_the_row() {
    slot.format(1000, 1);
    assertThat(append("id", "L".repeat(SLOT_BYTES), 1)).isFalse();
    assertThat(slot.rows()).isZero();
    assertThat(append("id", "short", 1)).isTrue();
    assertThat(ids().get(0)).isEqualTo("id");
  }

  @Test
  void learns_what_rows_need_when_they_are_larger_than_thought() {
    String note = "n".repeat(500);
    int before = fill(note, 1);
    int after = before;
    for (int batch = 2; batch < 20; batch++) {
      after = fill(note, batch);
    }
    assertThat(after).isGreaterThan(2 * before).isGreaterThan(SLOT_BYTES / 1000);
    for (int batch = 20; batch < 60; batch++) {
      after = fill("", batch);
    }
    assertThat(after).isGreaterThan(SLOT_BYTES / 250);
  }

  private int fill(String note, int batch) {
    slot.format(100_000, batch);
    while (append("id", note.isEmpty() ? note : note + slot.rows(), 1)) {
      assertThat(slot.rows()).isPositive();
    }
    return slot.rows();
  }

  @Test
  void encodes_a_dictionary_only_when_values_repeat() {
    slot.format(100, 1);
    for (int i = 0; i < 100; i++) {
      append("sensor-" + i % 5, null, i);
    }
    assertThat(ids().isDictionaryEncoded()).isTrue();
    assertThat(ids().dictionarySize()).isEqualTo(5);
    int plain = 0;
    for (int batch = 2; batch < 102; batch++) {
      slot.format(100, batch);
      for (int i = 0; i < 100; i++) {
        append("id-" + batch + "-" + i, null, i);
      }
      plain += ids().isDictionaryEncoded() ? 0 : 1;
      assertThat(ids().get(99)).isEqualTo("id-" + batch + "-99");
    }
    assertThat(plain).isBetween(90, 99);
  }

  @Test
  void counts_the_bytes_of_texts_when_they_repeat_differ_or_are_missing() {
    slot.format(9, 0);
    assertThat(slot.view(0).valueBytes()).isZero();
    for (int i = 0; i < 4; i++) {
      append(i % 2 == 0 ? "ab" : "cd", i == 1 ? null : "note", 0);
    }
    assertThat(slot.view(0).string("id").isDictionaryEncoded()).isTrue();
    assertThat(slot.view(0).string("id").valueBytes(4)).isEqualTo(4 * 2);
    assertThat(slot.view(0).string("note").valueBytes(4)).isEqualTo(3 * 4);

    append("äö", "", 0);
    append("a", null, 0);
    assertThat(slot.view(0).string("id").valueBytes(6)).isEqualTo(4 * 2 + 4 + 1);
    assertThat(slot.view(0).string("id").slice(4, 2).valueBytes(2)).isEqualTo(4 + 1);
    assertThat(slot.view(0).string("note").valueBytes(6)).isEqualTo(3 * 4);
    assertThat(slot.view(0).valueBytes()).isEqualTo(13 + 12 + 6 * 8);
  }

  @Test
  void keeps_the_dictionary_when_most_rows_are_taken_out() {
    for (int batch = 0; batch < 10; batch++) {
      slot.format(100, batch);
      for (int i = 0; i < 100; i++) {
        append("sensor-" + i % 20, null, i);
      }
      assertThat(ids().isDictionaryEncoded()).isTrue();
      slot.retain(0, each -> each >= 80);
      assertThat(ids().get(0)).isEqualTo("sensor-0");
    }
  }

  @Test
  void reads_null_rows_of_a_dictionary_as_empty_when_it_has_no_other_entry() {
    slot.format(10, 1);
    append("id", null, 1);
    StringColumn note = slot.view(0).string("note");
    assertThat(note.isNull(0)).isTrue();
    assertThat(note.get(0)).isEmpty();
  }

  @Test
  void says_that_there_are_no_nulls_when_only_the_batch_before_had_some() {
    slot.format(10, 1);
    append("id", null, 1);
    assertThat(slot.view(0).string("note").mayHaveNulls()).isTrue();
    slot.format(10, 2);
    append("id", "x", 1);
    assertThat(slot.view(0).string("note").mayHaveNulls()).isFalse();
  }

  @Test
  void refuses_a_row_when_a_field_is_missing() {
    slot.format(10, 1);
    row.clear();
    row.setDouble(2, 1);
    assertThat(row.missingField()).isZero();
    assertThatThrownBy(() -> slot.append(row, 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'id'");
    assertThat(slot.rows()).isZero();
  }

  @Test
  void refuses_values_of_another_type_when_staging() {
    SlotSchema numbers =
        SlotSchema.of(
            Schema.of(Field.of("i", ColumnType.INT32), Field.of("b", ColumnType.BOOL)),
            false,
            List.of());
    StagedRow staged = new StagedRow(numbers);
    assertThatThrownBy(() -> staged.setLong(0, 1L << 31))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not fit");
    assertThatThrownBy(() -> staged.setDouble(0, 1)).hasMessageContaining("is int32");
    assertThatThrownBy(() -> staged.setBytes(1, new byte[1], 0, 1)).hasMessageContaining("'b'");
    assertThatThrownBy(() -> staged.setBool(0, true)).hasMessageContaining("a bool");
    assertThatThrownBy(() -> staged.setDoubles(0, new double[1], 0, 1))
        .hasMessageContaining("a list");
  }

  @Test
  void gives_a_lone_row_more_room_for_outputs_when_they_are_spread() {
    slot.format(1000, 1);
    append("id", "note", 1);
    int before = room();
    assertThat(slot.spread()).isTrue();
    assertThat(room()).isGreaterThan(before + before / 4);
    assertThat(slot.spread()).isFalse();
    assertThat(ids().get(0)).isEqualTo("id");
    assertThat(slot.view(0).sequence(0)).isEqualTo(10);
  }

  private int room() {
    return slot.buffer(SCHEMA.firstOutput(0)).dataBytes;
  }
}
