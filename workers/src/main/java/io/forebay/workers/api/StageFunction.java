package io.forebay.workers.api;

import io.forebay.slots.Slot;

/** An instance of a bound function, called by one thread at a time. */
public interface StageFunction {
  /**
   * Calls the function on the whole batch in the slot and ends the call in the slot's header: rows
   * that make the function throw are found and rejected, all others are computed; output that does
   * not fit is reported as overflow. Never throws for what the function does; errors of the virtual
   * machine pass.
   */
  void call(Slot slot, int stage);
}
