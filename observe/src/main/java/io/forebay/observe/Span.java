package io.forebay.observe;

import io.forebay.snapshot.EngineTimes;
import io.forebay.snapshot.HostTimes;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.SourceTimes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline has done between two snapshots: differences of what they count.
 *
 * @param end the later snapshot
 * @param nanos how long that was
 * @param read records that came meanwhile
 * @param held share of the time in which sources could not go on, or had come to their end
 */
record Span(
    PipelineSnapshot end,
    long nanos,
    long read,
    Held held,
    EngineTimes engine,
    HostTimes host,
    List<StageSpan> stages,
    List<SinkSpan> sinks) {
  /**
   * What held the sources up, as shares of the time.
   *
   * @param blocked the one that waited most, for room or for credit, averaged over its partitions
   * @param room some partition waited for a slot
   * @param credit some partition waited for its window
   * @param over all sources had come to their end
   * @param shortOfCredit how many partitions waited for credit at a time
   */
  record Held(double blocked, double room, double credit, double over, double shortOfCredit) {
    /** Share of the time in which more records would have come. */
    double share() {
      return Math.min(1, Math.max(blocked, Math.min(1, room + credit)) * (1 - over) + over);
    }
  }

  /** The whole run up to a snapshot, from when sources were started. */
  static Span whole(PipelineSnapshot end) {
    return of(null, end);
  }

  static Span between(PipelineSnapshot begin, PipelineSnapshot end) {
    return of(begin, end);
  }

  private static Span of(@Nullable PipelineSnapshot begin, PipelineSnapshot end) {
    long from =
        begin == null
            ? end.engine().starting()
            : Math.max(begin.elapsed().toNanos(), end.engine().starting());
    long nanos = Math.max(1, end.elapsed().toNanos() - from);
    EngineTimes engine = begin == null ? end.engine() : end.engine().since(begin.engine());
    List<StageSpan> stages = new ArrayList<>();
    for (int i = 0; i < end.stages().size(); i++) {
      stages.add(
          StageSpan.of(
              begin == null ? null : begin.stages().get(i),
              end.stages().get(i),
              nanos,
              end.elapsed().toNanos()));
    }
    List<SinkSpan> sinks = new ArrayList<>();
    for (int i = 0; i < end.sinks().size(); i++) {
      sinks.add(
          SinkSpan.of(begin == null ? null : begin.sinks().get(i), end.sinks().get(i), nanos));
    }
    return new Span(
        end,
        nanos,
        end.records().read() - (begin == null ? 0 : begin.records().read()),
        held(begin, end, engine, nanos),
        engine,
        begin == null ? end.host() : end.host().since(begin.host()),
        stages,
        sinks);
  }

  private static Held held(
      @Nullable PipelineSnapshot begin, PipelineSnapshot end, EngineTimes engine, long nanos) {
    double blocked = 0;
    long creditNanos = 0;
    long active = 0;
    for (int i = 0; i < end.sources().size(); i++) {
      SourceSnapshot source = end.sources().get(i);
      if (source.times().activeNanos() <= 0) {
        blocked = Math.max(blocked, source.blockedShare());
        active = nanos;
        continue;
      }
      SourceTimes times =
          begin == null ? source.times() : source.times().since(begin.sources().get(i).times());
      long since = begin == null ? times.activeNanos() - engine.starting() : times.activeNanos();
      double possible = (double) Math.max(1, since) * Math.max(1, times.partitions());
      blocked = Math.max(blocked, (times.roomNanos() + times.creditNanos()) / possible);
      active = Math.max(active, since);
      creditNanos += times.creditNanos();
    }
    boolean ended = end.sources().stream().allMatch(SourceSnapshot::finished);
    double over = ended ? Math.max(0, 1 - (double) active / nanos) : 0;
    return new Held(
        Math.min(1, blocked),
        share(engine.roomWait(), Math.max(1, active)),
        share(engine.creditWait(), Math.max(1, active)),
        over,
        (double) creditNanos / Math.max(1, active));
  }

  private static double share(long part, long whole) {
    return Math.clamp((double) part / whole, 0, 1);
  }

  double seconds() {
    return nanos / 1e9;
  }

  /** Whether all that has happened so far is mostly the starting and warming up of workers. */
  boolean isOfShortRun() {
    return end.elapsed().toNanos() - end.engine().starting() < Thresholds.SHORT_SECONDS * 1e9;
  }

  /** For how much of the time the dispatcher was busy. */
  double dispatcher() {
    return engine.dispatcher() > 0 ? share(engine.dispatcher(), nanos) : end.dispatcherBusyShare();
  }

  /**
   * For how much of the time the outputs were busy. A single sink and dead letter are written by
   * one thread, so that their shares add up; several sinks are written at the same time, each by a
   * thread of its own.
   */
  double outputs() {
    boolean atOnce = sinks.stream().filter(sink -> !sink.isDeadLetter()).count() > 1;
    DoubleStream shares = sinks.stream().mapToDouble(SinkSpan::busy);
    return atOnce ? shares.max().orElse(0) : Math.min(1, shares.sum());
  }

  Optional<SinkSpan> busiestSink() {
    return sinks.stream().max(Comparator.comparingDouble(SinkSpan::busy));
  }

  Optional<StageSpan> busiestStage() {
    return stages.stream().max(Comparator.comparingDouble(StageSpan::busy));
  }

  /** Cores that were idle; negative if that is not known. */
  double freeCores() {
    if (host.own() < 0 || host.others() < 0) {
      return -1;
    }
    double used = (double) host.own() + host.others() + Math.max(0, host.steal());
    return Math.max(0, host.cores() - used / nanos);
  }

  /** Share of the cores that others had: programs, other machines; or that a quota kept away. */
  double others() {
    double taken = Math.max(0, host.others()) + Math.max(0, host.steal());
    double withheld = Math.max(0, host.throttled());
    return Math.min(1, Math.max(taken / nanos / Math.max(1, host.cores()), withheld / nanos));
  }

  /** Cores that this process and its workers had. */
  double ownCores() {
    return Math.max(0, (double) host.own() / nanos);
  }

  /**
   * By which factor records a second can grow until the busiest part but this one limits, or the
   * sources, whose own work is what they did not wait.
   */
  double room(String part) {
    double next = sources();
    double dispatching = dispatcher();
    for (StageSpan stage : stages) {
      boolean same = stage.name().equals(part);
      next = same ? next : Math.max(next, stage.busy());
      dispatching -= same && stage.isInline() ? stage.busy() : 0;
    }
    for (SinkSpan sink : sinks) {
      next = sink.name().equals(part) ? next : Math.max(next, sink.busy());
    }
    if (!part.equals(Diagnosis.FOREBAY)) {
      next = Math.max(next, dispatching);
    }
    return factor(next);
  }

  /** The same if commits come more rarely: what they take does not grow with the records. */
  double roomWithFewerCommits() {
    double next = sources();
    for (StageSpan stage : stages) {
      next = Math.max(next, stage.busy());
    }
    for (SinkSpan sink : sinks) {
      next = Math.max(next, sink.busy() * (1 - sink.committing()));
    }
    return factor(next);
  }

  private double sources() {
    return held.over() > 0 ? 0 : 1 - held.share();
  }

  private static double factor(double next) {
    return Math.max(1, 1 / Math.max(0.01, next));
  }
}
