package io.forebay.slots;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Times that a function returns and no store could read back: the record is rejected. */
class OutputTimesTest {
  private static final Schema INPUT = Schema.of(Field.of("x", ColumnType.INT64));
  private static final Schema OUTPUT =
      Schema.of(
          Field.of("at", ColumnType.TIMESTAMP_MS),
          Field.nullable("until", ColumnType.TIMESTAMP_NS),
          Field.of("n", ColumnType.INT64));
  private static final SlotSchema SCHEMA = SlotSchema.of(INPUT, false, List.of(OUTPUT));

  private final SlotArea area = SlotArea.local(1, 1 << 20);
  private final Slot slot = area.slot(0, SCHEMA);

  @AfterEach
  void close() {
    area.close();
  }

  private CallWriter begin(RowShape shape) {
    StagedRow row = new StagedRow(SCHEMA);
    slot.format(5, 1);
    for (int i = 0; i < 5; i++) {
      row.setLong(0, i);
      assertThat(slot.append(row, 0, i + 1)).isTrue();
    }
    return slot.beginCall(0, shape);
  }

  private List<Long> left(CallResult result) {
    assertThat(slot.keep(result)).isTrue();
    Batch view = slot.view(1);
    List<Long> xs = new ArrayList<>();
    for (int i = 0; i < view.rows(); i++) {
      xs.add(view.int64("x").get(i));
    }
    return xs;
  }

  @ParameterizedTest
  @EnumSource(names = {"SAME", "FEWER"})
  void rejects_the_record_when_a_time_is_out_of_range(RowShape shape) {
    CallWriter out = begin(shape);
    for (int row = 0; row < 5; row++) {
      out.int64("at").set(row, row == 1 ? 1_700_000_000_000_000_000L : row);
      if (row == 3) {
        out.int64("until").set(row, Long.MIN_VALUE);
      }
      out.int64("n").set(row, Long.MAX_VALUE);
    }
    out.reject(4, "by itself");
    out.done(1, 2);
    CallResult result = slot.result(0);
    assertThat(result.rowsOut()).isEqualTo(2);
    assertThat(result.rejected()).extracting(CallResult.RejectedRow::row).containsExactly(1, 3, 4);
    assertThat(result.rejected().get(0).reason())
        .isEqualTo(
            "the function returned a time that cannot be stored, at: 1700000000000000000 is out of"
                + " the range of a timestamp-ms (the years 1 to 9999); it looks like nanoseconds");
    assertThat(result.rejected().get(1).reason())
        .contains("until: -9223372036854775808 is out of the range")
        .contains("a stand-in for a missing time");
    assertThat(result.rejected().get(2).reason()).isEqualTo("by itself");
    assertThat(left(result)).containsExactly(0L, 2L);
  }

  @Test
  void rejects_the_record_when_one_of_its_emitted_rows_has_a_time_out_of_range() {
    CallWriter out = begin(RowShape.ANY);
    for (int row = 0; row < 5; row++) {
      for (int copy = 0; copy < 2; copy++) {
        out.int64("at").set(out.emit(row), row == 2 && copy == 1 ? Long.MAX_VALUE : row);
      }
    }
    out.done(1, 2);
    CallResult result = slot.result(0);
    assertThat(result.rejected()).extracting(CallResult.RejectedRow::row).containsExactly(2);
    assertThat(result.rowsOut()).isEqualTo(8);
    assertThat(left(result)).containsExactly(0L, 0L, 1L, 1L, 3L, 3L, 4L, 4L);
  }

  @Test
  void keeps_the_record_when_a_time_is_null_or_its_row_is_filtered() {
    CallWriter out = begin(RowShape.FEWER);
    for (int row = 0; row < 5; row++) {
      out.int64("at").set(row, row == 2 ? Long.MAX_VALUE : row);
      out.int64("until").set(row, Long.MAX_VALUE);
      out.int64("until").setNull(row);
    }
    out.filter(2);
    out.done(1, 2);
    CallResult result = slot.result(0);
    assertThat(result.rejected()).isEmpty();
    assertThat(result.filtered()).isEqualTo(1);
    assertThat(left(result)).containsExactly(0L, 1L, 3L, 4L);
  }
}
