package io.forebay.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.errors.OutputOverflowException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random batches on their whole way, against rows on the heap. */
class SlotRandomTest {
  private static final Schema INPUT = Rows.everyType("in-");
  private static final Schema FIRST = Rows.everyType("a-");
  private static final Schema SECOND = Rows.everyType("b-");
  private static final SlotSchema SCHEMA = SlotSchema.of(INPUT, true, List.of(FIRST, SECOND));
  private static final List<RowShape> SHAPES = List.of(RowShape.values());
  private static final long SLOT_BYTES = 1 << 18;

  private final StagedRow staged = new StagedRow(SCHEMA);
  private Random random;

  /** Where the worker answers, if not in the slot. */
  private @Nullable MemorySegment reply;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void keeps_every_value_when_batches_pass_two_stages_in_another_process(long seed)
      throws IOException {
    System.out.println("seed " + seed);
    random = new Random(seed);
    try (SlotArea area = SlotArea.shared(2, SLOT_BYTES, 100);
        SlotArea other = SlotArea.attach(area.path().orElseThrow(), 2, SLOT_BYTES, 100)) {
      for (int batch = 0; batch < 400; batch++) {
        int number = batch % 2;
        run(area.slot(number, SCHEMA), other.slot(number, SCHEMA), batch);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 7})
  void keeps_every_value_when_the_other_process_can_only_read_the_slots(long seed)
      throws IOException {
    System.out.println("seed " + seed);
    random = new Random(seed);
    try (Arena arena = Arena.ofConfined();
        SlotArea area = SlotArea.shared(2, SLOT_BYTES, 100);
        SlotArea other = SlotArea.attach(area.path().orElseThrow(), 2, SLOT_BYTES, 100, false)) {
      reply = arena.allocate(SLOT_BYTES, 64);
      for (int batch = 0; batch < 400; batch++) {
        reply.fill((byte) random.nextInt());
        int number = batch % 2;
        run(area.slot(number, SCHEMA), other.slot(number, SCHEMA), batch);
      }
    }
  }

  /** The engine takes over what lies elsewhere; not if any of it was changed meanwhile. */
  private void takeReply(Slot slot, Slot worker, int stage) {
    if (reply == null) {
      return;
    }
    long seal = worker.sealReply(stage);
    for (int i = 0; i < 3; i++) {
      long at = random.nextLong(SlotLayout.STATUS_AT, SLOT_BYTES);
      byte was = reply.get(ValueLayout.JAVA_BYTE, at);
      reply.set(ValueLayout.JAVA_BYTE, at, (byte) (was ^ 1 << random.nextInt(8)));
      boolean used;
      try {
        used = worker.sealReply(stage) != seal;
      } catch (CorruptSlotException e) {
        used = true;
      }
      if (used) {
        assertThatThrownBy(() -> slot.takeReply(stage, seal))
            .as("a byte changed at %d", at)
            .isInstanceOf(CorruptSlotException.class);
      }
      reply.set(ValueLayout.JAVA_BYTE, at, was);
    }
    slot.takeReply(stage, seal);
  }

  @Test
  void keeps_every_value_when_batches_stay_in_the_process() {
    random = new Random(5);
    try (SlotArea area = SlotArea.local(1, SLOT_BYTES)) {
      Slot slot = area.slot(0, SCHEMA);
      for (int batch = 0; batch < 400; batch++) {
        run(slot, slot, batch);
      }
    }
  }

  private void run(Slot slot, Slot worker, int batch) {
    List<Object[]> rows = fill(slot, batch);
    check(slot, 0, rows);
    rows = stage(slot, worker, 0, FIRST, rows);
    check(slot, 1, rows);
    if (random.nextInt(3) == 0 && !rows.isEmpty()) {
      int at = random.nextInt(rows.size() + 1);
      SavedRows rest = slot.cut(at);
      assertThat(rest.rows()).isEqualTo(rows.size() - at);
      stage(slot, worker, 1, SECOND, rows.subList(0, at));
      slot.restore(rest);
      rows = rows.subList(at, rows.size());
    }
    if (random.nextInt(3) == 0) {
      int bits = random.nextInt();
      List<Object[]> kept = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        if ((bits >>> (i & 31) & 1) == 0) {
          kept.add(rows.get(i));
        }
      }
      slot.retain(1, row -> (bits >>> (row & 31) & 1) == 0);
      rows = kept;
    }
    check(slot, 1, rows);
    rows = stage(slot, worker, 1, SECOND, rows);
    check(slot, 2, rows);
  }

  private List<Object[]> fill(Slot slot, int batch) {
    slot.format(1 + random.nextInt(200), batch);
    List<Object[]> rows = new ArrayList<>();
    int maxLength = random.nextInt(20) == 0 ? 3000 : 40;
    while (true) {
      Object[] row = Rows.random(random, INPUT, maxLength);
      Rows.stage(staged, INPUT, row);
      byte[] extras = {'"', 'x', '"', ':', (byte) ('0' + rows.size() % 10)};
      if (rows.size() % 3 > 0) {
        staged.setExtras(extras, 0, extras.length);
      }
      if (!slot.append(staged, rows.size() % 7, 1000L * batch + rows.size())) {
        break;
      }
      rows.add(row);
    }
    assertThat(slot.rows()).isEqualTo(rows.size()).isPositive();
    Batch view = slot.view(0);
    for (int row = 0; row < rows.size(); row++) {
      assertThat(view.partition(row)).isEqualTo(row % 7);
      assertThat(view.sequence(row)).isEqualTo(1000L * batch + row);
      Object extras = Rows.read(view.extras().orElseThrow(), row);
      assertThat(extras).isEqualTo(row % 3 == 0 ? null : "\"x\":" + row % 10);
    }
    return rows;
  }

  /** One call; returns the rows that go on. */
  private List<Object[]> stage(
      Slot slot, Slot worker, int stage, Schema outputs, List<Object[]> rows) {
    RowShape shape = SHAPES.get(random.nextInt(3));
    List<Object[]> next = new ArrayList<>();
    if (slot != worker) {
      slot.publish(0);
      if (reply != null) {
        int buffer = random.nextInt(3); // Stands for any; the memory is the same.
        slot.replyTo(buffer, reply);
        worker.replyTo(buffer, reply);
      }
    }
    check(worker, stage, rows);
    CallWriter out = worker.beginCall(stage, shape);
    int filtered = 0;
    List<Integer> rejected = new ArrayList<>();
    try {
      for (int row = 0; row < rows.size(); row++) {
        int copies = shape == RowShape.ANY ? random.nextInt(3) : 1;
        int fate = random.nextInt(10);
        if (fate == 0) {
          out.reject(row, "no " + row % 5, "at x");
          rejected.add(row);
        } else if (fate == 1 && shape == RowShape.FEWER) {
          out.filter(row);
          filtered++;
        } else if (copies == 0) {
          filtered++;
        }
        for (int i = 0; i < copies; i++) {
          Object[] values = Rows.random(random, outputs, 30);
          int to = shape == RowShape.ANY ? out.emit(row) : row;
          Rows.write(out, outputs, to, values);
          if (fate > 0 && !(fate == 1 && shape == RowShape.FEWER)) {
            next.add(Rows.plus(rows.get(row), values));
          }
        }
      }
    } catch (OutputOverflowException e) {
      out.overflowed(out.overflowRow(e), 5);
      takeReply(slot, worker, stage);
      CallResult result = slot.result(stage);
      assertThat(result.overflowRow()).isBetween(0, rows.size() - 1);
      assertThat(rows.size()).isGreaterThan(1);
      SavedRows rest = slot.cut(Math.max(1, result.overflowRow()));
      int cut = slot.rows();
      List<Object[]> all =
          new ArrayList<>(stage(slot, worker, stage, outputs, rows.subList(0, cut)));
      slot.restore(rest);
      all.clear();
      all.addAll(stage(slot, worker, stage, outputs, rows.subList(cut, rows.size())));
      return all;
    }
    out.done(7, -1);
    takeReply(slot, worker, stage);
    CallResult result = slot.result(stage);
    assertThat(result.rowsOut()).isEqualTo(next.size());
    assertThat(result.filtered()).isEqualTo(filtered);
    assertThat(result.rejected())
        .extracting(CallResult.RejectedRow::row)
        .containsExactlyElementsOf(rejected);
    for (CallResult.RejectedRow row : result.rejected()) {
      assertThat(row.reason()).isEqualTo("no " + row.row() % 5);
      assertThat(row.detail()).isEqualTo("at x");
    }
    if (!slot.keep(result)) {
      assertThat(shape).isEqualTo(RowShape.ANY);
      SavedRows rest = slot.cut(Math.max(1, rows.size() / 2));
      int cut = slot.rows();
      stage(slot, worker, stage, outputs, rows.subList(0, cut));
      slot.restore(rest);
      return stage(slot, worker, stage, outputs, rows.subList(cut, rows.size()));
    }
    return next;
  }

  private void check(Slot slot, int stage, List<Object[]> rows) {
    Batch view = slot.view(stage);
    Rows.assertSame(view, rows);
    if (!rows.isEmpty()) {
      int from = random.nextInt(rows.size());
      int to = from + random.nextInt(rows.size() - from + 1);
      Rows.assertSame(view.slice(from, to), rows.subList(from, to));
    }
  }
}
