package io.forebay.engine.internal.run;

import io.forebay.DeadLetters;
import io.forebay.Schema;
import io.forebay.SinkContext;
import io.forebay.engine.internal.batches.PartitionNames;
import io.forebay.engine.internal.delivery.DeadLetterWriter;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.plan.LateOutput;
import io.forebay.engine.internal.plan.PipelineDefinition;
import io.forebay.engine.internal.plan.Plan;
import io.forebay.engine.internal.recovery.Recovery;
import io.forebay.engine.internal.recovery.ResumePoint;
import io.forebay.engine.internal.sinks.SinkChain;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.files.Remedy;
import io.forebay.snapshot.SinkSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The outputs of a run, within their decorators. Opened by who starts the run, then of the sink
 * runner, which also closes them.
 */
final class RunOutputs {
  private final Plan plan;
  private final Recovery recovery;
  private final PartitionNames partitions;
  private final List<SinkChain> sinks = new ArrayList<>();
  private final DeadLetterWriter deadLetters;

  /** All of them, as they are opened and closed. */
  private final List<Recovery.Named> outermost = new ArrayList<>();

  RunOutputs(Plan plan, Recovery recovery, PartitionNames partitions, Ticker ticker) {
    this.plan = plan;
    this.recovery = recovery;
    this.partitions = partitions;
    for (PipelineDefinition.NamedSink named : plan.config().sinks()) {
      // Seeded from the time that is handed in, so that a simulation repeats its waits.
      SinkChain sink =
          SinkChain.of(
              named.name(),
              named.sink(),
              LateOutput.which(plan, named),
              recovery.output(sinks.size()),
              plan.sourcesNotFor(named.name()),
              ticker,
              new SplittableRandom(ticker.nanos() + sinks.size()));
      sinks.add(sink);
      outermost.add(new Recovery.Named(sink.name(), sink.sink()));
    }
    Optional<DeadLetters> dead = Optional.ofNullable(plan.config().deadLetters());
    dead.ifPresent(output -> outermost.add(new Recovery.Named(Recovery.DEAD_LETTER, output)));
    deadLetters =
        new DeadLetterWriter(
            Recovery.DEAD_LETTER,
            dead,
            dead.isPresent() ? recovery.output(sinks.size()) : ResumePoint.START,
            partitions,
            plan.config().delivery().maxRejected(),
            ticker);
  }

  /** The outputs of a pipeline as they are given. */
  static List<Recovery.Named> named(Plan plan) {
    List<Recovery.Named> named = new ArrayList<>();
    plan.config().sinks().forEach(s -> named.add(new Recovery.Named(s.name(), s.sink())));
    DeadLetters dead = plan.config().deadLetters();
    if (dead != null) {
      named.add(new Recovery.Named(Recovery.DEAD_LETTER, dead));
    }
    return named;
  }

  List<SinkChain> sinks() {
    return sinks;
  }

  DeadLetterWriter deadLetters() {
    return deadLetters;
  }

  /**
   * Opens them all.
   *
   * @throws ConfigurationException if one cannot be
   */
  void open() {
    int opened = 0;
    try {
      for (; opened < outermost.size(); opened++) {
        outermost.get(opened).output().open(context(opened));
      }
    } catch (IOException | RuntimeException e) {
      throw new ConfigurationException(
          "the output '"
              + outermost.get(opened).name()
              + "' cannot be opened ("
              + (e.getMessage() == null ? e.toString() : e.getMessage())
              + "): nothing was read, "
              + Remedy.of(e)
              + " and run again",
          e);
    }
  }

  private SinkContext context(int output) {
    // What another pipeline has written is added to where there is some.
    boolean resume =
        recovery.resume() && (!recovery.adds() || recovery.keeps().get(output).isPresent());
    List<PipelineDefinition.NamedSink> all = plan.config().sinks();
    Schema columns =
        output < all.size() ? LateOutput.columns(plan, all.get(output)) : plan.outputs();
    return new SinkContext(plan.identity(), columns, partitions, resume);
  }

  /** Closes them all, also those that were not opened: they may hold what they have read. */
  void close(BiConsumer<String, Throwable> failed) {
    for (Recovery.Named named : outermost) {
      try {
        named.output().close();
      } catch (IOException | RuntimeException e) {
        // What counts is what was committed; a commit that failed has been reported.
      } catch (Throwable e) {
        failed.accept("the closing of the output '" + named.name() + "'", e);
      }
    }
  }

  List<SinkSnapshot> snapshots(long now, long elapsedNanos) {
    return Stream.concat(
            sinks.stream().map(sink -> sink.snapshot(now, elapsedNanos)),
            deadLetters.snapshot(now, elapsedNanos).stream())
        .toList();
  }
}
