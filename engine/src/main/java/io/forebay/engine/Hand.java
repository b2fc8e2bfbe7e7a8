package io.forebay.engine;

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

  /** Drives {@code hand} on the calling thread until it is done or the thread is interrupted. */
  static void drive(Hand hand, Doorbell doorbell, Ticker ticker, LongAdder busyNanos)
      throws Exception {
    doorbell.attach(Thread.currentThread());
    long now = ticker.nanos();
    while (!hand.isDone()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      boolean progress = hand.step(now);
      long then = ticker.nanos();
      busyNanos.add(then - now);
      now = then;
      if (!progress && !hand.isDone()) {
        long wait = hand.nextStepIn(now);
        if (wait > 0) {
          doorbell.await(wait);
        }
        now = ticker.nanos();
      }
    }
  }
}
