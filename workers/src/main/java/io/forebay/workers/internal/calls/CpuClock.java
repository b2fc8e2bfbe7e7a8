package io.forebay.workers.internal.calls;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * CPU time of the calling thread. A reading costs a system call, and the first one loads the
 * management classes: see {@link Metering} for when it is taken.
 */
final class CpuClock {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final boolean SUPPORTED =
      THREADS.isCurrentThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();

  private CpuClock() {}

  /** CPU time of the calling thread, or -1 where the system does not tell. */
  static long nanos() {
    return SUPPORTED ? THREADS.getCurrentThreadCpuTime() : -1;
  }
}
