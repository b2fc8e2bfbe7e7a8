package io.forebay.engine.internal.run;

import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.heartbeat.Heartbeats;
import io.forebay.engine.internal.intake.AckTracker;
import io.forebay.engine.internal.intake.Intake;
import io.forebay.engine.internal.intake.SourceRunner;
import io.forebay.engine.internal.loops.Lifecycle;
import io.forebay.engine.internal.measure.SourceMeter;
import io.forebay.engine.internal.plan.Plan;
import io.forebay.engine.internal.recovery.Recovery;
import io.forebay.internal.files.Remedy;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.workers.api.WorkerThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** The sources of a run, each with a virtual thread of its own; the intake ends with the last. */
final class RunSources {
  private final Recovery recovery;
  private final Intake intake;
  private final Lifecycle lifecycle;
  private final List<SourceRunner> sources = new ArrayList<>();
  private final AtomicInteger running;
  private volatile boolean refusing;

  RunSources(
      Plan plan, Recovery recovery, Intake intake, Lifecycle lifecycle, Heartbeats heartbeats) {
    this.recovery = recovery;
    this.intake = intake;
    this.lifecycle = lifecycle;
    int count = plan.config().sources().size();
    running = new AtomicInteger(count);
    for (int i = 0; i < count; i++) {
      sources.add(new SourceRunner(i, plan, intake, recovery.start(), heartbeats, this::ended));
    }
  }

  /** Has them look whether they can go on, before anything is opened. */
  void prepare() {
    sources.forEach(SourceRunner::prepare);
  }

  void start() {
    sources.forEach(SourceRunner::start);
  }

  private void ended(SourceRunner.End end) {
    if (end instanceof SourceRunner.End.Broken(String source, Exception cause)) {
      lifecycle.failSource(
          "the source '"
              + source
              + "' failed ("
              + (cause.getMessage() == null ? cause.toString() : cause.getMessage())
              + "): what it had read is delivered; "
              + Remedy.of(cause)
              + " and run again",
          cause);
      running.decrementAndGet();
    } else if (running.decrementAndGet() == 0) {
      intake.end(!refusing && lifecycle.failure() == null);
    }
  }

  /** Tells a source up to where its records are durable. */
  void acknowledged(AckTracker.Acknowledged acknowledged) {
    Partition partition = acknowledged.partition();
    sources.get(partition.source).source().acknowledged(partition.name(), acknowledged.position());
  }

  /** What they have thrown away, over all runs. */
  Map<String, Long> dropped() {
    Map<String, Long> dropped = new HashMap<>(recovery.start().dropped());
    if (!recovery.adds()) {
      for (SourceRunner source : sources) {
        long records = source.dropped();
        if (records > 0) {
          dropped.merge(source.name(), records, Long::sum);
        }
      }
    }
    return dropped;
  }

  /**
   * Ends them and takes no more records.
   *
   * @param lastWords how long sources that cannot repeat may hand in what they have received; again
   *     for as long as {@code progress} grows meanwhile
   */
  void refuse(Duration lastWords, LongSupplier progress) {
    refusing = true;
    // In this order: a source that breaks off now was asked to, and has not come to its end.
    sources.forEach(SourceRunner::ask);
    if (lastWords.isPositive()) {
      List<SourceRunner> once = sources.stream().filter(SourceRunner::forgets).toList();
      once.forEach(SourceRunner::interrupt);
      awaitLastWords(lastWords, progress, once.stream().map(SourceRunner::thread).toList());
    }
    intake.end(false);
    sources.forEach(SourceRunner::interrupt);
  }

  private void awaitLastWords(Duration patience, LongSupplier progress, List<Thread> threads) {
    long before = progress.getAsLong();
    while (!WorkerThreads.join(patience, threads)
        && !lifecycle.isOver()
        && !Thread.currentThread().isInterrupted()) {
      long now = progress.getAsLong();
      if (now == before) {
        return;
      }
      before = now;
    }
  }

  /** Closes them, after they have had that long to end. */
  void close(Duration patience) {
    WorkerThreads.join(patience, sources.stream().map(SourceRunner::thread).toList());
    for (SourceRunner source : sources) {
      try {
        source.close();
      } catch (Throwable e) {
        // What the source gave is delivered or not; closing it changes nothing about that.
      }
    }
  }

  /**
   * How the sources stand.
   *
   * @param dropped records that they have thrown away in this run
   */
  record Standing(List<SourceSnapshot> sources, long dropped) {}

  /** How they stand, with what the intake has measured of them. */
  Standing standing(List<SourceMeter.Reading> readings) {
    List<SourceSnapshot> snapshots = new ArrayList<>();
    long dropped = 0;
    for (int i = 0; i < readings.size(); i++) {
      SourceRunner source = sources.get(i);
      SourceMeter.Reading reading = readings.get(i);
      SourceRunner.Standing standing = source.standing();
      long droppedHere = source.dropped();
      dropped += droppedHere;
      snapshots.add(
          new SourceSnapshot(
              source.name(),
              reading.records() + droppedHere,
              reading.blockedShare(),
              reading.finished(),
              standing.state(),
              standing.detail(),
              reading.times(),
              reading.bytes()));
    }
    return new Standing(snapshots, dropped);
  }
}
