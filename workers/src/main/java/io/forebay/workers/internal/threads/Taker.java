package io.forebay.workers.internal.threads;

import io.forebay.snapshot.StageTimes;
import io.forebay.snapshot.WorkerSnapshot;
import io.forebay.workers.api.MonotonicClock;
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

  /** When it took that, where it is a whole batch: for a row nobody asks. */
  private long took;

  /** How many whole batches it has done, and their rows. */
  private long batches;

  private long rows;

  /** When it ended its last call; only the thread itself asks. */
  long idleSince;

  /** Takes the next piece of a call. */
  void begin(LocalCall next) {
    call = next;
    row = next.begun++;
    if (next.rows == null) {
      took = MonotonicClock.nanos();
    }
  }

  /** It has done what it took. */
  void end() {
    if (call != null && call.rows == null) {
      batches++;
      rows += call.slot.rows();
    }
    call = null;
  }

  void interrupt() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** What it does, where it calls whole batches. */
  WorkerSnapshot snapshot(int place, long now) {
    return new WorkerSnapshot(
        place,
        call == null ? WorkerSnapshot.State.IDLE : WorkerSnapshot.State.BUSY,
        0,
        call == null ? 0 : call.slot.rows(),
        call == null ? 0 : Math.max(0, now - took),
        batches,
        rows,
        cpuNanos(),
        0);
  }

  /** CPU time of the thread, which is no virtual one; unknown where nobody tells. */
  private long cpuNanos() {
    if (thread == null) {
      return 0;
    }
    return THREADS.isThreadCpuTimeSupported()
        ? THREADS.getThreadCpuTime(thread.threadId())
        : StageTimes.UNKNOWN;
  }
}
