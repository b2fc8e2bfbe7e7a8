package io.forebay.config.model;

import io.forebay.RowShape;
import io.forebay.config.values.ByteSize;
import io.forebay.config.values.FieldType;
import io.forebay.config.values.Key;
import io.forebay.config.values.RecycleConfig;
import io.forebay.config.values.Variant;
import io.forebay.config.values.Variants;
import io.forebay.config.values.WindowConfig;
import io.forebay.config.values.WorkerCount;
import io.forebay.engine.api.BatchSize;
import io.forebay.snapshot.Placement;
import io.forebay.workers.api.WorkerPriority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

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
      @Key(
              "The class of a `BatchFunction`, `RecordFunction` or `RecordExpander`, or"
                  + " `python:module.function`.")
          String cpu,
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
      @Key(
              value =
                  "The heap of a worker; of a Python worker what it may take besides what it has"
                      + " imported. Only for `processes`.",
              otherwise = "256MiB")
          Optional<ByteSize> memory,
      @Key(
              value =
                  "Who goes first when workers and others want the same core: `low`, what arrives;"
                      + " `normal`, none; `idle`, always the others, for machines without other"
                      + " load. Only for `processes`.",
              otherwise = "`low`")
          Optional<WorkerPriority> priority,
      @Key(
              value =
                  "Whether workers can write into nothing but memory of their own, so that a stray"
                      + " write of native code reaches no other batch. Only for `processes`.",
              otherwise = "`true` for Python, `false` for Java")
          Optional<Boolean> protect,
      @Key(
              value =
                  "When workers that are well are replaced; near a limit they always are. Only for"
                      + " `processes`.",
              otherwise = "never")
          Optional<RecycleConfig> recycle,
      @Key(
              "Variables that a worker has besides `PATH`, `HOME` and the like; `OMP_NUM_THREADS`"
                  + " and its kin are 1 unless told here. Only for `processes`.")
          Map<String, String> env,
      @Key(
              value =
                  "What runs a Python function: a command, or a path such as `.venv/bin/python`.",
              otherwise = "`python3`")
          Optional<String> python,
      @Key("Folders in which the module of a Python function is looked for, after the file's own.")
          List<String> pythonPath,
      @Key(
              "The columns that a Python function adds or replaces; without them it is tried with"
                  + " made-up records.")
          Map<String, FieldType> outputs,
      @Key(
              value =
                  "The records that a Python function returns for each: `same`, one; `fewer`, one"
                      + " or None; `any`, a list of them.",
              otherwise = "`same`")
          Optional<RowShape> rows,
      @Key("Given to the function's constructor; to a Python function as keyword arguments.")
          Map<String, String> parameters)
      implements StageConfig {
    /** The default of {@link #timeout}. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** The default of {@link #memory}. */
    public static final ByteSize MEMORY = new ByteSize(256 << 20);

    @Override
    public String function() {
      return cpu;
    }

    /** Whether it names a Python function. */
    public boolean isPython() {
      return cpu.startsWith("python:");
    }

    /** With another place in which the module of a Python function is looked for first. */
    Cpu besides(String folder) {
      List<String> folders = new ArrayList<>(List.of(folder));
      folders.addAll(pythonPath);
      return new Cpu(
          name,
          cpu,
          on,
          workers,
          batch,
          timeout,
          memory,
          priority,
          protect,
          recycle,
          env,
          python,
          List.copyOf(folders),
          outputs,
          rows,
          parameters);
    }
  }

  /** SQL over the records: short for the function that computes it. */
  @Variant("sql")
  record Sql(
      @Key("The stage's name, unique in the pipeline.") String name,
      @Key("A statement over the table `batch`: `select *, value * 2 as doubled from batch`.")
          String sql,
      @Key("Small tables that it joins: names and CSV or Parquet files.")
          Map<String, String> tables,
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
          Optional<Duration> timeout)
      implements StageConfig {
    private static final String FUNCTION = "io.forebay.functions.sql.Sql";

    @Override
    public String function() {
      return FUNCTION;
    }

    @Override
    public Map<String, String> parameters() {
      String files =
          tables.entrySet().stream()
              .map(each -> each.getKey() + " = " + each.getValue())
              .collect(Collectors.joining(", "));
      return tables.isEmpty() ? Map.of("sql", sql) : Map.of("sql", sql, "tables", files);
    }

    /** The stage that it stands for. */
    public Cpu written() {
      return new Cpu(
          name,
          FUNCTION,
          on,
          workers,
          batch,
          timeout,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          List.of(),
          Map.of(),
          Optional.empty(),
          parameters());
    }
  }

  /** A stage that gathers records into windows: what is behind it gets a row a window. */
  sealed interface Windowed extends StageConfig permits Statistics, Accumulate, CollectConfig {
    /** The windows. */
    WindowConfig window();

    /** Where what is open is kept, if it is said. */
    Optional<String> state();

    /** Where partial results are made. */
    Placement on();

    /** How many workers make them. */
    WorkerCount workers();

    /** Rows a batch. */
    BatchSize batch();
  }

  /** Statistics of a column over windows. */
  @Variant("statistics")
  record Statistics(
      @Key("The stage's name, unique in the pipeline.") String name,
      @Key(
              value =
                  "What is computed: `count`, `sum`, `mean`, `sd`, `sd_population`, `variance`,"
                      + " `variance_population`, `min`, `max`, `range`, `first`, `last`, `slope`,"
                      + " `median`, percentiles such as `p95` and `p99_9`, `distinct`.",
              min = 1)
          List<String> statistics,
      @Key(value = "The column of which.", byDefault = "value") String of,
      @Key("Over which records.") WindowConfig window,
      @Key(
              value =
                  "A folder of this pipeline alone, where open windows are kept over crashes and"
                      + " restarts.",
              otherwise = "the first sink's path, or the pipeline's name, with `.state` behind it")
          Optional<String> state,
      @Key(
              value = "Where it runs: `inline`, on `threads`, or in `processes`, isolated.",
              byDefault = "inline")
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
          BatchSize batch)
      implements Windowed {
    private static final String FUNCTION = io.forebay.functions.Statistics.class.getName();

    @Override
    public String function() {
      return FUNCTION;
    }

    @Override
    public Map<String, String> parameters() {
      return Map.of("of", of, "statistics", String.join(",", statistics));
    }
  }

  /** An accumulator of the user's own over windows. */
  @Variant("accumulate")
  record Accumulate(
      @Key("The stage's name, unique in the pipeline.") String name,
      @Key("The class of an `Accumulator`.") String accumulate,
      @Key("Over which records.") WindowConfig window,
      @Key(
              value =
                  "A folder of this pipeline alone, where open windows are kept over crashes and"
                      + " restarts.",
              otherwise = "the first sink's path, or the pipeline's name, with `.state` behind it")
          Optional<String> state,
      @Key(
              value =
                  "Where partial results are made: `inline`, on `threads`, or in `processes`,"
                      + " isolated.",
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
      @Key("Given to the accumulator's constructor.") Map<String, String> parameters)
      implements Windowed {
    @Override
    public String function() {
      return accumulate;
    }
  }
}
