package io.forebay.observe;

import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageKind;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.snapshot.StageTimes;
import io.forebay.snapshot.WorkerEnds;
import org.jspecify.annotations.Nullable;

/**
 * What a stage has done between two snapshots.
 *
 * @param stage as it was at the end
 * @param nanos how long that was
 * @param wall time in the function, all workers together
 */
record StageSpan(
    StageSnapshot stage,
    long nanos,
    double wall,
    StageTimes times,
    WorkerEnds ends,
    long records,
    long batches) {
  /** Calls that take longer make it plain that who has a batch is busy with it. */
  private static final double PLAIN_MILLIS = 5;

  static StageSpan of(@Nullable StageSnapshot begin, StageSnapshot end, long nanos, long elapsed) {
    boolean measured = end.times().wall() > 0 || end.times().occupied() > 0;
    double wall = measured ? end.times().wall() : end.busyShare() * end.workers() * elapsed;
    if (begin == null) {
      return new StageSpan(
          end, nanos, wall, end.times(), end.ends(), end.recordsIn(), end.batches());
    }
    return new StageSpan(
        end,
        nanos,
        measured ? wall - begin.times().wall() : end.busyShare() * end.workers() * nanos,
        end.times().since(begin.times()),
        end.ends().since(begin.ends()),
        end.recordsIn() - begin.recordsIn(),
        end.batches() - begin.batches());
  }

  String name() {
    return stage.name();
  }

  boolean isInline() {
    return stage.on().filter(on -> on == Placement.INLINE).isPresent();
  }

  boolean crossesBorder() {
    return stage.kind() == StageKind.CPU && !isInline() && stage.on().isPresent() && records > 0;
  }

  /** All the time that its workers have. */
  private double possible() {
    return (double) Math.max(1, nanos) * Math.max(1, stage.workers());
  }

  /** Share of that in which workers had a batch. */
  double occupied() {
    return Math.min(1, Math.max(wall, (double) times.occupied()) / possible());
  }

  /**
   * Share of that in which workers were busy with the function. Where calls have no core, workers
   * have none between them either: then it counts that they had a batch.
   */
  double busy() {
    boolean plain =
        batches == 0
            || stage.serviceMsP50() >= PLAIN_MILLIS
            || starved() >= Thresholds.HELD_UP_SHARE;
    return plain ? occupied() : Math.min(1, wall / possible());
  }

  /** Share of the workers that had a batch while at least one had. */
  double evenness() {
    return times.active() <= 0
        ? 1
        : Math.min(1, (double) times.occupied() / times.active() / Math.max(1, stage.workers()));
  }

  /** Share of the workers that called the function, or waited to be called, while one could. */
  double working() {
    double most = Math.max(1, times.active()) * Math.max(1, stage.workers());
    return Math.min(evenness(), (wall + times.transport()) / most);
  }

  /** Share of the time in which at least one worker had a batch. */
  double active() {
    return Math.min(1, (double) times.active() / Math.max(1, nanos));
  }

  /** CPU time against the time of calls. */
  double cpu() {
    if (times.measured() > 0) {
      return Math.min(1, (double) times.cpu() / times.measured());
    }
    if (times.processCpu() >= 0 && times.occupied() > 0) {
      return Math.min(1, (double) times.processCpu() / times.occupied());
    }
    return stage.cpuShare();
  }

  /** Whether no call has returned that was measured: what those under way do is not known. */
  boolean isUnmeasured() {
    return times.measured() <= 0 && times.runDelay() >= 0;
  }

  /** Share of the time of calls in which they had no core; negative if that is not known. */
  double starved() {
    return times.measured() > 0 && times.runDelay() >= 0
        ? Math.min(1 - cpu(), (double) times.runDelay() / times.measured())
        : -1;
  }

  /** Share of the time of calls in which they waited. */
  double waited() {
    return Math.max(0, 1 - cpu() - Math.max(0, starved()));
  }

  /** Share of the time of calls in which they waited for a lock. */
  double locked() {
    return wall <= 0 || times.lock() < 0 ? 0 : Math.min(1, times.lock() / wall);
  }

  /** Share of the workers' time that went into collections. */
  double collecting() {
    return times.gc() < 0 ? 0 : Math.min(1, times.gc() / possible());
  }

  /** Share of calls spent on crossing the border. */
  double transport() {
    double all = wall + times.transport();
    return times.transport() > 0 && all > 0 ? times.transport() / all : stage.transportShare();
  }

  double nanosPerRecord() {
    return records <= 0 ? 0 : wall / records;
  }

  /** Share of the workers' time that was lost to their ends: missing, or working in vain. */
  double lost() {
    if (ends.failures() == 0) {
      return 0;
    }
    double inVain = Math.max(0, times.occupied() - wall - times.transport());
    return Math.min(1, (ends.downNanos() + inVain) / possible());
  }
}
