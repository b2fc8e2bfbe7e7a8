package io.forebay.engine.internal.plan;

import io.forebay.BatchFunction;
import io.forebay.RecordExpander;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.engine.api.Stage;
import io.forebay.errors.ConfigurationException;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.snapshot.Placement;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.functions.RecordMapping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline that was checked: everything that can be known before anything starts.
 *
 * @param input the columns of the sources
 * @param slots what the slots hold that records go through the stages in, up to the windows
 * @param behind what those of the stages behind the windows hold; empty if there are none
 */
public record Plan(
    PipelineDefinition config,
    Schema input,
    boolean extras,
    SlotSchema slots,
    List<Bound> stages,
    Optional<BoundWindows> windows,
    Optional<SlotSchema> behind,
    String identity) {

  /** A stage with its function. */
  public sealed interface Bound {
    Stage stage();

    Schema outputs();

    /** A function over batches, on a pool. */
    record OverBatches(Stage stage, BoundFunction function) implements Bound {
      @Override
      public Schema outputs() {
        return function.outputs();
      }
    }

    /** A function over records, called by the engine. */
    record OverRecords(Stage stage, RecordMapping mapping) implements Bound {
      @Override
      public Schema outputs() {
        return mapping.outputs();
      }
    }
  }

  /**
   * Checks a pipeline.
   *
   * @throws ConfigurationException in one sentence
   */
  public static Plan of(PipelineDefinition config) {
    check(config);
    Schema input = union(config.sources());
    boolean extras = config.sources().stream().anyMatch(s -> s.source().carriesExtras());
    List<Bound> stages = new ArrayList<>();
    Schema at = input;
    Optional<BoundWindows> windows = Optional.empty();
    for (Stage stage : config.stages()) {
      @Nullable BoundWindows gathered = gathered(config, stages.size(), at);
      Bound bound = bind(stage, at);
      stages.add(bound);
      if (gathered == null) {
        at = at.plus(bound.outputs());
      } else {
        windows = Optional.of(gathered);
        at = gathered.rows();
      }
    }
    List<Schema> written = stages.stream().map(Bound::outputs).toList();
    int first = config.aggregation().map(each -> each.stage() + 1).orElse(stages.size());
    SlotSchema slots = SlotSchema.of(input, extras, written.subList(0, first));
    Optional<SlotSchema> behind =
        windows
            .filter(any -> first < written.size())
            .map(of -> SlotSchema.of(of.rows(), false, written.subList(first, written.size())));
    Plan plan =
        new Plan(
            config,
            input,
            extras,
            slots,
            List.copyOf(stages),
            windows,
            behind,
            config.continues().orElseGet(() -> Identity.of(config)));
    config.sinks().forEach(sink -> check(sink, LateOutput.columns(plan, sink)));
    LateOutput.check(plan);
    long slotBytes = config.memory().slotBytes();
    int all = config.memory().slots() + plan.slotsBehind();
    SlotArea.check(all, slotBytes, slots);
    behind.ifPresent(schema -> SlotArea.check(all, slotBytes, schema));
    return plan;
  }

  /** How many stages records go through: all, or those up to the one that gathers windows. */
  public int first() {
    return slots.stages();
  }

  /** What the slots hold in which a stage works. */
  public SlotSchema slots(int stage) {
    return stage < first() ? slots : behind.orElseThrow();
  }

  /** The number of a stage among those that work in the same slots. */
  public int place(int stage) {
    return stage < first() ? stage : stage - first();
  }

  /** How many slots there are besides, for rows of windows alone: they never wait for records. */
  public int slotsBehind() {
    return behind.isEmpty() ? 0 : Math.max(2, config.memory().slots() / 2);
  }

  /** How many slots there are in which a stage works. */
  public int slotsOf(int stage) {
    return stage < first() ? config.memory().slots() : slotsBehind();
  }

  /** The windows, if it is that stage that gathers records into them. */
  private static @Nullable BoundWindows gathered(
      PipelineDefinition config, int index, Schema input) {
    PipelineDefinition.Aggregation of = config.aggregation().orElse(null);
    if (of == null || of.stage() != index) {
      return null;
    }
    String name = config.stages().get(index).name();
    try {
      return BoundWindows.bind(name, index, of.windows(), of.parameters(), input);
    } catch (ConfigurationException e) {
      throw new ConfigurationException("stage '" + name + "': " + e.getMessage(), e);
    }
  }

  /** The columns of what sinks get. */
  public Schema outputs() {
    return behind
        .map(schema -> schema.view(schema.stages()))
        .or(() -> windows.map(BoundWindows::rows))
        .orElseGet(() -> slots.view(stages.size()));
  }

  /** Whether some stage may make several rows of one. */
  public boolean multiplies() {
    return stages.stream()
        .anyMatch(bound ->
            bound instanceof Bound.OverBatches batches
                && batches.function().rowShape() == RowShape.ANY);
  }

  /** Whether some stage runs in worker processes. */
  public boolean hasProcesses() {
    return config.stages().stream()
        .anyMatch(stage -> stage instanceof Stage.Cpu cpu && cpu.on() == Placement.PROCESSES);
  }

  /** Names of the columns that stages write. */
  public Set<String> outputNames() {
    Set<String> names = new HashSet<>();
    stages.forEach(bound -> bound.outputs().fields().forEach(field -> names.add(field.name())));
    return Set.copyOf(names);
  }

  /** The sources whose records go to other sinks than this one. */
  public Set<String> sourcesNotFor(String sink) {
    return config.sources().stream()
        .filter(source -> !source.onlyTo().isEmpty() && !source.onlyTo().equals(sink))
        .map(PipelineDefinition.NamedSource::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether the source of that name can read again. */
  public boolean isRepeatable(String source) {
    return config.sources().stream()
        .anyMatch(each -> each.name().equals(source) && each.source().repeatable());
  }

  private static Bound bind(Stage stage, Schema input) {
    try {
      return switch (stage) {
        case Stage.Cpu cpu ->
            new Bound.OverBatches(cpu, FunctionBinder.bind(cpu.function(), input));
        case Stage.Async async ->
            new Bound.OverRecords(async, RecordMapping.bind(async.function(), input));
        case Stage.Blocking blocking when isOverBatches(blocking) ->
            new Bound.OverBatches(blocking, FunctionBinder.bind(blocking.function(), input));
        case Stage.Blocking blocking ->
            new Bound.OverRecords(blocking, RecordMapping.bind(blocking.function(), input));
      };
    } catch (ConfigurationException e) {
      throw new ConfigurationException("stage '" + stage.name() + "': " + e.getMessage(), e);
    }
  }

  private static void check(PipelineDefinition.NamedSink named, Schema outputs) {
    try {
      named.which().ifPresent(which -> which.check(outputs));
      named.sink().check(outputs);
    } catch (ConfigurationException e) {
      throw new ConfigurationException("sink '" + named.name() + "': " + e.getMessage(), e);
    }
  }

  private static boolean isOverBatches(Stage stage) {
    try {
      Class<?> type =
          Class.forName(
              stage.function().reference(), false, Thread.currentThread().getContextClassLoader());
      return BatchFunction.class.isAssignableFrom(type)
          || RecordExpander.class.isAssignableFrom(type);
    } catch (ClassNotFoundException | LinkageError e) {
      return false; // Binding says what is wrong.
    }
  }

  private static Schema union(List<PipelineDefinition.NamedSource> sources) {
    Map<String, Field> fields = new LinkedHashMap<>();
    Map<String, String> owners = new LinkedHashMap<>();
    for (PipelineDefinition.NamedSource source : sources) {
      for (Field field : source.source().schema().fields()) {
        if (field.name().startsWith(Field.RESERVED_PREFIX)) {
          throw new ConfigurationException(
              "source '"
                  + source.name()
                  + "' has the field '"
                  + field.name()
                  + "': names that begin with "
                  + Field.RESERVED_PREFIX
                  + " belong to the engine, rename it");
        }
        Field known = fields.putIfAbsent(field.name(), field);
        if (known == null) {
          owners.put(field.name(), source.name());
        } else if (known.type() != field.type()) {
          throw new ConfigurationException(
              "the field '"
                  + field.name()
                  + "' is "
                  + known.type()
                  + " in source '"
                  + owners.get(field.name())
                  + "' but "
                  + field.type()
                  + " in source '"
                  + source.name()
                  + "': give it the same type or another name");
        } else if (field.nullable()) {
          fields.put(field.name(), field);
        }
      }
    }
    for (PipelineDefinition.NamedSource source : sources) {
      fields.replaceAll((name, field) ->
          source.source().schema().has(name) ? field : Field.nullable(name, field.type()));
    }
    return Schema.of(List.copyOf(fields.values()));
  }

  // ------------------------------------------------------------------ simple checks

  private static void check(PipelineDefinition config) {
    require(!config.name().isBlank(), "a pipeline needs a name");
    require(
        !config.sources().isEmpty(),
        "the pipeline '" + config.name() + "' has no source: add at least one");
    require(
        !config.sinks().isEmpty(),
        "the pipeline '" + config.name() + "' has no sink: add at least one");
    unique("source", config.sources().stream().map(PipelineDefinition.NamedSource::name).toList());
    unique("stage", config.stages().stream().map(Stage::name).toList());
    List<String> sinks = config.sinks().stream().map(PipelineDefinition.NamedSink::name).toList();
    unique("sink", sinks);
    for (PipelineDefinition.NamedSource source : config.sources()) {
      require(
          source.onlyTo().isEmpty() || sinks.contains(source.onlyTo()),
          "the records of '"
              + source.name()
              + "' are for the sink '"
              + source.onlyTo()
              + "', and there is no such sink: name one of "
              + String.join(", ", sinks));
    }
    PipelineDefinition.Memory memory = config.memory();
    require(
        memory.slots() >= 2 && memory.slots() <= 1 << 16,
        "a forebay of " + memory.slots() + " slots is not possible: use 2 to 65536");
    require(
        memory.slotBytes() >= 1 << 12 && memory.slotBytes() <= 1 << 30,
        "a slot of " + memory.slotBytes() + " bytes is not possible: use 4 KiB to 1 GiB");
    PipelineDefinition.Delivery delivery = config.delivery();
    require(
        !delivery.linger().isNegative(),
        "linger is " + delivery.linger().toMillis() + " ms: use a duration of zero or more");
    require(
        delivery.maxLatency().isPositive(),
        "maxLatency is " + delivery.maxLatency().toMillis() + " ms: use a duration above zero");
    require(
        delivery.window() >= 1,
        "window is " + delivery.window() + ": at least one record must be allowed");
    config.stages().forEach(Plan::check);
    config.aggregation().ifPresent(each -> check(each, config));
  }

  private static void check(PipelineDefinition.Aggregation aggregation, PipelineDefinition config) {
    String name = "stage '" + config.stages().get(aggregation.stage()).name() + "': ";
    LateOutput.check(config, name);
    require(
        config.delivery().ordered(),
        name + "windows need the records of a source in their order: remove ordered: false");
    require(
        config.continues().isEmpty(),
        name + "a pipeline with windows cannot add to what another one has written");
    require(
        aggregation.windows().most() >= 1,
        name + "most is " + aggregation.windows().most() + ": at least one window must be open");
    require(
        aggregation.windows().idle().isPositive(),
        name + "idle is " + aggregation.windows().idle() + ": use a duration above zero");
    for (PipelineDefinition.NamedSource source : config.sources()) {
      require(
          source.onlyTo().isEmpty(),
          name
              + "a window has the records of all sources, so '"
              + source.name()
              + "' cannot be for one sink only");
    }
  }

  private static void check(Stage stage) {
    String name = "stage '" + stage.name() + "': ";
    require(
        !stage.function().isPython()
            || (stage instanceof Stage.Cpu cpu && cpu.on() == Placement.PROCESSES),
        name + "a Python function runs in processes only: make it a cpu stage on processes");
    switch (stage) {
      case Stage.Cpu cpu -> {
        require(
            cpu.workers() >= 0 && cpu.workers() <= 1024,
            name + cpu.workers() + " workers are not possible: use 1 to 1024");
        require(
            cpu.processes().timeout().isPositive(),
            name + "timeout is " + cpu.processes().timeout() + ": use a duration above zero");
        require(
            cpu.processes().memoryBytes() >= 16 << 20,
            name
                + cpu.processes().memoryBytes()
                + " bytes of memory are too few: use at least 16 MiB");
      }
      case Stage.Async async -> {
        require(
            async.concurrency() >= 1,
            name + "concurrency is " + async.concurrency() + ": use at least 1");
        require(
            async.timeout().isPositive(),
            name + "timeout is " + async.timeout() + ": use a duration above zero");
      }
      case Stage.Blocking blocking ->
          require(
              blocking.threads() >= 1,
              name + blocking.threads() + " threads are not possible: use at least 1");
    }
  }

  private static void unique(String kind, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      require(!name.isBlank(), "a " + kind + " has no name: give it one");
      require(
          !name.contains("/"), "the " + kind + " '" + name + "' has a / in its name: remove it");
      require(
          seen.add(name), "there are two " + kind + "s named '" + name + "': rename one of them");
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new ConfigurationException(otherwise);
    }
  }
}
