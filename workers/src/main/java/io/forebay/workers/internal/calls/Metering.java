package io.forebay.workers.internal.calls;

import io.forebay.workers.api.MonotonicClock;

/**
 * Measures one function's calls: wall time always, CPU time where it costs nothing against the
 * call, which is after a call of at least {@link #WORTH_NANOS} and otherwise on every {@link
 * #SAMPLE}th call. The first call is never measured, so that a worker answers it before it loads
 * what measuring needs. Belongs to one thread.
 */
public final class Metering {
  private static final long WORTH_NANOS = 50_000;
  private static final int SAMPLE = 64;

  private int calls;
  private long began;
  private long cpuBegan;
  private long ended;
  private long lastServiceNanos;

  /** A call begins now. */
  void begin() {
    boolean measure = calls++ > 0 && (lastServiceNanos >= WORTH_NANOS || calls % SAMPLE == 0);
    cpuBegan = measure ? CpuClock.nanos() : -1;
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
}
