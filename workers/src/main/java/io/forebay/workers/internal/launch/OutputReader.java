package io.forebay.workers.internal.launch;

import io.forebay.internal.concurrent.Doorbell;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Reads what the workers of a pool print, on a daemon thread of its own, because whoever logs it
 * may take his time. Looks often while something comes and some times a second otherwise: to be
 * blocked in a read of each pipe would take a thread each, and could not be ended while a
 * grandchild keeps the pipe open.
 */
public final class OutputReader implements Runnable {
  private static final long SHORTEST_NANOS = 1_000_000;
  private static final long LONGEST_NANOS = 100_000_000;

  private final List<WorkerOutput> outputs = new CopyOnWriteArrayList<>();
  private final Doorbell doorbell = new Doorbell();
  private final Thread thread;
  private volatile boolean closed;

  public OutputReader(String stage) {
    thread = Thread.ofPlatform().daemon().name("forebay-" + stage + "-output").unstarted(this);
    doorbell.attach(thread);
  }

  public void start() {
    thread.start();
  }

  public void add(WorkerOutput output) {
    outputs.add(output);
  }

  /** Reads the rest of what an ended worker has printed. */
  public OutputTail end(WorkerOutput output) {
    outputs.remove(output);
    return output.end();
  }

  public void close() {
    closed = true;
    doorbell.ring();
    try {
      thread.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean read(WorkerOutput output) {
    try {
      return output.poll();
    } catch (Throwable e) { // The others are read all the same: a full pipe stops its worker.
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      return false;
    }
  }

  @Override
  public void run() {
    long nanos = LONGEST_NANOS;
    while (!closed) {
      boolean some = false;
      for (WorkerOutput output : outputs) {
        some |= read(output);
      }
      nanos = some ? SHORTEST_NANOS : Math.min(LONGEST_NANOS, 2 * nanos);
      doorbell.await(nanos);
    }
  }
}
