package io.forebay.workers;

import io.forebay.slots.Slot;

/** A {@link StageFunction} as pools see it: measured, and able to call record by record. */
abstract sealed class PooledFunction implements StageFunction
    permits BatchCall, RecordCall, ValueCall, ExpanderCall {
  /** The times of the last call. */
  final Metering meter = new Metering();

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
}
