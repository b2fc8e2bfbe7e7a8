package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.RecordCounts;
import io.forebay.RowShape;
import io.forebay.Schema;
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
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.measure.LatencyMeter;
import io.forebay.engine.internal.recovery.ResumePoint;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The real intake, dispatcher and sink runner on one thread, with workers that the test plays: they
 * compute doubled = 2n, and are lost when the test wants it. Every interleaving comes of the seed.
 */
@Timeout(180)
class SteppedPipelineTest {
  private static final int SLOTS = 4;
  private static final int SLOT_BYTES = 1 << 13;
  private static final SlotSchema SCHEMA =
      SlotSchema.of(
          Schema.of(Field.of("n", ColumnType.INT64)),
          false,
          List.of(Schema.of(Field.of("doubled", ColumnType.INT64))));

  /** A pool whose workers the test plays. */
  private static final class Played implements WorkerPool {
    record Call(Slot slot, CompletableFuture<Completion> end) {}

    final List<Call> inWork = new ArrayList<>();

    @Override
    public int capacity() {
      return 3;
    }

    @Override
    public int workers() {
      return 3;
    }

    @Override
    public boolean hasIdleWorker() {
      return inWork.isEmpty();
    }

    @Override
    public CompletableFuture<Completion> submit(Slot slot, CallOptions options) {
      assertThat(inWork).hasSizeLessThan(capacity());
      Call call = new Call(slot, new CompletableFuture<>());
      inWork.add(call);
      return call.end;
    }

    @Override
    public PoolSnapshot snapshot() {
      return new PoolSnapshot(3, inWork.size(), 0, 0);
    }

    @Override
    public boolean close(Duration deadline) {
      return true;
    }

    @Override
    public void close() {}
  }

  private final SlotArea area = SlotArea.local(SLOTS, SLOT_BYTES);
  private final RecordingSink sink = new RecordingSink();
  private final RecordingDeadLetters dead = new RecordingDeadLetters();
  private @Nullable FlakySink flaky;
  private final Played workers = new Played();
  private final List<AckTracker.Acknowledged> acknowledged = new ArrayList<>();
  private final StagedRow row = new StagedRow(SCHEMA);
  private long time;
  private Forebay forebay;
  private Intake intake;
  private Dispatcher dispatcher;
  private SinkRunner sinkRunner;
  private RecordLedger ledger;
  private final LatencyMeter latency = new LatencyMeter(() -> time, () -> time / 1_000);
  private Partition partition;

  private void build(boolean ordered, int batchRows, int window) {
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      slots.add(area.slot(i, SCHEMA));
    }
    forebay = new Forebay(() -> time, slots, SLOT_BYTES, window);
    intake = new Intake(forebay, () -> time, new Doorbell(), new Doorbell(), 1);
    SinkContext context = new SinkContext("id", SCHEMA.view(1), intake.names(), false);
    SinkChain out =
        SinkChain.of(
            "out",
            flaky == null ? sink : flaky,
            Optional.empty(),
            ResumePoint.START,
            Set.of(),
            () -> time,
            new SplittableRandom(5));
    try {
      out.sink().open(context);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    dead.open(context);
    ledger = new RecordLedger(Frontier.START, true, Map::of);
    sinkRunner =
        new SinkRunner(
            new SinkRunner.Wiring(
                "id",
                1,
                false,
                intake,
                List.of(out),
                new DeadLetterWriter(
                    "dead",
                    Optional.of(dead),
                    ResumePoint.START,
                    intake.names(),
                    new RejectionLimit.Unlimited(),
                    () -> time),
                ledger,
                latency,
                batch -> dispatcher.partWritten(batch),
                acknowledged::add,
                null),
            new Doorbell(),
            () -> time);
    Stage stage = Stage.cpu("double", "none").batch(BatchSize.of(batchRows));
    dispatcher =
        new Dispatcher(
            intake,
            List.of(new RunningStage(0, stage, workers, 1_000_000_000)),
            new Resequencer(ordered, sinkRunner),
            new Doorbell(),
            1_000);
    partition = intake.open(0, "s", "", Position.START);
  }

  @AfterEach
  void close() {
    area.close();
  }

  private boolean append(long n) throws InterruptedException {
    if (!forebay.hasRoom() || intake.isShortOfCredit()) {
      return false;
    }
    row.setLong(0, n);
    if (forebay.tryAppend(partition, row, n, 10 * n) != Forebay.Outcome.TAKEN) {
      row.clear();
      return false;
    }
    row.clear();
    return true;
  }

  private static Completion compute(Slot slot) {
    Int64Column n = slot.view(0).int64("n");
    CallWriter out = slot.beginCall(0, RowShape.SAME);
    for (int r = 0; r < slot.rows(); r++) {
      out.int64("doubled").set(r, 2 * n.get(r));
    }
    out.done(1_000, -1);
    return new Completion.Done(slot.result(0), 0, 0);
  }

  private static int poisonIn(Slot slot) {
    Int64Column n = slot.view(0).int64("n");
    for (int r = 0; r < slot.rows(); r++) {
      if (n.get(r) % 13 == 0) {
        return r;
      }
    }
    return -1;
  }

  /** One worker ends its call: well, or lost with the guilty row known or not. */
  private void work(Random random) {
    if (workers.inWork.isEmpty()) {
      return;
    }
    Played.Call call = workers.inWork.remove(random.nextInt(workers.inWork.size()));
    if (random.nextInt(30) == 0) {
      call.end.complete(
          new Completion.Unavailable("they die", Duration.ofNanos(random.nextInt(3_000) + 1)));
      return;
    }
    int poison = poisonIn(call.slot);
    call.end.complete(
        poison < 0
            ? compute(call.slot)
            : new Completion.Lost(random.nextBoolean() ? poison : -1, "it dies of it", "exit 13"));
  }

  private void assertConserved() {
    RecordCounts counts = ledger.counts().with(forebay.read(), 0);
    assertThat(counts.inFlight()).isBetween(0L, counts.read());
    if (flaky == null) { // Otherwise the sink may have been rolled back.
      assertThat(counts.delivered()).isLessThanOrEqualTo(sink.committedRows().size());
    }
    assertThat(counts.deadLettered()).isLessThanOrEqualTo(dead.committedLetters().size());
  }

  @ParameterizedTest(name = "seed {0}, ordered {1}, batches of {2}, window {3}")
  @CsvSource({
    "1, true, 10, 100000", "2, true, 64, 100000", "3, true, 3, 20", "4, false, 10, 100000",
    "5, false, 100, 150", "6, true, 100, 100000", "7, true, 1, 5", "8, false, 2, 100000"
  })
  void delivers_every_good_record_once_when_workers_are_lost_at_random(
      long seed, boolean ordered, int batchRows, int window) throws Exception {
    build(ordered, batchRows, window);
    runAndCheck(new Random(seed), ordered, window);
  }

  @ParameterizedTest(name = "seed {0}, batches of {1}, window {2}")
  @CsvSource({
    "1, 10, 100000",
    "2, 64, 100000",
    "3, 3, 20",
    "4, 100, 150",
    "5, 1, 5",
    "6, 2, 100000",
    "7, 30, 100000",
    "8, 17, 60"
  })
  void delivers_every_good_record_once_when_the_store_is_away_at_random(
      long seed, int batchRows, int window) throws Exception {
    Random random = new Random(seed);
    FlakySink store = new FlakySink(sink, () -> random.nextInt(20) == 0);
    flaky = store;
    build(true, batchRows, window);
    runAndCheck(random, true, window);
    assertThat(store.failures).isPositive();
    assertThat(window > 20 || store.lostAnswers > 0).as("answers were lost").isTrue();
  }

  @Test
  void delivers_every_good_record_once_when_the_store_remembers_partitions_of_earlier_runs()
      throws Exception {
    Random random = new Random(9);
    FlakySink store = new FlakySink(sink, () -> random.nextInt(20) == 0);
    store.remember();
    flaky = store;
    build(true, 7, 100);
    runAndCheck(random, true, 100);
    assertThat(store.lostAnswers).isPositive();
  }

  @Test
  void keeps_every_record_when_batches_overtake_and_the_store_is_away_at_random() throws Exception {
    Random random = new Random(11);
    flaky = new FlakySink(sink, () -> random.nextInt(20) == 0);
    build(false, 7, 100_000);
    run(random, 3_000, 100_000);

    assertThat(sink.committedRows().stream().map(row -> row.values().get("doubled")).distinct())
        .hasSize(3_000 - 3_000 / 13);
  }

  @Test
  void fails_when_the_store_comes_back_without_what_was_committed() throws Exception {
    boolean[] away = new boolean[1];
    FlakySink store = new FlakySink(sink, () -> away[0]);
    flaky = store;
    build(true, 1, 100_000);
    append(1);
    dispatcher.step(time);
    work(new Random(1));
    dispatcher.step(time);
    sinkRunner.step(time);
    time += 3_000_000_000L;
    sinkRunner.step(time);
    assertThat(sink.committedRows()).hasSize(1);
    away[0] = true;
    append(2);
    dispatcher.step(time);
    work(new Random(1));
    dispatcher.step(time);
    sinkRunner.step(time);
    away[0] = false;
    store.forget();
    time += 60_000_000_000L;

    assertThatThrownBy(() -> sinkRunner.step(time))
        .isInstanceOf(PipelineFailedException.class)
        .hasMessageContaining("came back without what was committed");
  }

  private void run(Random random, long records, int window) throws Exception {
    long next = 1;
    while (!sinkRunner.isDone()) {
      switch (random.nextInt(5)) {
        case 0 -> {
          for (int i = random.nextInt(50); i > 0 && next <= records && append(next); i--) {
            next++;
          }
          if (next > records) {
            intake.end(true);
          }
        }
        case 1 -> work(random);
        case 2 -> dispatcher.step(time);
        case 3 -> sinkRunner.step(time);
        default -> time += random.nextInt(flaky == null ? 2_000 : 50_000_000);
      }
      assertConserved();
      assertThat(partition.unacknowledged).isLessThanOrEqualTo(window);
    }
  }

  private void runAndCheck(Random random, boolean ordered, int window) throws Exception {
    long records = 3_000;
    run(random, records, window);

    List<Object> good =
        LongStream.rangeClosed(1, records)
            .filter(n -> n % 13 != 0)
            .<Object>mapToObj(n -> 2 * n)
            .toList();
    List<Object> delivered = new ArrayList<>();
    sink.committedRows().forEach(each -> delivered.add(each.values().get("doubled")));
    if (ordered) {
      assertThat(delivered).isEqualTo(good);
      assertThat(dead.committedLetters().stream().map(RecordingDeadLetters.DeadLetter::sequence))
          .isEqualTo(LongStream.rangeClosed(1, records).filter(n -> n % 13 == 0).boxed().toList());
    } else {
      assertThat(delivered).containsExactlyInAnyOrderElementsOf(good);
    }
    assertThat(dead.committedLetters())
        .allSatisfy(letter -> {
          assertThat(letter.reason()).isEqualTo("it dies of it");
          assertThat(letter.content()).isEqualTo(Map.of("n", letter.sequence()));
        });
    assertThat(ledger.counts().with(forebay.read(), 0))
        .isEqualTo(new RecordCounts(records, records - records / 13, records / 13, 0, 0, 0));
    assertThat(acknowledged.getLast().position()).isEqualTo(new Position(3_000, 30_000));
    assertThat(acknowledged.stream().mapToLong(AckTracker.Acknowledged::records).sum())
        .isEqualTo(records);
    assertThat(forebay.freeSlots()).isEqualTo(SLOTS);
  }

  @Test
  void fails_with_the_reason_when_the_pool_is_unavailable() throws Exception {
    build(true, 5, 1000);
    dispatcher.step(time);
    for (long n = 1; n <= 5; n++) {
      append(n);
    }
    dispatcher.step(time);

    workers
        .inWork
        .getFirst()
        .end
        .complete(new Completion.Unavailable("its workers only die", Duration.ZERO));

    assertThatThrownBy(() -> dispatcher.step(time))
        .isInstanceOf(PipelineFailedException.class)
        .hasMessageContaining("'double'")
        .hasMessageContaining("its workers only die");
  }

  @Test
  void waits_for_a_pool_that_pauses_and_fails_when_it_pauses_again_and_again() throws Exception {
    build(true, 5, 1000);
    dispatcher.step(time);
    for (long n = 1; n <= 5; n++) {
      append(n);
    }
    dispatcher.step(time);
    for (int pause = 1; pause <= RunningStage.MOST_PAUSES; pause++) {
      refuse(30_000);
      dispatcher.step(time);
      assertThat(workers.inWork).isEmpty();
      assertThat(dispatcher.nextStepIn(time)).isEqualTo(30_000);
      time += 29_999;
      dispatcher.step(time);
      assertThat(workers.inWork).isEmpty();
      time += 1;
      dispatcher.step(time);
      assertThat(workers.inWork).as("pause %s", pause).hasSize(1);
    }
    refuse(30_000);

    assertThatThrownBy(() -> dispatcher.step(time))
        .isInstanceOf(PipelineFailedException.class)
        .hasMessageContaining("its workers only die");
  }

  @Test
  void forgets_the_pauses_of_a_pool_when_a_batch_comes_back() throws Exception {
    build(true, 5, 1000);
    for (int round = 0; round < 10 * RunningStage.MOST_PAUSES; round++) {
      dispatcher.step(time);
      for (long n = 1; n <= 5; n++) {
        assertThat(append(5L * round + n)).isTrue();
      }
      dispatcher.step(time);
      refuse(10);
      dispatcher.step(time);
      time += 10;
      dispatcher.step(time);
      Played.Call call = workers.inWork.removeFirst();
      call.end.complete(compute(call.slot));
      dispatcher.step(time);
      sinkRunner.step(time);
    }
    assertThat(sink.rows()).hasSize(50 * RunningStage.MOST_PAUSES);
  }

  private void refuse(long nanos) {
    workers
        .inWork
        .removeFirst()
        .end
        .complete(new Completion.Unavailable("its workers only die", Duration.ofNanos(nanos)));
  }

  @Test
  void waits_no_longer_than_linger_when_few_records_come() throws Exception {
    build(true, 100, 1000);
    dispatcher.step(time);
    time = 500;
    append(1);
    assertThat(dispatcher.nextStepIn(time)).isEqualTo(1_000);

    time = 1_499;
    dispatcher.step(time);
    assertThat(workers.inWork).isEmpty();
    time = 1_500;
    dispatcher.step(time);

    assertThat(workers.inWork).hasSize(1);
  }

  @Test
  void commits_no_later_than_100_ms_after_a_write_when_batches_keep_coming() throws Exception {
    build(true, 1, 100_000);
    dispatcher.step(time);
    long begin = time;
    for (long n = 1; acknowledged.isEmpty(); n++) {
      assertThat(append(n)).isTrue();
      dispatcher.step(time);
      work(new Random(n));
      dispatcher.step(time);
      sinkRunner.step(time);
      time += 10_000_000;
      assertThat(time - begin).isLessThanOrEqualTo(120_000_000);
    }
  }
}
