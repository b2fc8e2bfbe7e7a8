package io.forebay.workers.internal.supervision;

import io.forebay.workers.api.WorkerPriority;
import io.forebay.workers.internal.launch.SessionPriority;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.process.ProcessStat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Notices workers that live, but give no sign of it, reads their CPU time, and gives their sessions
 * their priority. Belongs to the supervisor's thread; takes the lock of the {@link Fleet} to kill
 * one.
 */
final class HealthWatch {
  static final long TICK_NANOS = 250_000_000;
  private static final long SILENCE_NANOS = 10_000_000_000L;

  /** Who ends hangs up first; on a busy machine the kernel may take its time with the rest. */
  private static final long HUNG_UP_NANOS = 2_000_000_000L;

  private static final long NEVER = Long.MAX_VALUE;

  private static final Path PROCESSES = Path.of("/proc");

  private static final class Sign {
    long beat;
    long heardAt;
    long hungUpAt = NEVER;
    boolean lowered;
  }

  private final Fleet fleet;
  private final boolean beatsDuringCalls;
  private final WorkerPriority priority;
  private final Map<Worker, Sign> signs = new HashMap<>();
  private long lastTick;

  /**
   * @param beatsDuringCalls whether workers give signs of life whatever the function does
   * @param priority see {@link SessionPriority}
   */
  HealthWatch(Fleet fleet, boolean beatsDuringCalls, WorkerPriority priority, long now) {
    this.fleet = fleet;
    this.beatsDuringCalls = beatsDuringCalls;
    this.priority = priority;
    this.lastTick = now;
  }

  void begins(Worker worker, long now) {
    Sign sign = new Sign();
    sign.heardAt = now;
    sign.lowered = SessionPriority.lower(worker.process.pid(), priority);
    signs.put(worker, sign);
  }

  void ended(Worker worker) {
    signs.remove(worker);
  }

  /** Kills workers that give no sign of life, though this thread does run. */
  void listen(long now) {
    if (now - lastTick < TICK_NANOS) {
      return;
    }
    boolean late = now - lastTick > 10 * TICK_NANOS;
    lastTick = now;
    signs.forEach((worker, sign) -> {
      long beat = worker.ring.beat();
      if (beat != sign.beat || late) {
        sign.beat = beat;
        sign.heardAt = now;
      } else if (now - sign.heardAt > SILENCE_NANOS) {
        condemn(worker, Duration.ofNanos(now - sign.heardAt));
      }
      if (worker.hungUp && sign.hungUpAt == NEVER) {
        sign.hungUpAt = now;
      }
      if (sign.hungUpAt != NEVER
          && now - sign.hungUpAt > HUNG_UP_NANOS
          && !isEnding(worker.process.pid())) {
        hungUp(worker); // Who has hung up because it has ended has been reaped meanwhile.
      }
      ProcessStat stat = ProcessStat.of(worker.process.pid());
      worker.cpuNanos = stat == null ? worker.cpuNanos : stat.cpuNanos();
      sign.lowered = sign.lowered || SessionPriority.lower(worker.process.pid(), priority);
    });
  }

  /** Whether the kernel ends the process, or has: how, is told once that has come through. */
  static boolean isEnding(long process) {
    ProcessStat stat = ProcessStat.of(process);
    // Who is gone where processes are told has ended, of which this thread hears next.
    return stat == null ? Files.isDirectory(PROCESSES) : stat.ending();
  }

  private void hungUp(Worker worker) {
    fleet.lock.lock();
    try {
      fleet.condemn(worker, WorkerEnd.hungUp(worker.output.tail()));
    } finally {
      fleet.lock.unlock();
    }
  }

  private void condemn(Worker worker, Duration silence) {
    fleet.lock.lock();
    try {
      if (beatsDuringCalls || !worker.isCalling()) {
        fleet.condemn(worker, WorkerEnd.unresponsive(silence, worker.output.tail()));
      } // Otherwise the call's deadline decides.
    } finally {
      fleet.lock.unlock();
    }
  }
}
