package io.forebay.workers.internal.pools;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.workers.api.WhenFull;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lincheck looks for an interleaving in which a caller waits for ever for the one slot, two have it
 * at once, or it is lost, also when the stock is closed meanwhile.
 */
@Timeout(300)
public class SlotStockModelTest {
  private static final SlotSchema SCHEMA =
      SlotSchema.of(Schema.of(Field.of("n", ColumnType.INT64)), false, List.of());
  private static final Slot SLOT = SlotArea.local(1, 1 << 12).slot(0, SCHEMA);

  private final SlotStock stock = new SlotStock("pool", List.of(SLOT));
  private volatile boolean taken;

  @Operation
  public void call() {
    try {
      use(stock.take(WhenFull.block(), Long.MAX_VALUE));
    } catch (RejectedExecutionException e) {
      // Closed.
    }
  }

  @Operation
  public void tryCall() {
    use(stock.poll());
  }

  private void use(Slot slot) {
    if (slot != null) {
      if (taken) {
        throw new IllegalStateException("two have the slot");
      }
      taken = true;
      taken = false;
      stock.give(slot);
    }
  }

  @Operation(runOnce = true)
  public void close() {
    stock.close();
  }

  @Validate
  public void nothingIsLost() {
    try {
      if (!stock.awaitAll(0)) {
        throw new IllegalStateException("the slot is lost");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void lets_everybody_have_the_slot_in_every_interleaving() {
    new ModelCheckingOptions()
        .iterations(Integer.getInteger("forebay.scenarios", 1))
        .invocationsPerIteration(Integer.getInteger("forebay.invocations", 50))
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(0)
        .check(SlotStockModelTest.class);
  }
}
