package io.forebay.workers;

import io.forebay.slots.Slot;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A {@link StageFunction} as pools see it: measured, and able to call record by record. */
abstract sealed class PooledFunction implements StageFunction
    permits BatchCall, RecordCall, ValueCall, ExpanderCall {
  /** The times of the last call. */
  final Metering meter = new Metering();

  /** Whether the present call is withdrawn; null where none ever is, as in a worker process. */
  @Nullable BooleanSupplier withdrawn;

  @Override
  public final void call(Slot slot, int stage) {
    call(slot, stage, false);
  }

  /**
   * As {@link #call(Slot, int)}.
   *
   * @param singly whether to give the function one record at a time, with the crash cursor on it:
   *     for batches that have cost a worker
   */
  abstract void call(Slot slot, int stage, boolean singly);

  /**
   * Before a record: an interrupt is either meant for this call, or left behind by the record
   * before, and none of this one's business.
   */
  final void checkInterrupt() {
    if (Thread.interrupted()) {
      checkWithdrawn();
    }
  }

  /**
   * Returns if the record at hand is to blame for what was thrown: not where the call is withdrawn,
   * and not for an error of the virtual machine.
   */
  final void orBlame(Throwable error) {
    // For example a channel closed by the interrupt.
    if (Thread.interrupted() || error instanceof InterruptedException) {
      checkWithdrawn();
    }
    if (error instanceof VirtualMachineError fatal && !(error instanceof StackOverflowError)) {
      throw fatal;
    }
  }

  /** After a call: an interrupt that its function has left behind is forgotten. */
  final void forgetInterrupt() {
    if (Thread.interrupted() && isWithdrawn()) {
      Thread.currentThread().interrupt();
    }
  }

  private void checkWithdrawn() {
    if (isWithdrawn()) {
      Thread.currentThread().interrupt();
      throw new CallAbandonedException();
    }
  }

  private boolean isWithdrawn() {
    return withdrawn != null && withdrawn.getAsBoolean();
  }
}
