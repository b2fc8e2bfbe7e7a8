package io.forebay.config;

import io.forebay.Placement;
import io.forebay.engine.BatchSize;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What is done with records. The kind says what the function does with its time. */
@Variants(noun = "stage")
public sealed interface StageConfig {
  /** The name in messages, in progress and in overrides. */
  String name();

  /** The class of the function. */
  String function();

  /** What the function's constructor is given. */
  Map<String, String> parameters();

  /** A function that waits, and never blocks a thread. */
  @Variant("async")
  record Async(
      @Key("The stage's name, unique in the pipeline.") String name,
      @Key("The class of an `AsyncFunction`.") String async,
      @Key(
              value = "How many records may be waited for at a time.",
              byDefault = "64",
              min = 1,
              max = 1_000_000)
          int concurrency,
      @Key(
              value = "The longest a record may be waited for; then it goes to dead letter.",
              byDefault = "30s",
              min = 1)
          Duration timeout,
      @Key("Given to the function's constructor.") Map<String, String> parameters)
      implements StageConfig {
    @Override
    public String function() {
      return async;
    }
  }

  /** A function that blocks its thread while it waits. */
  @Variant("blocking")
  record Blocking(
      @Key("The stage's name, unique in the pipeline.") String name,
      @Key("The class of a `RecordFunction` or `BatchFunction`.") String blocking,
      @Key(
              value = "How many records may be waited for at a time.",
              byDefault = "16",
              min = 1,
              max = 1_000_000)
          int threads,
      @Key("Given to the function's constructor.") Map<String, String> parameters)
      implements StageConfig {
    @Override
    public String function() {
      return blocking;
    }
  }

  /** A function that computes. */
  @Variant("cpu")
  record Cpu(
      @Key("The stage's name, unique in the pipeline.") String name,
      @Key("The class of a `BatchFunction`, `RecordFunction` or `RecordExpander`.") String cpu,
      @Key(
              value = "Where it runs: `inline`, on `threads`, or in `processes`, isolated.",
              byDefault = "processes")
          Placement on,
      @Key(
              value =
                  "How many workers; `physical`: one for each physical core within the container's"
                      + " CPU quota. Always 1 for `inline`.",
              byDefault = "physical")
          WorkerCount workers,
      @Key(
              value = "Rows a batch; `auto`: found while it runs, for batches of about 20 ms.",
              byDefault = "auto")
          BatchSize batch,
      @Key(
              value =
                  "The longest a batch may take; then the worker is killed. Only for `processes`.",
              otherwise = "30s",
              min = 1)
          Optional<Duration> timeout,
      @Key(value = "The heap of a worker. Only for `processes`.", otherwise = "256MiB")
          Optional<ByteSize> memory,
      @Key("Given to the function's constructor.") Map<String, String> parameters)
      implements StageConfig {
    /** The default of {@link #timeout}. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** The default of {@link #memory}. */
    public static final ByteSize MEMORY = new ByteSize(256 << 20);

    @Override
    public String function() {
      return cpu;
    }
  }
}
