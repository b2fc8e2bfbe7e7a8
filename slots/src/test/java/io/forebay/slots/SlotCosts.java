package io.forebay.slots;

import io.forebay.Batch;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64Writer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * What the steps of a batch cost, in nanoseconds of CPU time: a quick look, not a benchmark. Run it
 * with {@code java -cp api/target/classes:slots/target/classes:slots/target/test-classes
 * io.forebay.slots.SlotCosts [local]}.
 */
final class SlotCosts {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int SLOTS = 32;
  private static final Schema INPUT =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));
  private static final Schema OUTPUTS =
      Schema.of(
          Field.of("normalized", ColumnType.FLOAT64), Field.of("feature", ColumnType.FLOAT64));
  private static final SlotSchema SCHEMA = SlotSchema.of(INPUT, false, List.of(OUTPUTS));

  private final Slot[] slots = new Slot[SLOTS];
  private final Slot[] workers = new Slot[SLOTS];
  private final StagedRow staged = new StagedRow(SCHEMA);
  private final byte[][] ids = new byte[1000][];

  private SlotCosts(SlotArea area, SlotArea other) {
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = area.slot(i, SCHEMA);
      workers[i] = other.slot(i, SCHEMA);
    }
    for (int i = 0; i < ids.length; i++) {
      ids[i] = ("sensor-" + i).getBytes(StandardCharsets.UTF_8);
    }
  }

  public static void main(String[] arguments) throws IOException {
    long bytes = 1 << 20;
    if (arguments.length > 0 && arguments[0].equals("local")) {
      try (SlotArea area = SlotArea.local(SLOTS, bytes)) {
        measureAll(new SlotCosts(area, area));
      }
      return;
    }
    try (SlotArea area = SlotArea.shared(SLOTS, bytes, 0);
        SlotArea other = SlotArea.attach(area.path().orElseThrow(), SLOTS, bytes, 0)) {
      measureAll(new SlotCosts(area, other));
    }
  }

  private static void measureAll(SlotCosts costs) {
    for (int sensors : new int[] {4, 1000}) {
      for (int rows : new int[] {20, 1000, 10_000}) {
        costs.measure(sensors, rows);
      }
    }
  }

  private void measure(int sensors, int rows) {
    int batches = Math.max(2000, 4_000_000 / rows);
    for (int round = 0; round < 6; round++) {
      double stage = time(batches, i -> stageOnly(sensors, rows)) / rows;
      double fill = time(batches, i -> fill(slots[i % SLOTS], sensors, rows));
      double format = time(batches, i -> slots[i % SLOTS].format(rows, i));
      for (Slot slot : slots) {
        fill(slot, sensors, rows);
      }
      boolean foreign = slots[0] != workers[0];
      double publish = foreign ? time(batches, i -> slots[i % SLOTS].publish(0)) : 0;
      double view = time(batches, i -> view(i % SLOTS, foreign));
      double empty = time(batches, i -> emptyCall(i % SLOTS, foreign));
      double full = time(batches, i -> lectureCall(i % SLOTS, foreign));
      if (round == 5) {
        System.out.printf(
            Locale.ROOT,
            "%-6s %4d sensors, %5d rows: stage %.1f/row, stage+append %.1f/row, format %.0f,"
                + " publish %.0f, view+column %.0f, empty call+result %.0f, call+result %.0f ="
                + " %.2f/row%n",
            foreign ? "shared" : "local",
            sensors,
            rows,
            stage,
            (fill - format) / rows,
            format,
            publish,
            view,
            empty,
            full,
            full / rows);
      }
    }
  }

  private static double time(int count, IntConsumer body) {
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < count; i++) {
      body.accept(i);
    }
    return (double) (THREADS.getCurrentThreadCpuTime() - start) / count;
  }

  private void stageOnly(int sensors, int rows) {
    for (int row = 0; row < rows; row++) {
      stage(sensors, row);
    }
  }

  private void stage(int sensors, int row) {
    byte[] id = ids[row % sensors];
    staged.clear();
    staged.setBytes(0, id, 0, id.length);
    staged.setLong(1, row);
    staged.setDouble(2, row * 0.5);
  }

  private void fill(Slot slot, int sensors, int rows) {
    slot.format(rows, 1);
    for (int row = 0; row < rows; row++) {
      stage(sensors, row);
      if (!slot.append(staged, 0, row)) {
        throw new IllegalStateException("row " + row + " of " + slot.rowCapacity());
      }
    }
  }

  private void view(int slot, boolean foreign) {
    if (foreign) {
      slots[slot].publish(0);
    }
    if (workers[slot].view(0).float64("value").get(1) != 0.5) {
      throw new IllegalStateException();
    }
  }

  private void emptyCall(int slot, boolean foreign) {
    if (foreign) {
      slots[slot].publish(0);
    }
    CallWriter writer = workers[slot].beginCall(0, RowShape.SAME);
    writer.done(1, -1);
    slots[slot].result(0);
  }

  private void lectureCall(int slot, boolean foreign) {
    if (foreign) {
      slots[slot].publish(0);
    }
    Slot worker = workers[slot];
    Batch in = worker.view(0);
    CallWriter out = worker.beginCall(0, RowShape.SAME);
    compute(in, out);
    out.done(1, -1);
    slots[slot].result(0);
  }

  private static void compute(Batch in, CallWriter out) {
    Float64Column value = in.float64("value");
    Float64Writer normalized = out.float64("normalized");
    Float64Writer feature = out.float64("feature");
    int rows = in.rows();
    for (int row = 0; row < rows; row++) {
      double x = value.get(row);
      normalized.set(row, (x - 20) / 60);
      feature.set(row, x * 2);
    }
  }
}
