package io.forebay.workers.internal.supervision;

import io.forebay.internal.concurrent.Doorbell;
import io.forebay.workers.api.MonotonicClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Where the engine's threads sleep until a worker rings. One thread at a time has the seat at the
 * door. The supervisor has it while nobody else wants it; a thread that waits for a result or for
 * room takes it, because to be woken by the supervisor would cost it a second wake-up. The
 * supervisor stays away for {@link #LINGER_NANOS} after such a helper was there: where batches are
 * small, the submitter comes back some microseconds later.
 *
 * <p>{@code seat} guards the selector's keys. Lock order: seat before the pool's lock.
 */
final class WorkerSelector {
  private static final long LINGER_NANOS = 1_000_000;

  private final ReentrantLock seat = new ReentrantLock();
  private final Selector selector;
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(256);
  private volatile int helpers;
  private volatile long helpedAt;
  private volatile boolean supervisorSits;

  /** Where the supervisor sleeps while a helper has the seat. */
  private final Doorbell supervisor = new Doorbell();

  WorkerSelector() throws IOException {
    selector = Selector.open();
    helpedAt = MonotonicClock.nanos() - LINGER_NANOS;
  }

  /** Hears a worker from now on. */
  void add(Worker worker) throws IOException {
    worker.channel.register(selector, SelectionKey.OP_READ, worker);
    wakeUp();
  }

  /** Ends the sleep of whoever sleeps. */
  void wakeUp() {
    selector.wakeup();
    supervisor.ring();
  }

  /** The supervisor's sleep: up to {@code nanos}, unless {@code ready} says that it need not. */
  void superviseFor(long nanos, BooleanSupplier ready) throws IOException {
    supervisor.attach(Thread.currentThread());
    if (helpers > 0 || MonotonicClock.nanos() - helpedAt < LINGER_NANOS) {
      supervisor.await(Math.min(nanos, LINGER_NANOS));
      return;
    }
    seat.lock();
    try {
      supervisorSits = true;
      if (helpers == 0 && !ready.getAsBoolean()) {
        select(nanos);
      }
    } finally {
      supervisorSits = false;
      seat.unlock();
    }
  }

  /** A helper's sleep: until a worker rings or {@code nanos} have passed. */
  void selectFor(long nanos, BooleanSupplier ready) throws IOException, InterruptedException {
    changeHelpers(1);
    try {
      if (supervisorSits) {
        selector.wakeup();
      }
      seat.lockInterruptibly();
      try {
        if (!ready.getAsBoolean()) {
          select(nanos);
        }
      } finally {
        seat.unlock();
      }
    } finally {
      helpedAt = MonotonicClock.nanos();
      changeHelpers(-1);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  void close() throws IOException {
    selector.close();
  }

  private synchronized void changeHelpers(int by) {
    helpers += by;
  }

  private void select(long nanos) throws IOException {
    selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999)));
    Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
    while (keys.hasNext()) {
      SelectionKey key = keys.next();
      keys.remove();
      hear(key);
    }
  }

  private void hear(SelectionKey key) {
    Worker worker = (Worker) key.attachment();
    int read;
    try {
      read = worker.channel.read(bytes.clear());
    } catch (IOException e) {
      read = -1;
    }
    if (read < 0) {
      key.cancel();
      worker.hungUp = true;
    }
  }
}
