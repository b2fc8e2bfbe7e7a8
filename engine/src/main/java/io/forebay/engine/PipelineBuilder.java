package io.forebay.engine;

import io.forebay.Claim;
import io.forebay.DeadLetters;
import io.forebay.RowFilter;
import io.forebay.Sink;
import io.forebay.Source;
import io.forebay.engine.api.RejectionLimit;
import io.forebay.engine.api.Stage;
import io.forebay.engine.api.Windows;
import io.forebay.engine.internal.plan.Claims;
import io.forebay.engine.internal.plan.Identity;
import io.forebay.engine.internal.plan.PipelineDefinition;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.StageProfiling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Describes a {@link Pipeline}. Not thread-safe; used once. */
public final class PipelineBuilder {
  private final String name;
  private final List<PipelineDefinition.NamedSource> sources = new ArrayList<>();
  private final List<Stage> stages = new ArrayList<>();
  private final List<PipelineDefinition.NamedSink> sinks = new ArrayList<>();
  private @Nullable DeadLetters deadLetters;
  private int slots = 32;
  private long slotBytes = 1 << 20;
  private boolean ordered = true;
  private Duration maxLatency = Duration.ofSeconds(1);
  private Duration linger = Duration.ofMillis(50);
  private int window = 1 << 20;
  private RejectionLimit maxRejected = new RejectionLimit.Unlimited();
  private boolean fresh;
  private String identity = "";
  private final Map<String, List<Claim>> claims = new LinkedHashMap<>();
  private @Nullable Delivery asked;
  private @Nullable String continues;
  private StageProfiling profiling = StageProfiling.NONE;
  private PipelineDefinition.@Nullable Aggregation aggregation;

  PipelineBuilder(String name) {
    this.name = name;
  }

  /** Adds a source; several sources may have different fields. */
  public PipelineBuilder source(String name, Source source) {
    return source(name, source, "");
  }

  /**
   * Adds a source whose records go to one sink.
   *
   * @param onlyTo the name of the sink; empty for all
   */
  public PipelineBuilder source(String name, Source source, String onlyTo) {
    sources.add(new PipelineDefinition.NamedSource(name, source, onlyTo));
    return this;
  }

  /**
   * The memory between sources and sinks: {@code slots} batches of {@code slotBytes} each, 32 of 1
   * MiB unless told. It is allocated once and never grows.
   */
  public PipelineBuilder forebay(int slots, long slotBytes) {
    this.slots = slots;
    this.slotBytes = slotBytes;
    return this;
  }

  /**
   * Adds a stage behind the stages before. A pipeline may have none. Behind {@link #aggregate} it
   * is given the rows of windows.
   */
  public PipelineBuilder stage(Stage stage) {
    stages.add(stage);
    return this;
  }

  /**
   * Adds a stage that gathers records into windows: stages behind it and sinks get a row a window
   * instead of the records, and what is open is kept in a folder, committed with the positions.
   *
   * @param stage whose function is an {@link io.forebay.Accumulator}
   */
  public PipelineBuilder aggregate(Stage.Cpu stage, Windows windows) {
    if (aggregation != null) {
      throw new ConfigurationException(
          "the stages '"
              + stages.get(aggregation.stage()).name()
              + "' and '"
              + stage.name()
              + "' both gather records into windows: a pipeline has one such stage");
    }
    try {
      stages.add(windows.partials(stage));
      aggregation =
          new PipelineDefinition.Aggregation(
              stages.size() - 1, windows, windows.parameters(stage.function()));
    } catch (ConfigurationException e) {
      throw new ConfigurationException("stage '" + stage.name() + "': " + e.getMessage(), e);
    }
    return this;
  }

  /** Adds a sink that is given every record. */
  public PipelineBuilder sink(String name, Sink sink) {
    sinks.add(new PipelineDefinition.NamedSink(name, sink, Optional.empty()));
    return this;
  }

  /**
   * Adds a sink that is given some of the records. A record that is meant for no sink counts as
   * delivered: every sink that was to get it has it.
   *
   * @param which those
   */
  public PipelineBuilder sink(String name, Sink sink, RowFilter which) {
    sinks.add(new PipelineDefinition.NamedSink(name, sink, Optional.of(which)));
    return this;
  }

  /** Where rejected records go. Without it the first rejected record fails the pipeline. */
  public PipelineBuilder deadLetters(DeadLetters output) {
    this.deadLetters = output;
    return this;
  }

  /**
   * Whether records arrive at the sinks in the order in which they were read (the default). If not,
   * a slow batch does not hold up the batches behind it, and after a crash more records are
   * delivered twice.
   */
  public PipelineBuilder ordered(boolean ordered) {
    this.ordered = ordered;
    return this;
  }

  /** How old a record may get because batches grow, 1 s unless told: a budget, not a promise. */
  public PipelineBuilder maxLatency(Duration budget) {
    this.maxLatency = budget;
    return this;
  }

  /** How long the oldest record of an open batch waits for others, 50 ms unless told. */
  public PipelineBuilder linger(Duration limit) {
    this.linger = limit;
    return this;
  }

  /**
   * How many records of a partition may be read and not yet acknowledged, 1,048,576 unless told. A
   * crash makes at most so many records of the partition arrive twice.
   */
  public PipelineBuilder window(int records) {
    this.window = records;
    return this;
  }

  /** How many records may go to dead letter before the run fails; any number unless told. */
  public PipelineBuilder maxRejected(RejectionLimit limit) {
    this.maxRejected = limit;
    return this;
  }

  /** Whether to start over, ignoring what an unfinished run has left in the outputs. */
  public PipelineBuilder fresh(boolean fresh) {
    this.fresh = fresh;
    return this;
  }

  /**
   * Asks for a guarantee across crashes; {@link #build} refuses what the sources and sinks cannot
   * give. Without it, {@link Pipeline#guarantees} says what they give.
   */
  public PipelineBuilder delivery(Delivery asked) {
    this.asked = asked;
    return this;
  }

  /**
   * Adds to what another pipeline has written, finished or not, with sources of its own: what its
   * outputs say of its progress stays as it is, beside the progress of these sources.
   *
   * @param other the {@link Pipeline#identity} of that pipeline, which has the same sinks
   */
  public PipelineBuilder continues(String other) {
    this.continues = other;
    return this;
  }

  /**
   * Adds to what makes the pipeline the same pipeline after a crash: sources, functions, their
   * parameters and sinks count anyway; paths are known only to the caller.
   */
  public PipelineBuilder identity(String more) {
    this.identity = more;
    return this;
  }

  /**
   * Files that something else uses while the pipeline runs: no source or output is given one of
   * them.
   *
   * @param owner what uses them, as messages name it
   */
  public PipelineBuilder claims(String owner, List<Claim> files) {
    claims.put(owner, List.copyOf(files));
    return this;
  }

  /** Finds out where the time of its stages goes. */
  public PipelineBuilder profiled(StageProfiling by) {
    this.profiling = by;
    return this;
  }

  /**
   * Checks everything that can be checked before a source is opened.
   *
   * @throws ConfigurationException in one sentence
   */
  public Pipeline build() {
    PipelineDefinition config = config();
    Claims all = Claims.of(config);
    claims.forEach(all::add);
    if (aggregation != null) {
      all.add(
          "the state of the windows", List.of(Claim.writesAllIn(aggregation.windows().state())));
    }
    if (asked != null) {
      Guarantee.require(asked, config);
    }
    if (deadLetters != null) {
      for (PipelineDefinition.NamedSource source : sources) {
        deadLetters.source(source.name(), source.source().numbering());
      }
    }
    return new Pipeline(config);
  }

  /** The {@link Pipeline#identity} of what {@link #build} would give; runs no function's code. */
  public String identity() {
    return Identity.of(config());
  }

  private PipelineDefinition config() {
    return new PipelineDefinition(
        name,
        sources,
        stages,
        sinks,
        deadLetters,
        new PipelineDefinition.Memory(slots, slotBytes),
        new PipelineDefinition.Delivery(ordered, maxLatency, linger, window, maxRejected),
        fresh,
        identity,
        Optional.ofNullable(continues),
        profiling,
        Optional.ofNullable(aggregation));
  }
}
