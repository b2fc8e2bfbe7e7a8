package io.forebay.engine;

import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.internal.concurrent.Doorbell;
import java.util.concurrent.atomic.LongAdder;

/**
 * One of the engine's two hands: the dispatcher and the sink runner. All its work is done in steps
 * that never wait; the waiting is outside, so that a simulation can drive both hands on one thread.
 */
interface Hand {
  /**
   * Does what can be done now.
   *
   * @return whether anything was done: if not, wait for the doorbell or {@link #nextStepIn}
   */
  boolean step(long now) throws Exception;

  /** After how many nanoseconds the next step is due although nothing rings. */
  long nextStepIn(long now);

  /** Whether there will be nothing to do any more. */
  boolean isDone();

  /** The steps of a hand on a thread of its own, which waits between them. */
  final class Driver implements AgentRunner.Step {
    private final Hand hand;
    private final Doorbell doorbell;
    private final Ticker ticker;
    private final LongAdder busyNanos;
    private boolean begun;
    private long now;

    Driver(Hand hand, Doorbell doorbell, Ticker ticker, LongAdder busyNanos) {
      this.hand = hand;
      this.doorbell = doorbell;
      this.ticker = ticker;
      this.busyNanos = busyNanos;
    }

    @Override
    public boolean step() throws Exception {
      if (!begun) {
        begun = true;
        doorbell.attach(Thread.currentThread());
        now = ticker.nanos();
      }
      if (hand.isDone()) {
        return false;
      }
      boolean progress = hand.step(now);
      long then = ticker.nanos();
      busyNanos.add(then - now);
      now = then;
      if (hand.isDone()) {
        return false;
      }
      if (!progress) {
        long wait = hand.nextStepIn(now);
        if (wait > 0) {
          doorbell.await(wait);
        }
        now = ticker.nanos();
      }
      return true;
    }
  }
}
