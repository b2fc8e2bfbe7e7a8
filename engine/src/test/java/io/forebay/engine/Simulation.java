package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.Output;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.RecordCounts;
import io.forebay.Rejection;
import io.forebay.RowFilter;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Int64Column;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.RejectionLimit;
import io.forebay.engine.api.Stage;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.delivery.DeadLetterWriter;
import io.forebay.engine.internal.delivery.RecordLedger;
import io.forebay.engine.internal.delivery.SinkRunner;
import io.forebay.engine.internal.dispatch.Dispatcher;
import io.forebay.engine.internal.dispatch.Resequencer;
import io.forebay.engine.internal.dispatch.RunningStage;
import io.forebay.engine.internal.intake.AckTracker;
import io.forebay.engine.internal.intake.Forebay;
import io.forebay.engine.internal.intake.Intake;
import io.forebay.engine.internal.loops.Agent;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.measure.LatencyMeter;
import io.forebay.engine.internal.recovery.Recovery;
import io.forebay.engine.internal.run.Run;
import io.forebay.engine.internal.sinks.SinkAgent;
import io.forebay.engine.internal.sinks.SinkChain;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.slots.CallWriter;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.api.WorkerPool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline in a world that a seed decides on: the real intake, dispatcher, resequencer, sink
 * runner, recovery and decorated sinks, on one thread (also where each sink has a thread of its
 * own), with time, sources, workers and stores played by the simulation. The engine is killed at
 * any step, also while it recovers, and started again on what was committed, until one run comes to
 * its end. Then every record must be where it belongs, once. An agent that had nothing to do makes
 * a step again only when it is rung or its time has come, as on a thread of its own: a ring that is
 * missing is found ({@link PlayedThread}).
 *
 * <p>What happens at random: how much each partition hands in, when an agent makes a step, which
 * worker answers first, lost workers, pools that pause, outputs that do not fit, stores that are
 * away before or after a write or commit has had its effect, commits that fail for good, a store
 * that refuses rows, at once, when it is flushed, or after they were committed.
 */
final class Simulation {
  /** Memory that is used by one simulation after another. */
  public static final class Memory implements AutoCloseable {
    private static final int SLOTS = 5;
    private static final int SLOT_BYTES = 1 << 13;
    private static final Schema INPUT = Schema.of(Field.of("n", ColumnType.INT64));
    private static final List<SlotSchema> SCHEMAS =
        List.of(
            SlotSchema.of(INPUT, false, List.of(output(0))),
            SlotSchema.of(INPUT, false, List.of(output(0), output(1))));

    private final List<SlotArea> areas =
        List.of(SlotArea.local(SLOTS, SLOT_BYTES), SlotArea.local(SLOTS, SLOT_BYTES));

    private static Schema output(int stage) {
      return Schema.of(Field.of("times" + (stage + 2), ColumnType.INT64));
    }

    List<Slot> slots(int stages, int count) {
      List<Slot> slots = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        slots.add(areas.get(stages - 1).slot(i, SCHEMAS.get(stages - 1)));
      }
      return slots;
    }

    @Override
    public void close() {
      areas.forEach(SlotArea::close);
    }
  }

  /** Records of different partitions differ by this. */
  private static final long PARTITION = 1_000_000;

  private static final int MOST_STEPS = 200_000;
  private static final String IDENTITY = "simulated";

  private final SplittableRandom random;
  private final Memory memory;
  private final int stages;
  private final int slotCount;
  private final boolean ordered;
  private final int batchRows;
  private final int window;
  private final long[] records;
  private final double awayOften;

  /** Whether the first store refuses some rows. */
  private final boolean refusing;

  /** Whether it does so after they were committed, and what it has passed then. */
  private final boolean late;

  /** Whether the second store is given only some of the rows. */
  private final boolean routed;

  private final LateSink.Passed passed = new LateSink.Passed();

  private final List<RecordingSink> stores = new ArrayList<>();
  private RecordingDeadLetters dead = new RecordingDeadLetters();
  private int kills;
  private int lostAnswers;
  private long time;

  /** The last steps, for the person who looks at a failure. */
  private final ArrayDeque<String> trace = new ArrayDeque<>();

  Simulation(long seed, Memory memory) {
    this.random = new SplittableRandom(seed);
    this.memory = memory;
    stages = 1 + random.nextInt(2);
    slotCount = 2 + random.nextInt(Memory.SLOTS - 1);
    ordered = random.nextInt(5) > 0;
    batchRows = 1 + random.nextInt(random.nextBoolean() ? 5 : 40);
    window = random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 100_000;
    records = new long[1 + random.nextInt(3)];
    for (int i = 0; i < records.length; i++) {
      records[i] = random.nextInt(60);
    }
    awayOften = random.nextInt(3) == 0 ? 0.05 : 0;
    refusing = random.nextInt(3) == 0;
    late = refusing && random.nextInt(3) == 0;
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      stores.add(new RecordingSink());
    }
    routed = stores.size() > 1 && random.nextInt(3) == 0;
  }

  /** How often the engine was killed. */
  int kills() {
    return kills;
  }

  // ------------------------------------------------------------------ what belongs where

  private static boolean isUnreadable(long n) {
    return n % 19 == 0;
  }

  private static boolean isPoison(long n) {
    return n % 13 == 0;
  }

  private static boolean isFiltered(long n) {
    return n % 11 == 0;
  }

  private static boolean isRejected(long n) {
    return n % 17 == 0;
  }

  private static boolean isRefused(long n) {
    return n % 7 == 0;
  }

  private static boolean isGood(long n) {
    return !isUnreadable(n) && !isPoison(n) && !isFiltered(n) && !isRejected(n);
  }

  private boolean isDead(long n) {
    return isUnreadable(n)
        || isPoison(n)
        || (!isFiltered(n) && isRejected(n))
        || (refusing && isGood(n) && isRefused(n));
  }

  private static long number(int partition, long sequence) {
    return PARTITION * partition + sequence;
  }

  /** Whether a row is for the second store. */
  private static final class Routed implements RowFilter {
    @Override
    public void check(Schema schema) {}

    @Override
    public int[] rows(Batch batch) {
      return IntStream.range(0, batch.rows())
          .filter(row -> isRouted(batch.int64("n").get(row)))
          .toArray();
    }
  }

  private static boolean isRouted(long n) {
    return n % 3 != 1 && n % 20 < 14;
  }

  private List<Long> good(RecordingSink store, int partition, long upTo) {
    boolean some = routed && store == stores.getLast();
    boolean refuses = refusing && !late && store == stores.getFirst();
    return LongStream.rangeClosed(1, upTo)
        .map(sequence -> number(partition, sequence))
        .filter(n -> isGood(n) && !(refuses && isRefused(n)) && !(some && !isRouted(n)))
        .boxed()
        .toList();
  }

  // ------------------------------------------------------------------ lives

  /** Plays until a run comes to its end, and checks everything. */
  void play() throws Exception {
    try {
      boolean complete = false;
      for (int life = 0; !complete; life++) {
        boolean mortal = life < 6;
        note("life " + life);
        Life now = new Life(mortal ? killAfter() : Integer.MAX_VALUE, mortal);
        complete = now.live();
        lostAnswers += now.lostAnswers();
        if (!complete) {
          kills++;
          stores.replaceAll(RecordingSink::afterCrash);
          dead = dead.afterCrash();
          checkCommitted();
        }
      }
      checkCompleted();
    } catch (AssertionError | Exception e) {
      e.addSuppressed(new AssertionError("the last steps: " + String.join(", ", trace)));
      throw e;
    }
  }

  private int killAfter() {
    return random.nextInt(3) == 0 ? random.nextInt(30) : random.nextInt(600);
  }

  private void note(String step) {
    if (trace.size() == 60) {
      trace.removeFirst();
    }
    trace.add(step);
  }

  /** What a store has committed is what its progress says: nothing missing, nothing twice. */
  private void checkCommitted() {
    for (RecordingSink store : stores) {
      for (int p = 0; p < records.length; p++) {
        List<Long> found = committed(store, p);
        if (ordered) {
          assertThat(found).as("in order").isEqualTo(good(store, p, reached(store, p)));
        } else {
          assertThat(found).containsAll(good(store, p, reached(store, p)));
        }
      }
    }
  }

  private static long reached(RecordingSink store, int partition) {
    return store
        .progress()
        .map(progress -> progress.frontier().of("s/" + partition).sequence())
        .orElse(0L);
  }

  private static List<Long> committed(RecordingSink store, int partition) {
    return store.committedRows().stream()
        .filter(row -> row.partition().equals("s/" + partition))
        .map(row -> (Long) row.values().get("n"))
        .toList();
  }

  private void checkCompleted() {
    if (late) {
      assertThat(passed.rows).isEqualTo(stores.getFirst().committedRows().size());
    }
    for (RecordingSink store : stores) {
      for (int p = 0; p < records.length; p++) {
        List<Long> found = committed(store, p);
        List<Long> wanted = good(store, p, records[p]);
        if (ordered) {
          assertThat(found).as("delivered of partition " + p).isEqualTo(wanted);
        } else {
          assertThat(found.stream().distinct().sorted()).isEqualTo(wanted);
          // Batches may overtake, so a commit can hold what lies behind a gap: it comes again after
          // a kill, and when the answer to a commit was lost.
          assertThat(found.size() - wanted.size())
              .isLessThanOrEqualTo((kills + lostAnswers) * window);
        }
      }
      assertThat(store.committedRows())
          .allSatisfy(row -> {
            for (int stage = 0; stage < stages; stage++) {
              long n = (Long) row.values().get("n");
              assertThat(row.values()).containsEntry("times" + (stage + 2), (stage + 2) * n);
            }
          });
    }
    for (int p = 0; p < records.length; p++) {
      int partition = p;
      List<Long> letters =
          dead.committedLetters().stream()
              .filter(letter -> letter.partition().equals(Integer.toString(partition)))
              .map(letter -> number(partition, letter.sequence()))
              .toList();
      List<Long> wanted =
          LongStream.rangeClosed(1, records[p])
              .map(sequence -> number(partition, sequence))
              .filter(this::isDead)
              .boxed()
              .toList();
      if (ordered && !(late && kills > 0)) {
        List<Long> found = refusing ? letters.stream().sorted().toList() : letters;
        assertThat(found).as("dead letters of partition " + p).isEqualTo(wanted);
      } else {
        assertThat(letters.stream().distinct().sorted()).isEqualTo(wanted);
      }
    }
  }

  // ------------------------------------------------------------------ one life of the engine

  private final class Life {
    private final int killAfter;
    private final boolean mortal;
    private final List<PlayedPool> pools = new ArrayList<>();
    private final List<Sink> sinks = new ArrayList<>();
    private final List<Partition> partitions = new ArrayList<>();
    private final StagedRow row = new StagedRow(Memory.SCHEMAS.get(stages - 1));
    private final Forebay forebay =
        new Forebay(() -> time, memory.slots(stages, slotCount), Memory.SLOT_BYTES, window);
    private final Doorbell dispatcherBell = new Doorbell();
    private final Doorbell sinkRunnerBell = new Doorbell();
    private final Intake intake =
        new Intake(forebay, () -> time, dispatcherBell, sinkRunnerBell, 1);

    /** The dispatcher's, the sink runner's, and those of the sinks. */
    private final List<PlayedThread> threads = new ArrayList<>();

    /** How many records of a partition were not acknowledged when it had no credit; or none. */
    private final long[] withoutCredit = new long[records.length];

    private boolean ended;

    /** What the sink runner's looks at the clock take, which it does to measure its commits. */
    private final long commitNanos = random.nextInt(3) == 0 ? random.nextLong(50_000_000) : 0;

    private @Nullable Dispatcher dispatcher;
    private @Nullable SinkRunner sinkRunner;
    private @Nullable RecordLedger ledger;
    private final LatencyMeter latency = new LatencyMeter(() -> time, () -> time / 1_000);
    private RecordCounts earlier = RecordCounts.NONE;
    private int steps;

    Life(int killAfter, boolean mortal) {
      this.killAfter = killAfter;
      this.mortal = mortal;
      for (RecordingSink store : stores) {
        if (late && store == stores.getFirst()) {
          sinks.add(new LateSink(store, passed, Simulation::isRefused));
          continue;
        }
        FlakySink flaky = new FlakySink(store, () -> random.nextDouble() < awayOften);
        boolean refuses = refusing && store == stores.getFirst();
        if (refuses) {
          flaky.refuse(Simulation::isRefused, random.nextBoolean());
        }
        sinks.add(refuses || awayOften > 0 ? flaky : store);
      }
    }

    int lostAnswers() {
      return sinks.stream()
          .mapToInt(sink -> sink instanceof FlakySink flaky ? flaky.lostAnswers : 0)
          .sum();
    }

    /** Whether it came to its end; false if it was killed or failed. */
    boolean live() throws Exception {
      if (!begin()) {
        return false;
      }
      SinkRunner writes = sinkRunner();
      while (!writes.isDone()) {
        if (++steps > killAfter) {
          note("killed");
          return false;
        }
        if (steps > MOST_STEPS) {
          throw new AssertionError("no end after " + steps + " steps");
        }
        try {
          step();
        } catch (PipelineFailedException e) {
          note("failed: " + e.getMessage());
          assertThat(mortal).as("a run fails for no reason: " + e.getMessage()).isTrue();
          return false;
        }
        assertConserved();
      }
      assertThat(forebay.freeSlots()).as("free slots at the end").isEqualTo(slotCount);
      checkCounts(ledger().earlier(earlier).plus(ledger().counts().with(forebay.read(), 0)));
      assertThat(latency.latency().arrivalToCommit().records()).isEqualTo(forebay.read());
      return true;
    }

    private Dispatcher dispatcher() {
      return Objects.requireNonNull(dispatcher);
    }

    private RecordLedger ledger() {
      return Objects.requireNonNull(ledger);
    }

    private SinkRunner sinkRunner() {
      return Objects.requireNonNull(sinkRunner);
    }

    /** As {@link Run} does it. */
    private boolean begin() throws IOException {
      List<Recovery.Named> named = new ArrayList<>();
      for (int i = 0; i < sinks.size(); i++) {
        named.add(new Recovery.Named("out" + i, sinks.get(i)));
      }
      named.add(new Recovery.Named("dead", dead));
      Recovery recovery = Recovery.of(IDENTITY, named, false, false, name -> true);
      earlier = recovery.earlier();
      SinkContext context =
          new SinkContext(
              IDENTITY,
              Memory.SCHEMAS.get(stages - 1).view(stages),
              intake.names(),
              recovery.resume());
      List<SinkChain> chains = new ArrayList<>();
      for (int i = 0; i < sinks.size(); i++) {
        chains.add(
            SinkChain.of(
                named.get(i).name(),
                fallible(sinks.get(i)),
                routed && i == 1 ? Optional.of(new Routed()) : Optional.empty(),
                recovery.output(i),
                Set.of(),
                () -> time,
                random.split()));
      }
      List<Output> outputs = new ArrayList<>(chains.stream().map(SinkChain::sink).toList());
      outputs.add(dead);
      int opened = 0;
      for (Output each : outputs) {
        if (mortal && random.nextInt(60) == 0) {
          note("killed with " + opened + " outputs open");
          return false;
        }
        each.open(context);
        opened++;
      }
      ledger = new RecordLedger(recovery.start(), true, Map::of);
      sinkRunner =
          new SinkRunner(
              new SinkRunner.Wiring(
                  IDENTITY,
                  stages,
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
                  ledger(),
                  latency,
                  batch -> dispatcher().partWritten(batch),
                  this::acknowledged,
                  null),
              sinkRunnerBell,
              () -> time += commitNanos);
      List<RunningStage> runningStages = new ArrayList<>();
      for (int i = 0; i < stages; i++) {
        PlayedPool pool = new PlayedPool(i, 1 + random.nextInt(3));
        pools.add(pool);
        Stage stage = Stage.cpu("stage" + i, "none").batch(BatchSize.of(batchRows));
        runningStages.add(new RunningStage(i, stage, pool, 1_000_000_000));
      }
      dispatcher =
          new Dispatcher(
              intake, runningStages, new Resequencer(ordered, sinkRunner), dispatcherBell, 1_000);
      threads.add(new PlayedThread("dispatch", dispatcher, dispatcherBell));
      threads.add(new PlayedThread("sink", sinkRunner, sinkRunnerBell));
      for (SinkAgent sink : sinkRunner.sinksWithThreads()) {
        threads.add(new PlayedThread("sink " + (threads.size() - 1), sink, sink.doorbell()));
      }

      for (int p = 0; p < records.length; p++) {
        Position from = recovery.start().of(Partition.key("s", Integer.toString(p)));
        assertThat(from.offset()).isEqualTo(10 * from.sequence());
        partitions.add(intake.open(0, "s", Integer.toString(p), from));
      }
      return true;
    }

    /** The output, or one whose commits may fail for good. */
    private Sink fallible(Sink sink) {
      return sink instanceof RecordingSink store && mortal && random.nextInt(3) == 0
          ? new FailingSink(store, 1 + random.nextInt(6))
          : sink;
    }

    /** Of all runs, each record once, however often the engine was killed. */
    private void checkCounts(RecordCounts counts) {
      long all = 0;
      long lost = 0;
      long filtered = 0;
      for (int p = 0; p < records.length; p++) {
        all += records[p];
        for (long sequence = 1; sequence <= records[p]; sequence++) {
          long n = number(p, sequence);
          lost += isDead(n) ? 1 : 0;
          filtered += isDead(n) || isGood(n) ? 0 : 1;
        }
      }
      if (late && kills > 0) {
        // What was refused late in an earlier life counts as delivered, or, refused again, again.
        assertThat(counts.delivered() + counts.deadLettered()).isEqualTo(all - filtered);
        return;
      }
      assertThat(counts)
          .as("ordered: %s, stores: %s, lost answers: %s", ordered, stores.size(), lostAnswers)
          .isEqualTo(new RecordCounts(all, all - lost - filtered, lost, filtered, 0, 0));
    }

    /** Whatever the source is told must be durable in every output. */
    private void acknowledged(AckTracker.Acknowledged acknowledged) {
      String key = acknowledged.partition().key;
      long upTo = acknowledged.position().sequence();
      for (RecordingSink store : stores) {
        checkDurable(store.progress(), key, upTo);
      }
      checkDurable(dead.progress(), key, upTo);
    }

    private static void checkDurable(Optional<Progress> progress, String key, long upTo) {
      if (progress.orElseThrow().frontier().of(key).sequence() < upTo) {
        throw new AssertionError(
            key + " was acknowledged up to " + upTo + ", but an output has only " + progress);
      }
    }

    private void assertConserved() {
      // Plain comparisons: this is looked at millions of times.
      RecordCounts counts = ledger().counts().with(forebay.read(), 0);
      if (counts.inFlight() < 0 || counts.inFlight() > counts.read()) {
        throw new AssertionError("the counts are " + counts);
      }
      for (Partition partition : partitions) {
        if (partition.unacknowledged < 0 || partition.unacknowledged > window) {
          throw new AssertionError(
              partition.unacknowledged + " unacknowledged with a window of " + window);
        }
      }
    }

    private void step() throws Exception {
      switch (random.nextInt(6)) {
        case 0 -> handIn();
        case 1, 2 -> pools.get(random.nextInt(stages)).work();
        case 3 -> threads.getFirst().step();
        case 4 -> threads.get(1 + random.nextInt(threads.size() - 1)).step();
        default -> {
          if (sinks.getFirst() instanceof LateSink keeper) {
            keeper.handOn(random.nextInt(20));
          }
          long more = random.nextInt(4) == 0 ? random.nextLong(3_000_000_000L) : 2_000;
          time += more;
        }
      }
    }

    private void handIn() {
      boolean more = false;
      for (int p = 0; p < partitions.size(); p++) {
        Partition partition = partitions.get(p);
        for (int i = random.nextInt(20); i > 0 && partition.lastSequence < records[p]; i--) {
          if (!append(p, partition, partition.lastSequence + 1)) {
            break;
          }
        }
        more |= partition.lastSequence < records[p];
      }
      note("hand in");
      if (!more && !ended) {
        ended = true;
        intake.end(true);
      }
    }

    private boolean append(int p, Partition partition, long sequence) {
      boolean waits = partition.unacknowledged >= withoutCredit[p];
      if (!forebay.hasRoom() || (withoutCredit[p] > 0 && waits)) {
        return false;
      }
      long n = number(p, sequence);
      row.setLong(0, n);
      Forebay.Outcome outcome =
          isUnreadable(n)
              ? intake.tryHandIn(
                  partition, null, sequence, 10 * sequence, "unreadable", Rejection.Text.of("?"))
              : intake.tryHandIn(partition, row, sequence, 10 * sequence, "", Rejection.Text.NONE);
      row.clear();
      withoutCredit[p] = outcome == Forebay.Outcome.NO_CREDIT ? partition.unacknowledged : 0;
      return outcome == Forebay.Outcome.TAKEN;
    }
  }

  // ------------------------------------------------------------------ threads

  /**
   * A thread with an agent: when that has nothing to do, it sleeps until it is rung or its time has
   * come. Now and then it is looked at in its sleep: if there is something to do then, whoever has
   * brought it has forgotten to ring, and nobody else would come to do it.
   */
  private final class PlayedThread {
    private final String name;
    private final Agent agent;
    private final Doorbell doorbell;
    private boolean asleep;
    private long wakesAt;

    PlayedThread(String name, Agent agent, Doorbell doorbell) {
      this.name = name;
      this.agent = agent;
      this.doorbell = doorbell;
    }

    void step() throws Exception {
      if (agent.isDone()) {
        return;
      }
      if (asleep && !doorbell.poll() && time < wakesAt) {
        // That the store of a late sink refuses rows is seen by looking at it once a second.
        if (!late && random.nextInt(4) == 0 && agent.step(time)) {
          throw new AssertionError(
              "a wake-up is lost: '"
                  + name
                  + "' has something to do, but sleeps for another "
                  + (wakesAt - time)
                  + " ns");
        }
        return;
      }
      note(name);
      asleep = !agent.step(time);
      if (asleep) {
        long wait = agent.nextStepIn(time);
        asleep = wait > 0;
        wakesAt = time + wait;
      }
    }
  }

  // ------------------------------------------------------------------ workers

  /** A pool whose workers answer when and how the seed wants it. */
  private final class PlayedPool implements WorkerPool {
    private record Call(Slot slot, CompletableFuture<Completion> end) {}

    private final int stage;
    private final int workers;
    private final List<Call> inWork = new ArrayList<>();
    private int pauses;

    PlayedPool(int stage, int workers) {
      this.stage = stage;
      this.workers = workers;
    }

    @Override
    public int capacity() {
      return workers;
    }

    @Override
    public int workers() {
      return workers;
    }

    @Override
    public boolean hasIdleWorker() {
      return inWork.size() < workers;
    }

    @Override
    public CompletableFuture<Completion> submit(Slot slot, CallOptions options) {
      if (inWork.size() >= workers) {
        throw new AssertionError("more batches than the pool has room for");
      }
      Call call = new Call(slot, new CompletableFuture<>());
      inWork.add(call);
      return call.end;
    }

    @Override
    public PoolSnapshot snapshot() {
      return new PoolSnapshot(workers, inWork.size(), 0, 0);
    }

    @Override
    public boolean close(Duration deadline) {
      return true;
    }

    @Override
    public void close() {}

    /** One worker answers. */
    void work() {
      if (inWork.isEmpty()) {
        return;
      }
      Call call = inWork.remove(random.nextInt(inWork.size()));
      if (pauses < RunningStage.MOST_PAUSES - 1 && random.nextInt(40) == 0) {
        pauses++;
        note("pause");
        call.end.complete(
            new Completion.Unavailable("they die", Duration.ofNanos(1 + random.nextInt(99))));
        return;
      }
      int poison = stage == 0 ? poisonIn(call.slot) : -1;
      if (poison < 0) {
        pauses = 0; // A death does not show that the pool works.
      }
      note(poison < 0 ? "answer" : "death");
      call.end.complete(
          poison < 0
              ? compute(call.slot)
              : new Completion.Lost(
                  random.nextBoolean() ? poison : -1, "it dies of it", "exit 13"));
    }

    private static int poisonIn(Slot slot) {
      Int64Column n = slot.view(0).int64("n");
      for (int r = 0; r < slot.rows(); r++) {
        if (isPoison(n.get(r))) {
          return r;
        }
      }
      return -1;
    }

    private Completion compute(Slot slot) {
      Int64Column n = slot.view(stage).int64("n");
      int rows = slot.rows();
      CallWriter out = slot.beginCall(stage, RowShape.FEWER);
      boolean overflows = rows > 1 && random.nextInt(20) == 0;
      int end = overflows ? 1 + random.nextInt(rows - 1) : rows;
      for (int r = 0; r < end; r++) {
        if (stage == 0 && isFiltered(n.get(r))) {
          out.filter(r);
        } else if (stage == 0 && isRejected(n.get(r))) {
          out.reject(r, "rejected");
        } else {
          out.int64("times" + (stage + 2)).set(r, (stage + 2) * n.get(r));
        }
      }
      if (overflows) {
        out.overflowed(end, 1_000);
      } else {
        out.done(1_000, -1);
      }
      return new Completion.Done(slot.result(stage), 0, 0);
    }
  }

  /** Fails for good at one of its commits, before or after it has had its effect. */
  private final class FailingSink implements Sink {
    private final RecordingSink store;
    private int commitsLeft;

    FailingSink(RecordingSink store, int commitsLeft) {
      this.store = store;
      this.commitsLeft = commitsLeft;
    }

    @Override
    public Optional<Progress> recover() {
      return store.recover();
    }

    @Override
    public void open(SinkContext context) {
      store.open(context);
    }

    @Override
    public void write(Batch batch) throws IOException {
      store.write(batch);
    }

    @Override
    public void commit(Progress progress) throws IOException {
      if (--commitsLeft > 0) {
        store.commit(progress);
        return;
      }
      if (random.nextBoolean()) {
        store.commit(progress);
      }
      throw new IOException("the disk is broken");
    }

    @Override
    public boolean effectivelyOnce() {
      return true;
    }

    @Override
    public void close() {}
  }
}
