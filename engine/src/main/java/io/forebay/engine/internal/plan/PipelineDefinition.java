package io.forebay.engine.internal.plan;

import io.forebay.DeadLetters;
import io.forebay.RowFilter;
import io.forebay.Sink;
import io.forebay.Source;
import io.forebay.engine.api.RejectionLimit;
import io.forebay.engine.api.Stage;
import io.forebay.engine.api.Windows;
import io.forebay.internal.windows.WindowParameters;
import io.forebay.workers.api.StageProfiling;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a {@code PipelineBuilder} was told. */
public record PipelineDefinition(
    String name,
    List<NamedSource> sources,
    List<Stage> stages,
    List<NamedSink> sinks,
    @Nullable DeadLetters deadLetters,
    Memory memory,
    Delivery delivery,
    boolean fresh,
    String identity,
    Optional<String> continues,
    StageProfiling profiling,
    Optional<Aggregation> aggregation) {
  public PipelineDefinition {
    sources = List.copyOf(sources);
    stages = List.copyOf(stages);
    sinks = List.copyOf(sinks);
  }

  /**
   * A source under its name.
   *
   * @param onlyTo the sink that gets its records; empty where all do
   */
  public record NamedSource(String name, Source source, String onlyTo) {
    /** Whether what it has handed in, and is not delivered, is gone with the engine. */
    public boolean forgets() {
      return !source.repeatable() && !source.redelivers();
    }
  }

  /**
   * What a stage's partial results are merged into.
   *
   * @param stage its index
   * @param parameters of the stage's function
   */
  public record Aggregation(int stage, Windows windows, WindowParameters parameters) {}

  /**
   * A sink under its name.
   *
   * @param which the records that it is given; empty: all
   */
  public record NamedSink(String name, Sink sink, Optional<RowFilter> which) {}

  public record Memory(int slots, long slotBytes) {}

  public record Delivery(
      boolean ordered,
      Duration maxLatency,
      Duration linger,
      int window,
      RejectionLimit maxRejected) {}
}
