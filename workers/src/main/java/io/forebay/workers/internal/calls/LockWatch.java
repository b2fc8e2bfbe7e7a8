package io.forebay.workers.internal.calls;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long calls have waited for a lock that another thread had, by samples: a thread that is found
 * so counts for the time since it was looked at before. Locks are monitors and what {@code
 * java.util.concurrent} knows an owner of. Of one thread; {@link #nanos} for any.
 */
public final class LockWatch {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private long before = -1;
  private final LongAdder nanos = new LongAdder();

  /** Looks at these threads, those that are in no call left out. */
  public void sample(long[] threads, long now) {
    long passed = before < 0 ? 0 : now - before;
    before = now;
    long waited = 0;
    for (ThreadInfo thread : THREADS.getThreadInfo(threads)) {
      if (thread != null && thread.getLockOwnerId() >= 0) {
        waited += passed;
      }
    }
    nanos.add(waited);
  }

  /** Of all threads together. */
  public long nanos() {
    return nanos.sum();
  }
}
