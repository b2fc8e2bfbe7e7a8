package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.AsyncFunction;
import io.forebay.ColumnType;
import io.forebay.Field;
import io.forebay.RecordFunction;
import io.forebay.Schema;
import io.forebay.slots.CallResult;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import io.forebay.workers.Completion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link StageRunner} keeps, whatever its function does to the thread that calls it:
 * each batch is reported exactly once, nobody but the guilty record is blamed, and the stage goes
 * on.
 */
@Timeout(60)
abstract class StageRunnerContract {
  static final int THREADS = 2;
  private static final int SLOTS = 4;
  private static final Duration SOON = Duration.ofSeconds(10);

  // What the function does to these records.
  private static final long LEAVES_INTERRUPTED = -1;
  private static final long THROWS_INTERRUPTED = -2;
  private static final long THROWS_ERROR = -3;
  private static final long ACCESSOR_ERROR = -4;
  private static final long ACCESSOR_FATAL = -5;
  private static final long CONSTRUCTOR_ERROR = -6;
  private static final long BLOCKS = -7;

  /** The threads that have called the function. */
  private static final Set<Thread> CALLERS = ConcurrentHashMap.newKeySet();

  private static volatile CountDownLatch blocked = new CountDownLatch(0);

  public record In(long n) {
    public In {
      if (n == CONSTRUCTOR_ERROR) {
        throw new AssertionError("unreadable");
      }
    }
  }

  public record Out(long doubled) {
    @Override
    public long doubled() {
      if (doubled == 2 * ACCESSOR_ERROR) {
        throw new AssertionError("not to be written");
      }
      if (doubled == 2 * ACCESSOR_FATAL) {
        throw new InternalError("as out of memory");
      }
      return doubled;
    }
  }

  public static final class Naughty implements RecordFunction<In, Out> {
    @Override
    public Out apply(In in) throws Exception {
      CALLERS.add(Thread.currentThread());
      misbehave(in.n);
      if (in.n == BLOCKS) {
        blocked.countDown();
        new CountDownLatch(1).await();
      }
      return new Out(2 * in.n);
    }
  }

  public static final class NaughtyAsync implements AsyncFunction<In, Out> {
    @Override
    public CompletionStage<Out> apply(In in) {
      CALLERS.add(Thread.currentThread());
      misbehave(in.n);
      if (in.n == BLOCKS) {
        blocked.countDown();
        return new CompletableFuture<>();
      }
      return CompletableFuture.completedFuture(new Out(2 * in.n));
    }
  }

  private static void misbehave(long n) {
    if (Thread.currentThread().isInterrupted()) {
      throw StageRunnerContract.<RuntimeException>sneaky(
          new InterruptedException("of the record before"));
    }
    if (n == LEAVES_INTERRUPTED) {
      Thread.currentThread().interrupt();
    } else if (n == THROWS_INTERRUPTED) {
      throw StageRunnerContract.<RuntimeException>sneaky(new InterruptedException("by itself"));
    } else if (n == THROWS_ERROR) {
      throw new AssertionError("wrong");
    }
  }

  /** As lombok, Kotlin and Scala do. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
    throw (E) e;
  }

  record Reported(InFlightBatch batch, Completion completion) {}

  /** What the stage says; from any thread. */
  static final class Reports implements Completions {
    final BlockingQueue<Reported> all = new LinkedBlockingQueue<>();
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    volatile boolean ending;

    @Override
    public void completed(InFlightBatch batch, Completion completion) {
      all.add(new Reported(batch, completion));
    }

    @Override
    public void failed(String stage, Throwable cause) {
      failures.add(cause);
    }

    @Override
    public boolean isEnding() {
      return ending;
    }
  }

  static final Schema INPUT = Schema.of(Field.of("n", ColumnType.INT64));
  static final SlotSchema SCHEMA =
      SlotSchema.of(INPUT, false, List.of(Schema.of(Field.of("doubled", ColumnType.INT64))));

  private final SlotArea area = SlotArea.local(SLOTS, 1 << 14);
  private final Reports reports = new Reports();
  private final StagedRow row = new StagedRow(SCHEMA);
  private StageRunner stage;
  private int taken;

  abstract StageRunner start(Completions completions);

  @BeforeEach
  void start() {
    CALLERS.clear();
    stage = start(reports);
  }

  @AfterEach
  void end() {
    reports.ending = true;
    stage.close(Duration.ZERO);
    area.close();
  }

  private InFlightBatch batch(long... numbers) {
    Slot slot = area.slot(taken++ % SLOTS, SCHEMA);
    slot.format(numbers.length, 0);
    for (int i = 0; i < numbers.length; i++) {
      row.setLong(0, numbers[i]);
      assertThat(slot.append(row, 0, i)).isTrue();
      row.clear();
    }
    return new InFlightBatch(slot, taken, 0);
  }

  /** Submits a batch and waits for its report, the only one. */
  private Completion call(long... numbers) throws InterruptedException {
    InFlightBatch batch = batch(numbers);
    stage.submit(batch);
    Reported reported = reports.all.poll(SOON.toSeconds(), TimeUnit.SECONDS);
    assertThat(reported).as("the report").isNotNull();
    assertThat(reported.batch).isSameAs(batch);
    assertThat(reports.failures).isEmpty();
    return reported.completion;
  }

  private static CallResult done(Completion completion) {
    assertThat(completion).isInstanceOf(Completion.Done.class);
    return ((Completion.Done) completion).result();
  }

  private void assertGoesOn() throws InterruptedException {
    for (int i = 0; i < 3 * THREADS; i++) {
      assertThat(done(call(1, 2, 3)).rejected()).isEmpty();
    }
    assertThat(stage.snapshot().workers()).isEqualTo(stage.workers());
    assertThat(reports.all).isEmpty();
  }

  @Test
  void settles_every_record_when_functions_leave_their_interrupt_flag_set() throws Exception {
    for (int i = 0; i < 2 * THREADS; i++) {
      assertThat(done(call(LEAVES_INTERRUPTED, 1, LEAVES_INTERRUPTED, 2)).rejected()).isEmpty();
    }
    assertGoesOn();
  }

  @Test
  void blames_only_the_record_when_a_function_throws_InterruptedException_by_itself()
      throws Exception {
    for (int i = 0; i < 2 * THREADS; i++) {
      assertThat(done(call(1, THROWS_INTERRUPTED, 2)).rejected())
          .singleElement()
          .satisfies(each -> {
            assertThat(each.row()).isEqualTo(1);
            assertThat(each.reason()).contains("InterruptedException: by itself");
          });
    }
    assertGoesOn();
  }

  @Test
  void blames_only_the_record_when_function_constructor_or_accessor_throws_an_Error()
      throws Exception {
    for (int i = 0; i < 2 * THREADS; i++) {
      CallResult result = done(call(1, THROWS_ERROR, ACCESSOR_ERROR, 2, CONSTRUCTOR_ERROR, 3));
      assertThat(result.rejected())
          .extracting(CallResult.RejectedRow::row)
          .containsExactly(1, 2, 4);
      assertThat(result.rejected())
          .allSatisfy(each -> assertThat(each.reason()).contains("AssertionError"));
    }
    assertGoesOn();
  }

  @Test
  void goes_on_when_the_virtual_machine_fails_while_results_are_written() throws Exception {
    for (int i = 0; i < 2 * THREADS; i++) {
      assertThat(call(1, ACCESSOR_FATAL, 2))
          .isInstanceOfSatisfying(
              Completion.Lost.class, lost -> assertThat(lost.reason()).contains("InternalError"));
    }
    assertGoesOn();
  }

  @Test
  void goes_on_when_an_interrupt_comes_after_the_call_it_was_meant_for() throws Exception {
    for (int i = 0; i < 5; i++) {
      call(1, 2, 3, 4);
      CALLERS.stream().filter(each -> each != Thread.currentThread()).forEach(Thread::interrupt);
    }
    assertGoesOn();
  }

  @Test
  void reports_each_batch_exactly_once_when_it_is_closed_in_the_middle() throws Exception {
    blocked = new CountDownLatch(1);
    List<InFlightBatch> batches = new ArrayList<>();
    Thread submitting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (int i = 0; i < Math.min(SLOTS, stage.capacity()); i++) {
                  InFlightBatch batch = batch(BLOCKS, BLOCKS);
                  batches.add(batch);
                  stage.submit(batch);
                }
              } catch (InterruptedException e) {
                reports.completed(
                    batches.getLast(), new Completion.Unavailable("inline", Duration.ZERO));
              }
            });
    blocked.await();
    await().atMost(SOON).until(() -> submitting.getState() != Thread.State.RUNNABLE);
    reports.ending = true;
    submitting.interrupt(); // Where the function runs on the submitting thread.

    assertThat(stage.close(Duration.ZERO)).isTrue();

    submitting.join();
    await().atMost(SOON).until(() -> reports.all.size() >= batches.size());
    assertThat(reports.all.stream().map(Reported::batch))
        .containsExactlyInAnyOrderElementsOf(Collections.unmodifiableList(batches));
    assertThat(reports.all)
        .allSatisfy(each -> assertThat(each.completion).isInstanceOf(Completion.Unavailable.class));
    assertThat(reports.failures).isEmpty();
    assertThat(stage.snapshot().workers()).isZero();
  }
}
