package io.forebay.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.BatchWriter;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.OutputOverflowException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SlotCallTest {
  private static final Schema INPUT = Schema.of(Field.of("x", ColumnType.INT64));
  private static final Schema OUTPUT = Rows.everyType("o-");
  private static final SlotSchema SCHEMA = SlotSchema.of(INPUT, false, List.of(OUTPUT));

  private final SlotArea area = SlotArea.local(1, 1 << 20);
  private final Slot slot = area.slot(0, SCHEMA);

  @AfterEach
  void close() {
    area.close();
  }

  private void fill(int rows) {
    StagedRow row = new StagedRow(SCHEMA);
    slot.format(Math.max(1, rows), 1);
    for (int i = 0; i < rows; i++) {
      row.setLong(0, i);
      assertThat(slot.append(row, 0, i + 1)).isTrue();
    }
  }

  private List<Long> xs() {
    Batch view = slot.view(1);
    List<Long> xs = new ArrayList<>();
    for (int i = 0; i < view.rows(); i++) {
      xs.add(view.int64("x").get(i));
    }
    return xs;
  }

  private static final Object[] UNWRITTEN = new Object[OUTPUT.size()];

  static {
    for (int i = 0; i < UNWRITTEN.length; i++) {
      if (!OUTPUT.field(i).nullable()) {
        UNWRITTEN[i] =
            switch (OUTPUT.field(i).type()) {
              case BOOL -> false;
              case INT32 -> 0;
              case INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS -> 0L;
              case FLOAT32 -> 0f;
              case FLOAT64 -> 0d;
              case STRING -> "";
              case BINARY -> new byte[0];
              case FLOAT64_LIST -> new double[0];
            };
      }
    }
  }

  private static final Object[] WRITTEN = Rows.random(new java.util.Random(1), OUTPUT, 20);

  @Test
  void leaves_zero_and_null_when_rows_are_not_written() {
    for (RowShape shape : RowShape.values()) {
      fill(200);
      for (int call = 0; call < 2; call++) {
        CallWriter out = slot.beginCall(0, shape);
        for (int row = 0; row < 200; row++) {
          if (shape == RowShape.ANY) {
            assertThat(out.emit(row)).isEqualTo(row);
          }
          if (call == 0 || row == 100) {
            Rows.write(out, OUTPUT, row, WRITTEN);
          }
        }
        out.done(1, 2);
      }
      assertThat(slot.keep(slot.result(0))).isTrue();
      Batch view = slot.view(1);
      for (int row = 0; row < 200; row++) {
        Object[] expected = Rows.plus(new Object[] {(long) row}, row == 100 ? WRITTEN : UNWRITTEN);
        assertThat(Rows.deepEquals(Rows.read(view, row), expected))
            .as("%s row %d", shape, row)
            .isTrue();
      }
    }
  }

  @Test
  void answers_plainly_when_every_row_is_kept_and_only_fixed_widths_are_written() {
    SlotSchema plain =
        SlotSchema.of(INPUT, false, List.of(Schema.of(Field.of("y", ColumnType.INT64))));
    try (SlotArea memory = SlotArea.local(1, 1 << 16)) {
      Slot numbers = memory.slot(0, plain);
      numbers.format(3, 1);
      StagedRow row = new StagedRow(plain);
      for (int i = 0; i < 3; i++) {
        row.setLong(0, i);
        assertThat(numbers.append(row, 0, i + 1)).isTrue();
      }
      assertThat(numbers.plainRows(0)).isEqualTo(-1);
      numbers.beginCall(0, RowShape.FEWER).done(7, -1);
      assertThat(numbers.plainRows(0)).isEqualTo(3);
      CallResult answered = numbers.plainResult(0, 3, 7);
      assertThat(answered).isEqualTo(new CallResult(0, 3, 3, 0, List.of(), -1, 7, -1));
      assertThat(numbers.result(0)).isEqualTo(answered);
      assertThatThrownBy(() -> numbers.plainResult(0, 2, 7))
          .isInstanceOf(CorruptSlotException.class);
      numbers.beginCall(0, RowShape.FEWER).done(7, 5);
      assertThat(numbers.plainRows(0)).as("with a CPU time").isEqualTo(-1);
      CallWriter out = numbers.beginCall(0, RowShape.FEWER);
      out.filter(1);
      out.done(7, -1);
      assertThat(numbers.plainRows(0)).as("with a filtered row").isEqualTo(-1);
      numbers.beginCall(0, RowShape.FEWER).overflowed(1, 7);
      assertThat(numbers.plainRows(0)).as("overflowed").isEqualTo(-1);
    }
  }

  @Test
  void refuses_a_plain_answer_when_the_stage_writes_texts() {
    fill(3);
    slot.beginCall(0, RowShape.SAME).done(0, -1);
    assertThat(slot.plainRows(0)).isEqualTo(-1);
    assertThatThrownBy(() -> slot.plainResult(0, 3, 1)).isInstanceOf(CorruptSlotException.class);
  }

  @Test
  void keeps_all_when_nothing_was_rejected_or_filtered() {
    fill(5);
    slot.beginCall(0, RowShape.FEWER).done(7, 8);
    CallResult result = slot.result(0);
    assertThat(result).isEqualTo(new CallResult(0, 5, 5, 0, List.of(), -1, 7, 8));
    assertThat(result.keptAll()).isTrue();
    assertThat(slot.keep(result)).isTrue();
    assertThat(xs()).containsExactly(0L, 1L, 2L, 3L, 4L);
  }

  @Test
  void takes_rejected_and_filtered_rows_out_when_kept() {
    fill(6);
    CallWriter out = slot.beginCall(0, RowShape.FEWER);
    out.reject(4, "late", "detail");
    out.filter(1);
    out.reject(2, "early");
    out.reject(2, "again");
    out.filter(2);
    out.reject(1, "after all");
    out.filter(5);
    out.done(0, -1);
    CallResult result = slot.result(0);
    assertThat(result.rejected())
        .containsExactly(
            new CallResult.RejectedRow(1, "after all", ""),
            new CallResult.RejectedRow(2, "early", ""),
            new CallResult.RejectedRow(4, "late", "detail"));
    assertThat(result.filtered()).isEqualTo(1);
    assertThat(result.rowsOut()).isEqualTo(2);
    assertThat(slot.keep(result)).isTrue();
    assertThat(xs()).containsExactly(0L, 3L);
    assertThat(slot.view(1).sequence(1)).isEqualTo(4);
  }

  @Test
  void multiplies_rows_when_several_are_emitted() {
    fill(4);
    CallWriter out = slot.beginCall(0, RowShape.ANY);
    int[] origins = {0, 0, 2, 3, 3, 3};
    for (int i = 0; i < origins.length; i++) {
      int row = out.emit(origins[i]);
      assertThat(row).isEqualTo(i);
      out.int64("o-int64").set(row, 100 + i);
    }
    out.reject(2, "emitted, then rejected");
    out.done(0, -1);
    CallResult result = slot.result(0);
    assertThat(result.rowsOut()).isEqualTo(5);
    assertThat(result.filtered()).isEqualTo(1);
    assertThat(slot.keep(result)).isTrue();
    assertThat(xs()).containsExactly(0L, 0L, 3L, 3L, 3L);
    assertThat(slot.view(1).int64("o-int64").get(2)).isEqualTo(103);
  }

  @Test
  void overflows_when_more_rows_are_emitted_than_fit_and_fits_after_the_cut() {
    fill(1000);
    CallWriter out = slot.beginCall(0, RowShape.ANY);
    int[] emitted = {0};
    assertThatThrownBy(
            () -> {
              for (int row = 0; row < 1000; row++) {
                for (int i = 0; i < 40; i++) {
                  out.emit(row);
                  emitted[0]++;
                }
              }
            })
        .isInstanceOfSatisfying(
            OutputOverflowException.class, e -> out.overflowed(out.overflowRow(e), 3));
    CallResult result = slot.result(0);
    assertThat(result.overflowRow()).isEqualTo(emitted[0] / 40);
    assertThat(result.serviceNanos()).isEqualTo(3);
    SavedRows rest = slot.cut(result.overflowRow());
    assertThat(slot.rows() + rest.rows()).isEqualTo(1000);
    CallWriter again = slot.beginCall(0, RowShape.ANY);
    for (int row = 0; row < slot.rows(); row++) {
      for (int i = 0; i < 40; i++) {
        again.emit(row);
      }
    }
    again.done(1, 1);
    assertThat(slot.keep(slot.result(0))).isTrue();
    assertThat(xs()).hasSize(40 * result.overflowRow());
    slot.restore(rest);
    assertThat(slot.view(0).int64("x").get(0)).isEqualTo(result.overflowRow());
  }

  @Test
  void writes_parts_when_slices_are_used() {
    fill(10);
    CallWriter out = slot.beginCall(0, RowShape.FEWER);
    for (int from = 0; from < 10; from += 3) {
      int to = Math.min(10, from + 3);
      CallWriter.Mark start = out.mark();
      BatchWriter failing = out.slice(from, to);
      for (int row = 0; row < to - from; row++) {
        Rows.write(failing, OUTPUT, row, WRITTEN);
      }
      failing.reject(0, "forgotten");
      out.rewind(start);
      BatchWriter part = out.slice(from, to);
      for (int row = 0; row < to - from; row++) {
        part.int64("o-int64").set(row, from + row);
        if (row == 1) {
          part.string("o-string").set(row, "row " + (from + row));
          part.bool("o-bool").set(row, true);
        }
      }
      if (from == 3) {
        part.filter(2);
        part.reject(0, "three");
      }
    }
    out.done(0, -1);
    CallResult result = slot.result(0);
    assertThat(result.rejected()).containsExactly(new CallResult.RejectedRow(3, "three", ""));
    slot.keep(result);
    assertThat(xs()).containsExactly(0L, 1L, 2L, 4L, 6L, 7L, 8L, 9L);
    Batch view = slot.view(1);
    for (int row = 0; row < view.rows(); row++) {
      long x = view.int64("x").get(row);
      Object[] expected = Rows.plus(new Object[] {x}, UNWRITTEN);
      expected[1 + OUTPUT.indexOf("o-int64")] = x;
      if (x % 3 == 1) {
        expected[1 + OUTPUT.indexOf("o-string")] = "row " + x;
        expected[1 + OUTPUT.indexOf("o-bool")] = true;
      }
      assertThat(Rows.deepEquals(Rows.read(view, row), expected)).as("row %d", row).isTrue();
    }
  }

  @Test
  void forgets_emitted_rows_when_rewound() {
    fill(3);
    CallWriter out = slot.beginCall(0, RowShape.ANY);
    Rows.write(out, OUTPUT, out.emit(0), WRITTEN);
    CallWriter.Mark mark = out.mark();
    BatchWriter part = out.slice(1, 3);
    for (int i = 0; i < 50; i++) {
      Rows.write(part, OUTPUT, part.emit(0), WRITTEN);
    }
    out.rewind(mark);
    out.slice(1, 2);
    out.reject(1, "bad");
    part = out.slice(2, 3);
    assertThat(part.emit(0)).isEqualTo(1);
    out.done(0, -1);
    slot.keep(slot.result(0));
    assertThat(xs()).containsExactly(0L, 2L);
    assertThat(Rows.deepEquals(Rows.read(slot.view(1), 1), Rows.plus(new Object[] {2L}, UNWRITTEN)))
        .isTrue();
  }

  @Test
  void says_what_is_wrong_when_the_writer_is_misused() {
    fill(3);
    CallWriter same = slot.beginCall(0, RowShape.SAME);
    assertThatThrownBy(() -> same.filter(0)).hasMessageContaining("let rowShape() return FEWER");
    assertThatThrownBy(() -> same.emit(0)).hasMessageContaining("let rowShape() return ANY");
    assertThatThrownBy(() -> same.column("nope")).isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> same.reject(3, "x")).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> same.float64("o-float64").set(3, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> same.string("o-string").set(3, "x"))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> same.string("o-string").setNull(0))
        .hasMessageContaining("is not nullable");
    CallWriter any = slot.beginCall(0, RowShape.ANY);
    any.emit(1);
    assertThatThrownBy(() -> any.emit(0)).hasMessageContaining("emit in ascending order");
    assertThatThrownBy(() -> any.emit(3)).isInstanceOf(IndexOutOfBoundsException.class);
    slot.beginCall(0, RowShape.SAME).done(0, 0);
    CallResult stale = slot.result(0);
    slot.retain(0, row -> row > 0);
    CallResult made = new CallResult(0, 3, 1, 2, List.of(), -1, 0, 0);
    assertThat(slot.keep(stale)).isTrue();
    assertThatThrownBy(() -> slot.keep(made)).hasMessageContaining("not the result");
  }

  @Test
  void does_not_let_functions_write_into_their_input() {
    fill(3);
    assertThat(slot.view(0).int64("x").data().isReadOnly()).isTrue();
  }

  @Test
  void refuses_a_result_when_the_call_has_not_ended_or_was_another() {
    fill(3);
    assertThatThrownBy(() -> slot.result(0)).isInstanceOf(CorruptSlotException.class);
    CallWriter out = slot.beginCall(0, RowShape.SAME);
    assertThatThrownBy(() -> slot.result(0)).hasMessageContaining("has status 1");
    out.done(0, -1);
    slot.publish(0);
    assertThatThrownBy(() -> slot.result(0)).hasMessageContaining("has status 0");
    slot.status(SlotLayout.STATUS_DONE);
    assertThatThrownBy(() -> slot.result(0)).hasMessageContaining("has submission 0, not 2");
  }

  @Test
  void overflows_when_the_reasons_do_not_fit() {
    fill(1000);
    CallWriter out = slot.beginCall(0, RowShape.SAME);
    int row = 0;
    try {
      for (; row < 1000; row++) {
        out.reject(row, "reason " + row + " é".repeat(1000), "€".repeat(8000) + row);
      }
      throw new AssertionError("room for everything");
    } catch (OutputOverflowException full) {
      assertThat(out.overflowRow(full)).isEqualTo(row);
    }
    out.overflowed(row, 0);
    slot.cut(row);

    CallWriter again = slot.beginCall(0, RowShape.SAME);
    for (int i = 0; i < row; i++) {
      again.reject(i, "reason " + i + " é".repeat(1000), "€".repeat(8000) + i);
    }
    again.done(0, -1);
    List<CallResult.RejectedRow> rejected = slot.result(0).rejected();
    assertThat(rejected).hasSize(row);
    for (CallResult.RejectedRow each : rejected) {
      assertThat(each.reason()).startsWith("reason " + each.row() + " é").doesNotContain("\uFFFD");
      assertThat(each.reason().getBytes(java.nio.charset.StandardCharsets.UTF_8).length)
          .isBetween(1020, 1024);
      assertThat(each.detail()).isEqualTo("€".repeat(8192 / 3));
    }
  }

  @ParameterizedTest
  @EnumSource(RowShape.class)
  void reports_the_row_of_the_batch_when_the_reasons_of_a_part_do_not_fit(RowShape shape) {
    fill(1000);
    CallWriter out = slot.beginCall(0, shape);
    BatchWriter part = out.slice(500, 1000);
    int row = 0;
    try {
      for (; row < 500; row++) {
        part.reject(row, row + " €".repeat(300));
      }
      throw new AssertionError("room for everything");
    } catch (OutputOverflowException full) {
      assertThat(out.overflowRow(full)).isEqualTo(500 + row);
    }
  }

  @Test
  void keeps_the_reason_of_every_row_when_they_are_the_same() {
    fill(1000);
    CallWriter out = slot.beginCall(0, RowShape.SAME);
    for (int row = 0; row < 1000; row++) {
      out.reject(row, "reason " + row % 3, "evidence ".repeat(100));
    }
    out.done(0, -1);
    assertThat(slot.result(0).rejected())
        .hasSize(1000)
        .allSatisfy(row -> assertThat(row.reason()).isEqualTo("reason " + row.row() % 3));
    assertThat(slot.keep(slot.result(0))).isTrue();
    assertThat(slot.rows()).isZero();
  }

  @Test
  void notes_the_record_in_work_when_asked() {
    fill(3);
    slot.crashCursor(2);
    assertThat(slot.crashCursor()).isEqualTo(2);
    slot.beginCall(0, RowShape.SAME);
    assertThat(slot.crashCursor()).isEqualTo(-1);
  }
}
