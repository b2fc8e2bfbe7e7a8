package io.forebay.engine.internal.intake;

import io.forebay.Position;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lincheck looks for an interleaving in which somebody waits for ever. There is one slot and a
 * batch has one row: who appends fills the forebay, and frees it again by taking a batch. So every
 * operation ends, unless a wake-up gets lost.
 */
@Timeout(300)
public class IntakeModelTest {
  private static final SlotSchema SCHEMA =
      SlotSchema.of(Schema.of(Field.of("n", ColumnType.INT64)), false, List.of());
  private static final SlotArea AREA = SlotArea.local(1, 1 << 12);

  private final Forebay forebay =
      new Forebay(() -> 0, List.of(AREA.slot(0, SCHEMA)), 1 << 12, 1_000);
  private final Intake intake = new Intake(forebay, () -> 0, new Doorbell(), new Doorbell(), 1);
  private int partitions;

  /** A source hands in a record and plays the dispatcher and the sink for one batch. */
  @Operation
  public void carry() throws InterruptedException {
    Partition partition = open();
    StagedRow row = new StagedRow(SCHEMA);
    row.setLong(0, 1);
    intake.append(partition, row, 1, 1);
    InFlightBatch batch = intake.poll(0, 1, 1, Long.MAX_VALUE);
    if (batch != null) {
      intake.release(batch.slot);
    }
  }

  private synchronized Partition open() {
    return intake.open(0, "s", "p" + partitions++, Position.START);
  }

  @Test
  void lets_everybody_through_in_every_interleaving() {
    new ModelCheckingOptions()
        .iterations(1)
        .invocationsPerIteration(Integer.getInteger("forebay.invocations", 250))
        .threads(3)
        .actorsPerThread(1)
        .actorsBefore(0)
        .actorsAfter(0)
        .check(IntakeModelTest.class);
  }
}
