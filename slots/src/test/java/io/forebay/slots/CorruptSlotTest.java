package io.forebay.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A worker writes nonsense: either the engine says so, or it reads values, of which some are wrong.
 */
class CorruptSlotTest {
  private static final int SLOT_BYTES = 1 << 15;
  private static final int ROWS = 12;
  private static final int MUTATIONS = Integer.getInteger("forebay.fuzz", 150_000);

  private static final Schema INPUT =
      Schema.of(
          Field.of("id", ColumnType.STRING),
          Field.nullable("text", ColumnType.STRING),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.of("wave", ColumnType.FLOAT64_LIST));
  private static final Schema OUTPUT =
      Schema.of(
          Field.nullable("label", ColumnType.STRING),
          Field.of("raw", ColumnType.BINARY),
          Field.of("list", ColumnType.FLOAT64_LIST),
          Field.nullable("ok", ColumnType.BOOL),
          Field.of("feature", ColumnType.FLOAT64));
  private static final SlotSchema SCHEMA = SlotSchema.of(INPUT, true, List.of(OUTPUT));

  private final SlotArea area = SlotArea.local(1, SLOT_BYTES);
  private final Slot slot = area.slot(0, SCHEMA);
  private final Random random = new Random(7);

  @AfterEach
  void close() {
    area.close();
  }

  private void fill() {
    StagedRow staged = new StagedRow(SCHEMA);
    slot.format(ROWS, 1);
    for (int i = 0; i < ROWS; i++) {
      Rows.stage(staged, INPUT, Rows.random(random, INPUT, 20));
      if (i % 2 == 0) {
        staged.setExtras(new byte[] {'1'}, 0, 1);
      }
      assertThat(slot.append(staged, 0, i + 1)).isTrue();
    }
  }

  private void call(RowShape shape) {
    CallWriter out = slot.beginCall(0, shape);
    for (int row = 0; row < ROWS; row++) {
      if (row % 5 == 4) {
        out.reject(row, "reason " + row % 2, "detail é");
      } else if (shape == RowShape.FEWER && row % 5 == 3) {
        out.filter(row);
      }
      int copies = shape == RowShape.ANY ? row % 3 : 1;
      for (int i = 0; i < copies; i++) {
        int to = shape == RowShape.ANY ? out.emit(row) : row;
        Rows.write(out, OUTPUT, to, Rows.random(random, OUTPUT, 12));
      }
    }
    out.done(5, 5);
  }

  @ParameterizedTest
  @EnumSource(RowShape.class)
  void never_fails_otherwise_when_bytes_of_the_slot_are_changed(RowShape shape) {
    System.out.println("seed 7");
    fill();
    call(shape);
    CallResult right = slot.result(0);
    MemorySegment memory = slot.memory();
    byte[] before = memory.toArray(ValueLayout.JAVA_BYTE);
    SavedRows rows = SavedRows.of(columns(), SCHEMA.columnsBefore(0), 0, 0, ROWS);
    int refused = 0;
    int read = 0;
    int moved = 0;
    int[] places = new int[4];
    for (int i = 0; i < MUTATIONS; i++) {
      int changes = 1 + random.nextInt(places.length);
      for (int change = 0; change < changes; change++) {
        places[change] = change(memory);
      }
      try {
        CallResult result = slot.result(0);
        assertThat(result.rowsIn()).isEqualTo(ROWS);
        if (i % 8 == 0 && result.overflowRow() < 0) {
          if (slot.keep(result)) {
            readAll(slot.view(1));
          }
          moved++;
          restore(rows, before);
          continue;
        }
        read++;
      } catch (CorruptSlotException e) {
        assertThat(e).hasMessageContaining("slot 0");
        refused++;
      }
      for (int change = 0; change < changes; change++) {
        memory.set(ValueLayout.JAVA_BYTE, places[change], before[places[change]]);
      }
    }
    assertThat(slot.result(0)).isEqualTo(right);
    assertThat(refused).isGreaterThan(MUTATIONS / 20);
    assertThat(read).isGreaterThan(MUTATIONS / 20);
    assertThat(moved).isGreaterThan(MUTATIONS / 200);
  }

  private ColumnBuffer[] columns() {
    ColumnBuffer[] columns = new ColumnBuffer[SCHEMA.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = slot.buffer(i);
    }
    return columns;
  }

  /** The rows as they were, at the places where they were. */
  private void restore(SavedRows rows, byte[] before) {
    MemorySegment.copy(before, 0, slot.memory(), ValueLayout.JAVA_BYTE, 0, before.length);
    slot.putBack(rows);
  }

  /** Changes one byte, of header, result, directory or a buffer in use; returns its place. */
  private int change(MemorySegment memory) {
    int at =
        switch (random.nextInt(8)) {
          case 0 -> random.nextInt(64);
          case 1, 2 -> 64 + random.nextInt(64);
          case 3 -> slot.places().marksAt + random.nextInt(ROWS);
          case 4 -> slot.places().originsAt + random.nextInt(4 * ROWS);
          case 5 -> slot.places().rejectionsAt + random.nextInt(slot.places().rejectionsBytes);
          case 6 -> {
            ColumnBuffer column = slot.buffer(random.nextInt(SCHEMA.size()));
            yield (random.nextBoolean() ? column.offsetsAt : column.validityAt)
                + random.nextInt(4 * ROWS);
          }
          default -> slot.buffer(random.nextInt(SCHEMA.size())).dataAt + random.nextInt(200);
        };
    byte old = memory.get(ValueLayout.JAVA_BYTE, at);
    byte value =
        switch (random.nextInt(4)) {
          case 0 -> (byte) random.nextInt(256);
          case 1 -> (byte) (old + 1);
          case 2 -> (byte) (old - 1);
          default -> (byte) (old ^ 1 << random.nextInt(8));
        };
    memory.set(ValueLayout.JAVA_BYTE, at, value);
    return at;
  }

  private static void readAll(Batch batch) {
    for (int row = 0; row < batch.rows(); row++) {
      Rows.read(batch, row);
      Rows.read(batch.extras().orElseThrow(), row);
      batch.partition(row);
      batch.sequence(row);
    }
  }

  @Test
  void reads_wrong_values_only_when_a_worker_scribbles_over_the_whole_slot() {
    System.out.println("seed 7");
    List<RowShape> shapes = List.of(RowShape.values());
    for (int round = 0; round < 300; round++) {
      RowShape shape = shapes.get(round % shapes.size());
      fill();
      call(shape);
      CallResult result = slot.result(0);
      scribble();
      assertThat(slot.keep(result)).isTrue();
      assertThat(slot.view(1).rows()).isEqualTo(result.rowsOut());
      readAll(slot.view(1));
      scribble();
      readAll(slot.view(0));
      SavedRows rest = slot.cut(1);
      scribble();
      slot.restore(rest);
      scribble();
      slot.retain(1, row -> row % 2 == 0);
      readAll(slot.view(1));
      assertThatThrownBy(() -> slot.result(0)).isInstanceOf(CorruptSlotException.class);
    }
  }

  private void scribble() {
    byte[] noise = new byte[SLOT_BYTES];
    random.nextBytes(noise);
    MemorySegment.copy(noise, 0, slot.memory(), ValueLayout.JAVA_BYTE, 0, noise.length);
  }

  @Test
  void mends_the_slot_when_it_is_published_again() {
    fill();
    slot.publish(0);
    byte[] right = slot.memory().toArray(ValueLayout.JAVA_BYTE);
    int end = slot.buffer(SlotSchema.PARTITION).dataAt;
    byte[] noise = new byte[end];
    random.nextBytes(noise);
    MemorySegment.copy(noise, 0, slot.memory(), ValueLayout.JAVA_BYTE, 0, end);
    ColumnBuffer ids = slot.buffer(SCHEMA.inputColumn(0));
    MemorySegment.copy(noise, 0, slot.memory(), ValueLayout.JAVA_BYTE, ids.offsetsAt, 4 * ROWS);
    slot.publish(1);
    slot.memory().set(SlotLayout.INT, SlotLayout.SUBMISSION_AT, 1);
    slot.memory().set(SlotLayout.INT, SlotLayout.DIRECTORY_STAMP_AT, 1);
    byte[] mended = slot.memory().toArray(ValueLayout.JAVA_BYTE);
    assertThat(mended).startsWith(java.util.Arrays.copyOf(right, end));
    assertThat(mended).isEqualTo(right);
  }

  @Test
  void says_what_is_wrong_when_a_result_is_refused() {
    fill();
    call(RowShape.SAME);
    MemorySegment memory = slot.memory();
    ColumnBuffer label = slot.buffer(SCHEMA.firstOutput(0));
    refuses(SlotLayout.STAGE_AT, 1, "slot 0: has stage 1, not 0");
    refuses(SlotLayout.ROWS_IN_AT, 13, "slot 0: has rows in 13, not 12");
    refuses(SlotLayout.SHAPE_AT, 7, "slot 0: has row shape 7");
    refuses(SlotLayout.OUTPUT_ROWS_AT, 11, "slot 0: claims 11 output rows of shape SAME");
    refuses(SlotLayout.REJECTED_AT, -1, "slot 0: claims 0 filtered and -1 rejected of 12 rows");
    refuses(SlotLayout.REJECTED_AT, 3, "slot 0: has rows marked as rejected 2, not 3");
    refuses(label.offsetsAt, 1, "slot 0: output column 'label' begins at offset 1");
    refuses(
        label.offsetsAt + 4 * ROWS,
        label.dataBytes + 1,
        "slot 0: output column 'label' claims "
            + (label.dataBytes + 1)
            + " of "
            + label.dataBytes
            + " bytes");
    refuses(label.offsetsAt + 4, 1 << 30, "slot 0: output column 'label' has offset ");
    int rejections = slot.places().rejectionsAt;
    refuses(rejections + 8, 4, "slot 0: rejects row 4 twice");
    refuses(rejections + 8, 5, "slot 0: has a rejection of row 5, which is not rejected");
    refuses(rejections + 4, 0, "slot 0: has a rejection text at 0");
    refuses(SlotLayout.ENTRIES_AT, 1 << 20, "slot 0: has 1048576 rejection entries");
    int first = memory.get(ValueLayout.JAVA_INT_UNALIGNED, label.dataAt);
    refuses(label.dataAt, first | 0xFF, "slot 0: output column 'label' is not UTF-8");
  }

  private void refuses(int place, int value, String message) {
    ValueLayout.OfInt layout = ValueLayout.JAVA_INT_UNALIGNED;
    int before = slot.memory().get(layout, place);
    slot.memory().set(layout, place, value);
    assertThatThrownBy(() -> slot.result(0))
        .isInstanceOf(CorruptSlotException.class)
        .hasMessageStartingWith(message);
    slot.memory().set(layout, place, before);
    slot.result(0);
  }
}
