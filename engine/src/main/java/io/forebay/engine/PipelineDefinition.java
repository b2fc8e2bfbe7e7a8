package io.forebay.engine;

import io.forebay.DeadLetters;
import io.forebay.Sink;
import io.forebay.Source;
import io.forebay.workers.api.StageProfiling;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a {@link PipelineBuilder} was told. */
record PipelineDefinition(
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
    StageProfiling profiling) {
  PipelineDefinition {
    sources = List.copyOf(sources);
    stages = List.copyOf(stages);
    sinks = List.copyOf(sinks);
  }

  /**
   * @param onlyTo the sink that gets its records; empty where all do
   */
  record NamedSource(String name, Source source, String onlyTo) {}

  record NamedSink(String name, Sink sink) {}

  record Memory(int slots, long slotBytes) {}

  record Delivery(boolean ordered, Duration maxLatency, Duration linger, int window) {}
}
