package io.forebay.benchmarks;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.slots.CallResult;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.StageFunction;
import io.forebay.workers.functions.BoundFunction;
import java.util.List;

/**
 * A function that is called on a batch that lies in a slot, as a stage calls it, on the thread that
 * calls.
 */
final class SlotCall implements AutoCloseable {
  private final SlotArea area;
  private final Slot slot;
  private final StageFunction function;

  /** Writes a row. */
  interface Filling {
    void fill(StagedRow row, int number);
  }

  /**
   * Binds the function and fills the slot.
   *
   * @param bytes the room for the batch, its results and the slot's own bookkeeping
   */
  SlotCall(FunctionSpec spec, Schema input, int rows, long bytes, Filling filling) {
    BoundFunction bound = FunctionBinder.bind(spec, input);
    SlotSchema schema = SlotSchema.of(input, false, List.of(bound.outputs()));
    this.function = bound.newInstance();
    this.area = SlotArea.local(1, bytes);
    this.slot = area.slot(0, schema);
    slot.format(rows, 0);
    StagedRow row = new StagedRow(schema);
    for (int number = 0; number < rows; number++) {
      row.clear();
      filling.fill(row, number);
      if (!slot.append(row, 0, number)) {
        throw new IllegalStateException("row " + number + " does not fit");
      }
    }
  }

  /** Calls the function so many times; how many seconds it took. */
  double seconds(int times) {
    long begin = System.nanoTime();
    for (int time = 0; time < times; time++) {
      function.call(slot, 0);
      CallResult result = slot.result(0);
      if (result.rowsOut() != result.rowsIn()) {
        throw new IllegalStateException("the function did not return every row: " + result);
      }
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  /** The rows with what the last call has made of them. */
  Batch results() {
    return slot.view(1);
  }

  @Override
  public void close() {
    area.close();
  }
}
