package io.forebay.workers.internal.calls;

import io.forebay.Batch;
import io.forebay.slots.CallWriter;
import io.forebay.slots.Slot;
import io.forebay.workers.api.StageFunction;
import io.forebay.workers.internal.binding.ErrorText;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A {@link StageFunction} as pools see it: measured, and able to call record by record. */
public abstract sealed class PooledFunction implements StageFunction permits BatchCall, RowCall {
  /** The times of the last call. */
  public final Metering meter = new Metering();

  /** Whether the present call is withdrawn; null where none ever is, as in a worker process. */
  public @Nullable BooleanSupplier withdrawn;

  /** In a worker process: what it was before the first call. */
  private @Nullable GlobalState globalState;

  /** The only row that is called, -1 for all. */
  private int only = -1;

  PooledFunction() {
    ErrorText.endAt(getClass());
  }

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
  public abstract void call(Slot slot, int stage, boolean singly);

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
  final void rethrowUnlessRowFault(Throwable error) {
    // For example a channel closed by the interrupt.
    if (Thread.interrupted() || error instanceof InterruptedException) {
      checkWithdrawn();
    }
    if (error instanceof VirtualMachineError fatal && !(error instanceof StackOverflowError)) {
      throw fatal;
    }
    if (globalState != null) {
      CallThread.endIfExhausted(error);
    }
  }

  /** After a call: an interrupt that its function has left behind is forgotten. */
  public final void forgetInterrupt() {
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

  /** Calls the function with one record of the batch. What it returns is forgotten. */
  public final void callAlone(Slot slot, int stage, int row) {
    only = row;
    try {
      call(slot, stage, true);
    } finally {
      only = -1;
    }
  }

  /** The function runs in a process of its own, which is from now on to be what it is now. */
  public final void keep(GlobalState atFirst) {
    globalState = atFirst;
  }

  /** Whether a row that has thrown is to be called once more. */
  final boolean prepareRepeat(Throwable error, int row) {
    boolean interrupted =
        Thread.currentThread().isInterrupted() || error instanceof InterruptedException;
    rethrowUnlessRowFault(error);
    return globalState != null && globalState.restoreToRepeat(interrupted, row);
  }

  /** The rows to call the function with. */
  final Batch input(Slot slot, int stage) {
    if (globalState != null) {
      globalState.beginCall();
    }
    Batch all = slot.view(stage);
    return only < 0 ? all : all.slice(only, only + 1);
  }

  /** Notes the row of {@link #input} that is in work, -1 for none. */
  final void cursor(Slot slot, int row) {
    slot.crashCursor(only < 0 || row < 0 ? row : only);
  }

  /** The call has ended well. */
  final void done(CallWriter out) {
    if (only < 0) {
      out.done(meter.serviceNanos(), meter.cpuNanos(), meter.runDelayNanos());
    } else {
      out.overflowed(0, meter.serviceNanos()); // No answer but that it returned.
    }
  }
}
