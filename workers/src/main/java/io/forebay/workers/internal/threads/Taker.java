package io.forebay.workers.internal.threads;

import io.forebay.snapshot.StageTimes;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;

/**
 * A thread that takes pieces of calls from a {@link CallQueue}, and what it has taken last. Guarded
 * by the queue's lock, but for what the thread itself reads.
 */
final class Taker {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Nullable LocalCall call;
  int row;
  @Nullable Thread thread;

  /** When it took that. */
  long took;

  /** How many pieces it has done; of whole batches also their rows. */
  long pieces;

  long rows;

  /** When it ended its last call; only the thread itself asks. */
  long idleSince;

  /** CPU time of the thread, which is no virtual one; unknown where nobody tells. */
  long cpuNanos() {
    if (thread == null) {
      return 0;
    }
    return THREADS.isThreadCpuTimeSupported()
        ? THREADS.getThreadCpuTime(thread.threadId())
        : StageTimes.UNKNOWN;
  }
}
