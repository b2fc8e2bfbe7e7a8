package io.forebay.connectors.file;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Lets a source that waits go on only when the test says so. */
final class Polls implements Waiting {
  private final Semaphore entered = new Semaphore(0);
  private final Semaphore released = new Semaphore(0);
  private final AtomicLong now = new AtomicLong();

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public void await(long nanos) throws InterruptedException {
    entered.release();
    released.acquire();
    now.addAndGet(nanos);
  }

  /** Returns when the source waits. */
  void rest() throws InterruptedException {
    enter();
    entered.release();
  }

  /** Lets the source wait so many times, and returns when it waits again. */
  void pass(int polls) throws InterruptedException {
    for (int i = 0; i < polls; i++) {
      enter();
      released.release();
    }
    rest();
  }

  /** Lets the source go on for one poll, after which it may have ended. */
  void released() throws InterruptedException {
    enter();
    released.release();
  }

  private void enter() throws InterruptedException {
    if (!entered.tryAcquire(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the source does not wait");
    }
  }
}
