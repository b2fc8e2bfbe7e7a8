package io.forebay.engine.internal.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Output;
import io.forebay.Position;
import io.forebay.RecordCounts;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.FlakySink;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.RejectionLimit;
import io.forebay.engine.api.Stage;
import io.forebay.engine.api.Windows;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.delivery.DeadLetterWriter;
import io.forebay.engine.internal.delivery.RecordLedger;
import io.forebay.engine.internal.delivery.SinkRunner;
import io.forebay.engine.internal.dispatch.BothDispatchers;
import io.forebay.engine.internal.dispatch.Dispatcher;
import io.forebay.engine.internal.dispatch.Resequencer;
import io.forebay.engine.internal.dispatch.RunningStage;
import io.forebay.engine.internal.intake.Forebay;
import io.forebay.engine.internal.intake.Intake;
import io.forebay.engine.internal.loops.Agent;
import io.forebay.engine.internal.measure.LatencyMeter;
import io.forebay.engine.internal.plan.BoundWindows;
import io.forebay.engine.internal.plan.LateOutput;
import io.forebay.engine.internal.recovery.Recovery;
import io.forebay.engine.internal.sinks.SinkChain;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.internal.windows.WindowParameters;
import io.forebay.internal.windows.WindowPartials;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import io.forebay.testkit.ForgetfulDisk;
import io.forebay.testkit.ForgetfulDisk.Crash;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.StagePools;
import io.forebay.workers.api.FunctionSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A pipeline with windows in a world that a seed decides on: the real intake, dispatcher, function,
 * sink runner, recovery and state, on one thread. The engine is killed, or the power cut, at any
 * step and before any change of a file, and started again, until one run comes to its end. Then
 * each record is in each of its windows once, or in dead letter, in every store alike.
 */
final class WindowSimulation {
  private static final Schema INPUT =
      Schema.of(
          Field.of("at", ColumnType.TIMESTAMP_MS),
          Field.of("key", ColumnType.STRING),
          Field.of("n", ColumnType.INT64));
  private static final int SLOTS = 4;
  private static final int SLOTS_BEHIND = 2;
  private static final int SLOT_BYTES = 1 << 13;
  private static final Stage.Cpu BEHIND = Stage.cpu("stamps", Stamps.class);
  private static final String IDENTITY = "simulated";
  private static final int MOST_STEPS = 400_000;

  /** The engine dies. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  /** A record: its number is its place among all. */
  private record Reading(long at, String key, long n) {}

  /** A window of a key. */
  private record Window(String key, long begin, long end) {}

  private final SplittableRandom random;
  private final Path first;

  /** Where the state is in the present life. */
  private Path folder;

  private final BoundWindows bound;
  private final long size;
  private final long every;
  private final long lateness;
  private final boolean idles;
  private final int batchRows;

  /** Rows of windows go through a stage in batches of so many rows; 0: there is none. */
  private final int rowsBehind;

  private final List<List<Reading>> partitions = new ArrayList<>();
  private final List<RecordingSink> stores = new ArrayList<>();

  /** The last of the sinks, where one is given late records. */
  private RecordingSink lateStore = new RecordingSink();

  private RecordingDeadLetters dead = new RecordingDeadLetters();
  private long time;
  private int kills;
  private int killsInFiles;
  private int powerCuts;

  WindowSimulation(long seed, Path folder) {
    random = new SplittableRandom(seed);
    this.folder = folder;
    this.first = folder;
    every = 10L * (1 + random.nextInt(5));
    size = every * (random.nextBoolean() ? 1 : 1 + random.nextInt(4));
    lateness = random.nextInt(3) * 20L;
    idles = random.nextInt(3) == 0;
    batchRows = 1 + random.nextInt(random.nextBoolean() ? 4 : 60);
    rowsBehind = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(random.nextBoolean() ? 3 : 40);
    Windows windows =
        Windows.of(Duration.ofMillis(size), folder)
            .every(Duration.ofMillis(every))
            .by("key")
            .maxLateness(Duration.ofMillis(lateness))
            .late(random.nextBoolean() ? "late" : "")
            .idle(idles ? Duration.ofMillis(1 + random.nextInt(50)) : Duration.ofDays(10))
            .most(idles || random.nextInt(4) > 0 ? 100_000 : 30);
    WindowParameters parameters = windows.parameters(FunctionSpec.of(Sums.class.getName()));
    bound = BoundWindows.bind("sums", 0, windows, parameters, INPUT);
    long n = 0;
    for (int p = 1 + random.nextInt(3); p > 0; p--) {
      List<Reading> readings = new ArrayList<>();
      long now = random.nextLong(400) - 300; // Before 1970, too.
      for (int i = random.nextInt(80); i > 0; i--) {
        now += random.nextInt(12);
        long jitter = random.nextInt(20) == 0 ? 200 : Math.max(1, lateness / 2);
        readings.add(new Reading(now - random.nextLong(jitter), "k" + random.nextInt(4), ++n));
      }
      partitions.add(readings);
    }
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      stores.add(new RecordingSink());
    }
  }

  int kills() {
    return kills;
  }

  int powerCuts() {
    return powerCuts;
  }

  int killsInFiles() {
    return killsInFiles;
  }

  // ------------------------------------------------------------------ what belongs where

  private boolean isLimited() {
    return bound.windows().most() < 1_000;
  }

  /** Which records are late beside their own partition: worked out record by record. */
  private List<Reading> wantedDead() {
    List<Reading> late = new ArrayList<>();
    for (List<Reading> partition : partitions) {
      long newest = Long.MIN_VALUE;
      for (Reading each : partition) {
        long paneEnd = (Math.floorDiv(each.at, every) + 1) * every;
        if (newest != Long.MIN_VALUE && paneEnd <= newest - lateness) {
          late.add(each);
        } else if (each.n % 23 == 0) {
          late.add(each);
        } else {
          newest = Math.max(newest, each.at);
        }
      }
    }
    return late;
  }

  private Map<Window, List<Long>> wanted(Set<Long> without) {
    Map<Window, List<Long>> windows = new HashMap<>();
    for (List<Reading> partition : partitions) {
      for (Reading each : partition) {
        if (!without.contains(each.n)) {
          long pane = Math.floorDiv(each.at, every) * every;
          for (long begin = pane + every - size; begin <= pane; begin += every) {
            windows
                .computeIfAbsent(
                    new Window(each.key, begin, begin + size), any -> new ArrayList<>())
                .add(each.n);
          }
        }
      }
    }
    return windows;
  }

  // ------------------------------------------------------------------ lives

  void play() throws Exception {
    boolean complete = false;
    for (int life = 0; !complete; life++) {
      boolean mortal = life < 8;
      try (SlotArea area = SlotArea.local(SLOTS + SLOTS_BEHIND, SLOT_BYTES)) {
        Life now = new Life(area, mortal);
        try {
          complete = now.live();
        } catch (Killed e) {
          kills++;
          now.release();
          leave(now.disk, life);
        } finally {
          now.release();
        }
      }
      if (!complete) {
        stores.replaceAll(RecordingSink::afterCrash);
        lateStore = lateStore.afterCrash();
        dead = dead.afterCrash();
      }
    }
    check();
  }

  /** What is left of the state is in another folder. */
  private void leave(ForgetfulDisk disk, int life) throws IOException {
    Crash[] ways = Crash.values();
    Crash crash = ways[random.nextInt(ways.length)];
    powerCuts += crash == Crash.KILLED ? 0 : 1;
    folder = Files.createDirectories(first.resolve("left-" + life));
    disk.leave(crash, folder);
  }

  private void check() {
    List<Long> letters =
        Stream.concat(
                dead.committedLetters().stream()
                    .filter(each -> !isOfWindow(each))
                    .map(WindowSimulation::number),
                lateStore.committedRows().stream().map(row -> (Long) row.values().get("n")))
            .sorted()
            .toList();
    checkLate();
    assertThat(letters).as("each once").doesNotHaveDuplicates();
    if (!idles && !isLimited()) { // Otherwise that depends on when what came.
      assertThat(letters).isEqualTo(wantedDead().stream().map(Reading::n).sorted().toList());
    }
    Map<Window, List<Long>> wanted = wanted(Set.copyOf(letters));
    checkLettersOfWindows(wanted);
    if (stores.size() > 1) {
      assertThat(stores.get(1).committedRows().stream().map(RecordingSink.Row::values).toList())
          .as("each row was computed once")
          .isEqualTo(
              stores.get(0).committedRows().stream().map(RecordingSink.Row::values).toList());
    }
    for (RecordingSink store : stores) {
      Map<Window, List<Long>> found = new HashMap<>();
      List<Window> order = new ArrayList<>();
      for (RecordingSink.Row row : store.committedRows()) {
        Map<String, ?> values = row.values();
        Window window = window(values);
        order.add(window);
        found.put(
            window,
            List.of((Long) values.get("count"), (Long) values.get("n"), (Long) values.get("min")));
      }
      Map<Window, List<Long>> sums = new HashMap<>();
      wanted.forEach((window, numbers) ->
          sums.put(
              window,
              List.of(
                  (long) numbers.size(),
                  numbers.stream().mapToLong(Long::longValue).sum(),
                  numbers.stream().min(Comparator.naturalOrder()).orElseThrow())));
      assertThat(new TreeMap<>(byName(found))).isEqualTo(new TreeMap<>(byName(sums)));
      assertThat(order)
          .as("in the order of their ends, each once")
          .doesNotHaveDuplicates()
          .isSortedAccordingTo(Comparator.comparingLong(Window::end).thenComparing(Window::key));
    }
  }

  /** A sink is given everything that is late, and says how late it is; or none is. */
  private void checkLate() {
    if (bound.late().isEmpty()) {
      assertThat(lateStore.committedRows()).isEmpty();
      return;
    }
    assertThat(dead.committedLetters()).noneMatch(each -> each.reason().startsWith("late by"));
    Map<Long, Long> lateBy = new HashMap<>();
    for (RecordingSink.Row row : lateStore.committedRows()) {
      lateBy.put((Long) row.values().get("n"), (Long) row.values().get(BoundWindows.LATE_BY));
    }
    if (!isLimited()) { // Records for which there is no room make others late.
      leastLateness(lateBy.keySet())
          .forEach((n, least) -> {
            assertThat(lateBy).as("late: %s", n).containsKey(n);
            // Where windows were closed since no more comes, it is more.
            assertThat(lateBy.get(n)).isGreaterThanOrEqualTo(least);
          });
    }
  }

  /** How late records are beside their own partition, without those that went another way. */
  private Map<Long, Long> leastLateness(Set<Long> gone) {
    Map<Long, Long> late = new HashMap<>();
    for (List<Reading> partition : partitions) {
      long newest = Long.MIN_VALUE;
      for (Reading each : partition) {
        long paneEnd = (Math.floorDiv(each.at, every) + 1) * every;
        if (newest != Long.MIN_VALUE && paneEnd <= newest - lateness) {
          if (each.n % 23 != 0) { // Otherwise it may have been rejected first.
            late.put(each.n, newest - lateness - paneEnd);
          }
        } else if (each.n % 23 != 0 && !gone.contains(each.n)) {
          newest = Math.max(newest, each.at);
        }
      }
    }
    return late;
  }

  /** Takes out of the windows what has not to come to the sinks. */
  private void checkLettersOfWindows(Map<Window, List<Long>> wanted) {
    List<Window> rejected = new ArrayList<>();
    for (RecordingDeadLetters.DeadLetter each : dead.committedLetters()) {
      if (isOfWindow(each)) {
        rejected.add(window((Map<?, ?>) each.content()));
      }
    }
    assertThat(rejected).as("each once").doesNotHaveDuplicates();
    assertThat(wanted.keySet()).containsAll(rejected);
    if (rowsBehind > 0) {
      wanted.forEach((window, numbers) -> {
        long n = numbers.stream().mapToLong(Long::longValue).sum();
        if (Stamps.rejects(n) && !Stamps.filters(n)) {
          assertThat(rejected).contains(window);
        }
      });
      rejected.forEach(wanted::remove);
      wanted
          .values()
          .removeIf(numbers -> Stamps.filters(numbers.stream().mapToLong(Long::longValue).sum()));
    }
  }

  private static boolean isOfWindow(RecordingDeadLetters.DeadLetter letter) {
    return ((Map<?, ?>) letter.content()).containsKey("window_start");
  }

  private static Window window(Map<?, ?> values) {
    return new Window(
        (String) values.get("key"),
        (Long) values.get("window_start"),
        (Long) values.get("window_end"));
  }

  private static Map<String, List<Long>> byName(Map<Window, List<Long>> windows) {
    Map<String, List<Long>> named = new HashMap<>();
    windows.forEach((window, values) -> named.put(window.toString(), values));
    return named;
  }

  private static long number(RecordingDeadLetters.DeadLetter letter) {
    return (Long) ((Map<?, ?>) letter.content()).get("n");
  }

  // ------------------------------------------------------------------ one life

  private final class Life {
    private final boolean mortal;
    private final int killAfter;
    private final int killBeforeChange;
    private int changes;
    private final SlotSchema schema;
    private final StagedRow row;
    private final Forebay forebay;
    private final Doorbell bell = new Doorbell();
    private final Intake intake;
    private final List<Partition> open = new ArrayList<>();
    private final SlotSchema behind =
        SlotSchema.of(
            bound.rows(),
            false,
            List.of(FunctionBinder.bind(BEHIND.function(), bound.rows()).outputs()));
    private final List<Slot> slotsBehind = new ArrayList<>();
    private final List<Agent> agents = new ArrayList<>();
    private final ForgetfulDisk disk = ForgetfulDisk.of(folder, this::changes);
    private final StateFolder state = new StateFolder(folder, disk);
    private int steps;
    private boolean ended;

    Life(SlotArea area, boolean mortal) throws IOException {
      this.mortal = mortal;
      killAfter = mortal ? random.nextInt(random.nextBoolean() ? 60 : 600) : Integer.MAX_VALUE;
      killBeforeChange = mortal && random.nextBoolean() ? random.nextInt(50) : Integer.MAX_VALUE;
      FunctionSpec function =
          new FunctionSpec(WindowPartials.class.getName(), bound.parameters().toMap());
      schema = SlotSchema.of(INPUT, false, List.of(FunctionBinder.bind(function, INPUT).outputs()));
      row = new StagedRow(schema);
      List<Slot> slots = new ArrayList<>();
      for (int i = 0; i < SLOTS; i++) {
        slots.add(area.slot(i, schema));
      }
      for (int i = 0; rowsBehind > 0 && i < SLOTS_BEHIND; i++) {
        slotsBehind.add(area.slot(SLOTS + i, behind));
      }
      forebay = new Forebay(() -> time, slots, SLOT_BYTES, 100_000);
      intake = new Intake(forebay, () -> time, bell, bell, 1);
    }

    void release() {
      state.close();
    }

    boolean live() throws Exception {
      Schema rows = rowsBehind > 0 ? behind.view(1) : bound.rows();
      WindowState left = WindowState.read(bound, rows, state, false);
      List<Sink> sinks = new ArrayList<>();
      List<Recovery.Named> named = new ArrayList<>();
      for (RecordingSink store : stores) {
        Sink sink =
            random.nextInt(3) == 0 ? new FlakySink(store, () -> random.nextInt(20) == 0) : store;
        sinks.add(sink);
        named.add(new Recovery.Named("out" + sinks.size(), sink));
      }
      bound
          .late()
          .ifPresent(late -> {
            sinks.add(lateStore);
            named.add(new Recovery.Named("late", lateStore));
          });
      named.add(new Recovery.Named("dead", dead));
      Recovery recovery = Recovery.withState(IDENTITY, named, false, left.epoch(), any -> true);
      RecordCounts earlier = recovery.earlier();
      long lateBefore = recovery.start().countsOf(Partition.WINDOWS).delivered();
      Dispatcher[] dispatcher = new Dispatcher[2];
      WindowFeed.Memory memory =
          rowsBehind == 0
              ? null
              : new WindowFeed.Memory(
                  slotsBehind, behind, () -> time, bell, batch -> dispatcher[1].partWritten(batch));
      WindowStage windows =
          new WindowStage(left, recovery.resume(), IDENTITY, intake, time, memory);
      List<SinkChain> chains = new ArrayList<>();
      List<Output> outputs = new ArrayList<>();
      for (int i = 0; i < sinks.size(); i++) {
        boolean isLate = i == stores.size();
        SinkChain chain =
            SinkChain.of(
                "out" + (i + 1),
                sinks.get(i),
                bound.late().map(late -> LateOutput.which(late, isLate, Optional.empty())),
                recovery.output(i),
                Set.of(),
                () -> time,
                random.split());
        chains.add(chain);
        outputs.add(chain.sink());
      }
      outputs.add(dead);
      windows.prepare();
      for (int i = 0; i < outputs.size(); i++) {
        dies(random.nextInt(40) == 0);
        boolean isLate = i == stores.size() && bound.late().isPresent();
        Schema columns = isLate ? bound.late().get() : rows;
        outputs.get(i).open(new SinkContext(IDENTITY, columns, intake.names(), recovery.resume()));
      }
      RecordLedger ledger = new RecordLedger(recovery.start(), true, Map::of);
      SinkRunner runner =
          new SinkRunner(
              new SinkRunner.Wiring(
                  IDENTITY,
                  1,
                  false,
                  intake,
                  chains,
                  new DeadLetterWriter(
                      "dead",
                      Optional.of(dead),
                      recovery.output(sinks.size()),
                      intake.names(),
                      new RejectionLimit.Unlimited(),
                      () -> time),
                  ledger,
                  new LatencyMeter(() -> time, () -> time / 1_000),
                  batch -> dispatcher[0].partWritten(batch),
                  acknowledged -> {},
                  windows),
              bell,
              () -> time);
      FunctionSpec function =
          new FunctionSpec(WindowPartials.class.getName(), bound.parameters().toMap());
      RunningStage stage =
          new RunningStage(
              0,
              Stage.cpu("sums", function).batch(BatchSize.of(batchRows)),
              StagePools.inline(FunctionBinder.bind(function, INPUT), 0, () -> false),
              1_000_000_000);
      dispatcher[0] =
          new Dispatcher(intake, List.of(stage), new Resequencer(true, runner), bell, 1_000);
      if (memory == null) {
        agents.add(dispatcher[0]);
      } else {
        dispatcher[1] = behind(windows, runner);
        agents.add(new BothDispatchers(dispatcher[0], dispatcher[1]));
      }
      agents.add(runner);
      agents.addAll(runner.sinksWithThreads());
      for (int p = 0; p < partitions.size(); p++) {
        Position from = recovery.start().of(Partition.key("s", Integer.toString(p)));
        open.add(intake.open(0, "s", Integer.toString(p), from));
      }
      while (!runner.isDone()) {
        dies(++steps > killAfter);
        if (steps > MOST_STEPS) {
          throw new AssertionError("no end after " + steps + " steps");
        }
        step();
        RecordCounts counts = ledger.counts().with(forebay.read(), 0);
        assertThat(counts.inFlight()).isBetween(0L, counts.read());
      }
      assertThat(forebay.freeSlots()).isEqualTo(SLOTS);
      RecordCounts all =
          ledger
              .earlier(earlier)
              .plus(ledger.counts().with(forebay.read(), 0))
              .ofWindows(lateBefore + ledger.counts().late());
      long late = lateStore.committedRows().size();
      long records = partitions.stream().mapToLong(List::size).sum();
      long letters = dead.committedLetters().stream().filter(each -> !isOfWindow(each)).count();
      assertThat(all)
          .as("dead letters: %s", dead.committedLetters())
          .isEqualTo(new RecordCounts(records, late, letters, 0, 0, 0, records - letters - late));
      return true;
    }

    private Dispatcher behind(WindowStage windows, SinkRunner runner) {
      HeldPool pool =
          new HeldPool(
              StagePools.inline(
                  FunctionBinder.bind(BEHIND.function(), bound.rows()), 0, () -> false),
              1 + random.nextInt(3),
              random.split());
      agents.add(pool);
      RunningStage stage =
          new RunningStage(0, BEHIND.batch(BatchSize.of(rowsBehind)), pool, 1_000_000_000);
      return new Dispatcher(
          Objects.requireNonNull(windows.behind()),
          List.of(stage),
          new Resequencer(true, runner.ofWindows()),
          bell,
          0);
    }

    private void dies(boolean now) {
      if (mortal && now) {
        throw new Killed();
      }
    }

    private void step() throws Exception {
      switch (random.nextInt(5)) {
        case 0 -> handIn();
        case 1 -> // Stores that are away are tried again after seconds.
            time +=
                idles && random.nextInt(20) > 0
                    ? random.nextLong(9_000_000)
                    : random.nextLong(2_000_000_000);
        default -> {
          Agent agent = agents.get(random.nextInt(agents.size()));
          if (!agent.isDone()) {
            agent.step(time);
          }
        }
      }
    }

    private void handIn() {
      boolean more = false;
      for (int p = 0; p < open.size(); p++) {
        List<Reading> readings = partitions.get(p);
        Partition partition = open.get(p);
        for (int i = random.nextInt(12);
            i > 0 && partition.lastSequence < readings.size() && forebay.hasRoom();
            i--) {
          Reading next = readings.get((int) partition.lastSequence);
          row.setLong(0, next.at);
          byte[] key = next.key.getBytes(java.nio.charset.StandardCharsets.UTF_8);
          row.setBytes(1, key, 0, key.length);
          row.setLong(2, next.n);
          long sequence = partition.lastSequence + 1;
          intake.tryHandIn(partition, row, sequence, sequence, "", Rejection.Text.NONE);
          row.clear();
        }
        more |= partition.lastSequence < readings.size();
      }
      if (!more && !ended) {
        ended = true;
        intake.finished(0, true);
        intake.end(true);
      }
    }

    private void changes() {
      if (++changes > killBeforeChange) {
        killsInFiles++;
        throw new Killed();
      }
    }
  }
}
