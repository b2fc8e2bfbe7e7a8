package io.forebay.engine.internal.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.Position;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class IntakeTest {
  @BeforeAll
  static void bePatientOnLoadedMachines() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  private static final SlotSchema SCHEMA =
      SlotSchema.of(Schema.of(Field.of("n", ColumnType.INT64)), false, List.of());

  private final AtomicLong time = new AtomicLong();
  private final SlotArea area = SlotArea.local(4, 1 << 12);
  private final List<Thread> threads = new ArrayList<>();

  @AfterEach
  void endThreads() throws InterruptedException {
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join();
    }
    area.close();
  }

  private Intake intake(int slots, int window) {
    List<Slot> free = new ArrayList<>();
    for (int i = 0; i < slots; i++) {
      free.add(area.slot(i, SCHEMA));
    }
    return new Intake(
        new Forebay(time::get, free, 1 << 12, window),
        time::get,
        new Doorbell(),
        new Doorbell(),
        1);
  }

  private static InFlightBatch poll(Intake intake, int rowLimit) {
    return intake.poll(0, rowLimit, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /** A source of one partition that appends {@code records} rows, and counts them. */
  private AtomicInteger source(Intake intake, int number, int records) {
    Partition partition = intake.open(0, "s", "p" + number, Position.START);
    AtomicInteger done = new AtomicInteger();
    StagedRow row = new StagedRow(SCHEMA);
    Runnable append =
        () -> {
          try {
            for (int n = 1; n <= records; n++) {
              row.setLong(0, n);
              intake.append(partition, row, n, n);
              row.clear();
              done.incrementAndGet();
            }
          } catch (InterruptedException e) {
            // The test is over.
          }
        };
    threads.add(Thread.ofVirtual().start(append));
    return done;
  }

  private static void awaitBlocked(Intake intake, AtomicInteger done, int records) {
    await().until(() -> done.get() == records);
    await().until(() -> intake.waiting() > 0);
  }

  @Test
  void closes_a_batch_when_it_has_the_wished_rows() {
    Intake intake = intake(4, 1000);
    poll(intake, 10);
    AtomicInteger done = source(intake, 0, 25);
    await().until(() -> done.get() == 25);

    assertThat(poll(intake, 10).slot.rows()).isEqualTo(10);
    assertThat(poll(intake, 10).slot.rows()).isEqualTo(10);
    assertThat(poll(intake, 10)).isNull();
  }

  @Test
  void gives_an_open_batch_when_its_oldest_record_has_waited_long_enough() {
    Intake intake = intake(4, 1000);
    poll(intake, 10);
    time.set(100);
    AtomicInteger done = source(intake, 0, 3);
    await().until(() -> done.get() == 3);

    assertThat(intake.openedAt()).isEqualTo(100);
    assertThat(intake.poll(149, 10, Integer.MAX_VALUE, 50)).isNull();
    assertThat(intake.poll(150, 10, Integer.MAX_VALUE, 50).slot.rows()).isEqualTo(3);
  }

  @Test
  void gives_an_open_batch_when_a_worker_is_idle_and_it_is_worth_a_call() {
    Intake intake = intake(4, 1000);
    poll(intake, 10);
    AtomicInteger done = source(intake, 0, 3);
    await().until(() -> done.get() == 3);

    assertThat(intake.poll(0, 10, 4, Long.MAX_VALUE)).isNull();
    assertThat(intake.poll(0, 10, 3, Long.MAX_VALUE).slot.rows()).isEqualTo(3);
  }

  @Test
  void blocks_a_source_when_no_slot_is_free_and_goes_on_when_one_is() {
    Intake intake = intake(2, 1000);
    poll(intake, 10);
    AtomicInteger done = source(intake, 0, 25);
    awaitBlocked(intake, done, 20);

    InFlightBatch first = poll(intake, 10);
    intake.release(first.slot);

    await().until(() -> done.get() == 25);
  }

  @Test
  void never_lets_a_partition_have_more_unacknowledged_records_than_the_window() {
    Intake intake = intake(4, 7);
    poll(intake, 5);
    AtomicInteger done = source(intake, 0, 25);
    awaitBlocked(intake, done, 7);

    InFlightBatch first = poll(intake, 5);
    InFlightBatch second = poll(intake, 5); // Closed early: it waits for credit.
    assertThat(first.records + second.records).isEqualTo(7);
    intake.release(first.slot);
    intake.acknowledge(
        List.of(new AckTracker.Acknowledged(first.partition(0), new Position(5, 5), 5)));

    awaitBlocked(intake, done, 12);
  }

  @Test
  void wakes_everybody_in_turn_when_ten_thousand_sources_wait_for_few_slots() {
    Intake intake = intake(2, 1000);
    poll(intake, 10);
    List<AtomicInteger> done = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      done.add(source(intake, i, 3));
    }
    Map<Integer, Integer> rows = new HashMap<>();
    for (int taken = 0; taken < 30_000; ) {
      InFlightBatch batch = intake.poll(0, 10, 1, Long.MAX_VALUE);
      if (batch == null) {
        Thread.onSpinWait();
        continue;
      }
      for (int span = 0; span < batch.spans(); span++) {
        rows.merge(batch.partition(span).index, batch.count(span), Integer::sum);
      }
      taken += batch.records;
      intake.release(batch.slot);
    }

    await().until(() -> done.stream().allMatch(count -> count.get() == 3));
    assertThat(rows).hasSize(10_000).allSatisfy((p, count) -> assertThat(count).isEqualTo(3));
  }

  @Test
  void lets_slow_sources_in_when_a_fast_one_fills_every_batch() {
    Intake intake = intake(2, Integer.MAX_VALUE);
    poll(intake, 100);
    AtomicInteger fast = source(intake, 0, Integer.MAX_VALUE);
    List<AtomicInteger> slow = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      slow.add(source(intake, i, 20));
    }
    int batches = 0;
    while (!slow.stream().allMatch(count -> count.get() == 20)) {
      InFlightBatch batch = poll(intake, 100);
      if (batch == null) {
        Thread.onSpinWait();
        continue;
      }
      batches++;
      intake.release(batch.slot);
      // 1,000 slow records, each of which a burst of the fast source may precede.
      assertThat(batches).isLessThan(4_000);
    }
    assertThat(fast.get()).isPositive();
  }

  /** Ends only if nobody is forgotten. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void loses_no_wake_up_when_waiting_sources_are_interrupted(long seed) {
    Random random = new Random(seed);
    Intake intake = intake(2, 1000);
    poll(intake, 2);
    List<AtomicInteger> done = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      done.add(source(intake, i, 5));
    }
    List<Integer> interrupted = new ArrayList<>();
    boolean finished = false;
    while (!finished) {
      if (random.nextInt(4) == 0 && interrupted.size() < 100) {
        int victim = random.nextInt(200);
        threads.get(victim).interrupt();
        interrupted.add(victim);
      }
      InFlightBatch batch = intake.poll(0, 2, 1, Long.MAX_VALUE);
      if (batch != null) {
        intake.release(batch.slot);
      }
      finished = true;
      for (int i = 0; i < 200; i++) {
        finished &= done.get(i).get() == 5 || interrupted.contains(i);
      }
    }
  }

  @Test
  void interrupts_those_that_wait_when_it_ends() throws Exception {
    Intake intake = intake(2, 12);
    poll(intake, 10);
    AtomicInteger noCredit = source(intake, 0, 100);
    await().until(() -> noCredit.get() == 12);
    AtomicInteger noRoom = source(intake, 1, 100);
    await().until(() -> intake.waiting() == 2);

    intake.end(false);

    for (Thread thread : threads) {
      assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
    }
    assertThat(noRoom.get()).isLessThan(100);
    Partition late = intake.open(0, "s", "late", Position.START);
    StagedRow row = new StagedRow(SCHEMA);
    row.setLong(0, 1);
    assertThatThrownBy(() -> intake.append(late, row, 1, 1))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void refuses_a_record_when_its_sequence_does_not_ascend() throws Exception {
    Intake intake = intake(2, 10);
    poll(intake, 10);
    Partition partition = intake.open(0, "s", "", Position.START);
    StagedRow row = new StagedRow(SCHEMA);
    row.setLong(0, 1);
    intake.append(partition, row, 5, 5);

    assertThatThrownBy(() -> intake.append(partition, row, 5, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sequences ascend");
  }

  @Test
  void closes_a_batch_when_its_rejections_hold_much_text() throws Exception {
    Intake intake = intake(4, 100_000);
    poll(intake, 10);
    Partition partition = intake.open(0, "s", "", Position.START);
    String text = "x".repeat(Forebay.MOST_REJECTED_CHARS / 4);
    for (int n = 1; n <= 4; n++) {
      intake.reject(partition, n, n, "unreadable", Rejection.Text.of(text));
    }

    assertThat(poll(intake, 10).rejected).hasSize(4);
  }

  @Test
  void measures_how_long_sources_were_blocked() {
    Intake intake = intake(2, 1000);
    poll(intake, 10);
    AtomicInteger done = source(intake, 0, 25);
    awaitBlocked(intake, done, 20);
    time.set(1_000);
    assertThat(intake.snapshot(1_000, 0).sources().getFirst().blockedShare()).isEqualTo(1);

    intake.release(poll(intake, 10).slot);
    await().until(() -> done.get() == 25);

    assertThat(intake.snapshot(2_000, 0).sources().getFirst().blockedShare()).isEqualTo(0.5);
  }

  @Test
  void wakes_the_sink_runner_when_a_source_runs_out_of_credit() {
    Doorbell sinkRunner = new Doorbell();
    Intake intake =
        new Intake(
            new Forebay(time::get, List.of(area.slot(0, SCHEMA)), 1 << 12, 3),
            time::get,
            new Doorbell(),
            sinkRunner,
            1);
    poll(intake, 10);
    sinkRunner.attach(Thread.currentThread());
    long begin = System.nanoTime();

    source(intake, 0, 4);
    sinkRunner.await(Duration.ofSeconds(60).toNanos());

    assertThat(System.nanoTime() - begin).isLessThan(Duration.ofSeconds(30).toNanos());
    await().until(intake::isShortOfCredit);
  }
}
