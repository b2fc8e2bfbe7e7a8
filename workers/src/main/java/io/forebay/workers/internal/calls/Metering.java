package io.forebay.workers.internal.calls;

import io.forebay.workers.api.MonotonicClock;

/**
 * Measures one function's calls: wall time always, CPU time where it costs nothing against the
 * call, which is after a call of at least {@link #WORTH_NANOS} and otherwise on every {@link
 * #SAMPLE}th call; the run delay in the same way, from {@link #DELAY_WORTH_NANOS} on. The first
 * call is never measured, so that a worker answers it before it loads what measuring needs. Belongs
 * to one thread.
 */
public final class Metering {
  private static final long WORTH_NANOS = 50_000;
  private static final long DELAY_WORTH_NANOS = 400_000;
  private static final int SAMPLE = 64;

  private final RunDelay runDelay = new RunDelay();
  private int calls;
  private long began;
  private long cpuBegan;
  private long delayBegan;
  private long ended;
  private long lastServiceNanos;

  /** A call begins now. */
  void begin() {
    boolean sample = ++calls % SAMPLE == 0;
    boolean known = calls > 1;
    delayBegan = known && (lastServiceNanos >= DELAY_WORTH_NANOS || sample) ? runDelay.nanos() : -1;
    cpuBegan = known && (lastServiceNanos >= WORTH_NANOS || sample) ? CpuClock.nanos() : -1;
    began = MonotonicClock.nanos();
  }

  /** The call ends now. */
  void end() {
    ended = MonotonicClock.nanos();
    lastServiceNanos = ended - began;
  }

  /** When the call began. */
  public long began() {
    return began;
  }

  /** When the call ended. */
  public long ended() {
    return ended;
  }

  /** Wall time of the call. */
  public long serviceNanos() {
    return lastServiceNanos;
  }

  /**
   * CPU time since the call began, -1 if it is not measured; asked for right after {@link #end}.
   */
  long cpuNanos() {
    return cpuBegan < 0 ? -1 : CpuClock.nanos() - cpuBegan;
  }

  /** As {@link #cpuNanos}: how long the thread could have run but had no core. */
  long runDelayNanos() {
    long now = delayBegan < 0 ? -1 : runDelay.nanos();
    return now < 0 ? -1 : Math.max(0, now - delayBegan);
  }
}
