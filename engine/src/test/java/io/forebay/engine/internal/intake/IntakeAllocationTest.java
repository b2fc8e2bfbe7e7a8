package io.forebay.engine.internal.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.forebay.Position;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.LatencyMeter;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is measured of records allocates nothing for one, from the intake to the commit. */
class IntakeAllocationTest {
  private static final int BATCH = 1_000;
  private static final SlotSchema SCHEMA =
      SlotSchema.of(
          Schema.of(
              Field.of("sensorId", ColumnType.STRING),
              Field.of("timestamp", ColumnType.TIMESTAMP_MS),
              Field.of("value", ColumnType.FLOAT64)),
          false,
          List.of());

  private final byte[] sensor = {'h', 'a', 'l', 'l'};
  private int readings;
  private long now;

  private final Ticker ticker =
      () -> {
        readings++;
        return now;
      };

  private final LatencyMeter latency = new LatencyMeter(ticker, () -> now / 1_000);
  private long sequence;
  private long bytes;

  /** As sources, the dispatcher and the sink runner do it, with nothing between. */
  private void pass(Intake intake, Partition partition, StagedRow row, int records)
      throws InterruptedException {
    for (int i = 1; i <= records; i++) {
      row.setBytes(0, sensor, 0, sensor.length);
      row.setLong(1, now / 1_000_000);
      row.setDouble(2, i);
      intake.append(partition, row, ++sequence, sequence);
      row.clear();
      now += 1_000;
      if (i % BATCH == 0) {
        InFlightBatch batch = intake.poll(now, BATCH, Integer.MAX_VALUE, 1_000_000_000);
        bytes += batch.slot.view(0).valueBytes();
        latency.written(batch.slot.view(0));
        latency.written(batch.arrivals);
        latency.committed();
        intake.release(batch.slot);
        intake.acknowledge(
            List.of(
                new AckTracker.Acknowledged(partition, new Position(sequence, sequence), BATCH)));
      }
    }
  }

  @Test
  void allocates_nothing_and_reads_no_clock_for_a_record() throws Exception {
    try (SlotArea area = SlotArea.local(2, 1 << 17)) {
      List<Slot> slots = List.of(area.slot(0, SCHEMA), area.slot(1, SCHEMA));
      Forebay forebay = new Forebay(ticker, slots, 1 << 17, 10 * BATCH);
      Intake intake = new Intake(forebay, ticker, new Doorbell(), new Doorbell(), 1);
      intake.poll(now, BATCH, Integer.MAX_VALUE, 1_000_000_000);
      Partition partition = intake.open(0, "s", "", Position.START);
      StagedRow row = new StagedRow(SCHEMA);
      pass(intake, partition, row, 100_000);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long thread = Thread.currentThread().threadId();
      long readBefore = readings;
      long before = threads.getThreadAllocatedBytes(thread);

      pass(intake, partition, row, 1_000_000);

      long allocated = threads.getThreadAllocatedBytes(thread) - before;
      assertThat(allocated / 1_000_000.0).as("bytes a record").isLessThan(8);
      assertThat((readings - readBefore) / 1_000_000.0).as("readings a record").isLessThan(0.05);
      assertThat(bytes).isEqualTo(1_100_000L * (4 + 8 + 8));
      assertThat(latency.latency().arrivalToCommit().records()).isEqualTo(1_100_000);
      assertThat(latency.latency().eventToCommit().records()).isEqualTo(1_100_000);
    }
  }
}
