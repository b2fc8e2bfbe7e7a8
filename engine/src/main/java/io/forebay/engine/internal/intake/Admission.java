package io.forebay.engine.internal.intake;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.Rejection;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.measure.SourceMeter;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.internal.events.BackpressureEvent;
import io.forebay.slots.StagedRow;
import org.jspecify.annotations.Nullable;

/**
 * How a record gets into the {@link Forebay}: in its turn, when there is room and its partition has
 * credit; and whom that wakes. Everything is guarded by the lock of the {@link WaitQueue}.
 */
final class Admission {
  private static final int SPINS = 16;

  private final Forebay forebay;
  private final WaitQueue waiting;
  private final SourceMeter[] sources;
  private final Doorbell dispatcher;
  private final Doorbell sinkRunner;

  /** Rows of the open batch at which the dispatcher wants to be woken. */
  @GuardedBy("waiting.lock")
  private int wakeAtRows = 1;

  @GuardedBy("waiting.lock")
  private boolean wakeDispatcher;

  @GuardedBy("waiting.lock")
  private boolean ended;

  Admission(
      Forebay forebay,
      WaitQueue waiting,
      SourceMeter[] sources,
      Doorbell dispatcher,
      Doorbell sinkRunner) {
    this.forebay = forebay;
    this.waiting = waiting;
    this.sources = sources;
    this.dispatcher = dispatcher;
    this.sinkRunner = sinkRunner;
  }

  /**
   * Hands in a row, or a record that cannot be read where that is null; blocks while there is no
   * room or no credit.
   */
  @SuppressWarnings("GuardedBy") // acquire() takes the lock
  void handIn(
      Partition partition,
      @Nullable StagedRow row,
      long sequence,
      long offset,
      String reason,
      Rejection.Text text)
      throws InterruptedException {
    boolean ring;
    acquire();
    try {
      partition.checkFollows(sequence);
      boolean wait = waiting.spendBurst(partition);
      while (true) {
        if (ended) {
          throw new InterruptedException("the pipeline takes no more records");
        }
        if (!wait) {
          switch (attempt(partition, row, sequence, offset, reason, text)) {
            case TAKEN -> {
              return;
            }
            case NO_CREDIT -> {
              BackpressureEvent event = BackpressureEvent.begun();
              waiting.awaitCredit(partition);
              event.ended(partition.sourceName, partition.name(), "window");
            }
            case NO_ROOM -> wait = true;
          }
        }
        if (wait) {
          BackpressureEvent event = BackpressureEvent.begun();
          waiting.awaitTurn(partition);
          event.ended(partition.sourceName, partition.name(), "room");
          wait = false;
        }
      }
    } finally {
      waiting.leave(partition);
      ring = wakeDispatcher;
      wakeDispatcher = false;
      waiting.lock.unlock();
      if (ring) {
        dispatcher.ring();
      }
    }
  }

  /**
   * As {@link #handIn}, without waiting: for a simulation, whose sources come again. Who lacks
   * credit waits for it until then.
   */
  Forebay.Outcome tryHandIn(
      Partition partition,
      @Nullable StagedRow row,
      long sequence,
      long offset,
      String reason,
      Rejection.Text text) {
    Forebay.Outcome outcome;
    boolean ring;
    waiting.lock.lock();
    try {
      if (partition.waitsForCredit) {
        waiting.hasCredit(partition);
      }
      outcome = attempt(partition, row, sequence, offset, reason, text);
      ring = wakeDispatcher;
      wakeDispatcher = false;
    } finally {
      waiting.lock.unlock();
    }
    if (ring) {
      dispatcher.ring();
    }
    return outcome;
  }

  @GuardedBy("waiting.lock")
  private Forebay.Outcome attempt(
      Partition partition,
      @Nullable StagedRow row,
      long sequence,
      long offset,
      String reason,
      Rejection.Text text) {
    Forebay.Outcome outcome =
        row == null
            ? forebay.tryReject(partition, sequence, offset, reason, text)
            : forebay.tryAppend(partition, row, sequence, offset);
    switch (outcome) {
      case TAKEN -> taken(partition, row == null ? 0 : row.bytes());
      case NO_CREDIT -> lacksCredit(partition);
      case NO_ROOM -> {}
    }
    return outcome;
  }

  private void acquire() {
    for (int spin = 0; spin < SPINS; spin++) {
      if (waiting.lock.tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    waiting.lock.lock();
  }

  @GuardedBy("waiting.lock")
  private void taken(Partition partition, int bytes) {
    sources[partition.source].taken(++partition.records, bytes);
    InFlightBatch open = forebay.open();
    if (open == null || open.records == 1 || open.slot.rows() >= wakeAtRows) {
      wakeAtRows = Integer.MAX_VALUE;
      wakeDispatcher = true;
    }
  }

  @GuardedBy("waiting.lock")
  private void lacksCredit(Partition partition) {
    InFlightBatch open = forebay.open();
    if (open != null && partition.spanBatch == open.sequence) {
      forebay.closeOpen(); // What it waits for must not wait for company.
    }
    waiting.lacksCredit(partition);
    dispatcher.ring();
    sinkRunner.ring(); // All its records may be written: then they are committed at once.
  }

  /** The dispatcher wants to be woken when the open batch has so many rows. */
  void wakeAt(int rows) {
    waiting.lock.lock();
    try {
      wakeAtRows = rows;
    } finally {
      waiting.lock.unlock();
    }
  }

  /** Takes no more records from now on: who waits here is interrupted. */
  void end() {
    waiting.lock.lock();
    try {
      ended = true;
      waiting.end();
    } finally {
      waiting.lock.unlock();
    }
  }

  /** Whether no more records are taken. */
  boolean isEnded() {
    waiting.lock.lock();
    try {
      return ended;
    } finally {
      waiting.lock.unlock();
    }
  }
}
