package io.forebay.workers.internal.supervision;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.internal.concurrent.IdleStrategy;
import io.forebay.workers.api.MonotonicClock;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * How a thread waits for a result or for room: it settles all finished batches meanwhile, and takes
 * the seat at the {@link WorkerSelector} where there are none. Any thread but the supervisor's may
 * call.
 */
final class CompletionWait {
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final long SLEEP_NANOS = 10_000_000;

  private final Fleet fleet;
  private final Settlement settlement;
  private final WorkerSelector doorbell;

  /** Held by the one thread that stays awake. */
  private final ReentrantLock waiting = new ReentrantLock();

  @GuardedBy("waiting")
  private final IdleStrategy idle = new IdleStrategy(0, MonotonicClock::nanos);

  CompletionWait(Fleet fleet, Settlement settlement, WorkerSelector doorbell) {
    this.fleet = fleet;
    this.settlement = settlement;
    this.doorbell = doorbell;
  }

  /** Settles what is finished; if nothing is, sleeps until something is or {@code ready}. */
  void awaitProgress(BooleanSupplier ready) throws InterruptedException {
    if (settlement.settleFinished() || (waitAwake(ready) && settlement.settleFinished())) {
      return;
    }
    try {
      doorbell.selectFor(SLEEP_NANOS, () -> ready.getAsBoolean() || settlement.arm());
    } catch (IOException | ClosedSelectorException e) {
      // The pool is closed meanwhile; the caller looks at its state.
      Thread.onSpinWait();
    }
  }

  /**
   * Whether something may be finished, or {@code ready}, after a moment in which this thread did
   * not sleep. One thread at a time does that, and only while there is a core for it.
   */
  private boolean waitAwake(BooleanSupplier ready) {
    if (fleet.places.busy() >= CORES || !waiting.tryLock()) {
      return false;
    }
    try {
      return idle.awaitWork(() -> fleet.mayHaveFinished() || ready.getAsBoolean());
    } finally {
      waiting.unlock();
    }
  }
}
