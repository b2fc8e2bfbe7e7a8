package io.forebay.engine.internal.heartbeat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.LatencyRecorder;
import io.forebay.snapshot.Punctuality;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Measures how late a thread runs what it is given. {@link Heartbeats} sends a beat every 10 ms,
 * but not before the last one has run; the thread runs it.
 */
final class Beat implements Runnable {
  static final long EVERY_NANOS = 10_000_000;
  static final long STALL_NANOS = Punctuality.STALL_MILLIS * 1_000_000L;
  private static final long LONGEST_NANOS = 86_400_000_000_000L;

  /** How late beats were, of one thread or of several that have one name. Thread-safe. */
  static final class Delays {
    final String name;

    @GuardedBy("this")
    private final LatencyRecorder delays = new LatencyRecorder(1_000_000_000, LONGEST_NANOS);

    @GuardedBy("this")
    private long stalls;

    Delays(String name) {
      this.name = name;
    }

    /** A beat was so late; those that fell into the same time would have been, too. */
    private synchronized void late(long nanos) {
      stalls += nanos >= STALL_NANOS ? 1 : 0;
      delays.took(nanos, 1);
      for (long each = nanos - EVERY_NANOS; each > 0; each -= EVERY_NANOS) {
        delays.took(each, 1);
      }
    }

    synchronized Punctuality read() {
      return new Punctuality(name, delays.read(), stalls);
    }
  }

  private final Delays delays;
  private final Executor executor;
  private final @Nullable Thread owner;
  private final Ticker ticker;

  @GuardedBy("this")
  private boolean underway;

  @GuardedBy("this")
  private long due;

  @GuardedBy("this")
  private boolean told;

  @GuardedBy("this")
  private @Nullable Thread ranOn;

  /**
   * Of a thread.
   *
   * @param executor runs what it is given on the thread
   * @param owner the thread; null if it is the one on which a beat runs
   */
  Beat(Delays delays, Executor executor, @Nullable Thread owner, Ticker ticker) {
    this.delays = delays;
    this.executor = executor;
    this.owner = owner;
    this.ticker = ticker;
  }

  String name() {
    return delays.name;
  }

  /** A beat is due: sends it, if none is under way. */
  void send(long dueAt) {
    synchronized (this) {
      if (underway) {
        return;
      }
      underway = true;
      due = dueAt;
    }
    executor.execute(this);
  }

  @Override
  public synchronized void run() {
    ranOn = Thread.currentThread();
    underway = false;
    told = false;
    delays.late(Math.max(0, ticker.nanos() - due));
  }

  /** How long it is held up, if that is a stall that was not asked about before; otherwise 0. */
  synchronized long newStall(long now) {
    if (!underway || told || now - due < STALL_NANOS) {
      return 0;
    }
    told = true;
    return now - due;
  }

  /** The thread, once it is known. */
  synchronized @Nullable Thread thread() {
    return owner == null ? ranOn : owner;
  }
}
