package io.forebay.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.AsyncFunction;
import io.forebay.RecordFunction;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.slots.CallResult;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.WorkerPool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link WorkerPool} keeps, whatever its function does to the thread that calls it: each
 * batch is completed exactly once, nobody but the guilty record is blamed, and the pool goes on.
 */
@Timeout(60)
public abstract class WorkerPoolContract {
  static final int THREADS = 2;
  static final int SLOTS = 4;
  static final long SLOT_BYTES = 1 << 14;
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
      throw WorkerPoolContract.<RuntimeException>sneaky(
          new InterruptedException("of the record before"));
    }
    if (n == LEAVES_INTERRUPTED) {
      Thread.currentThread().interrupt();
    } else if (n == THROWS_INTERRUPTED) {
      throw WorkerPoolContract.<RuntimeException>sneaky(new InterruptedException("by itself"));
    } else if (n == THROWS_ERROR) {
      throw new AssertionError("wrong");
    }
  }

  /** As lombok, Kotlin and Scala do. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
    throw (E) e;
  }

  static final Schema INPUT = Schema.of(Field.of("n", ColumnType.INT64));
  static final SlotSchema SCHEMA =
      SlotSchema.of(INPUT, false, List.of(Schema.of(Field.of("doubled", ColumnType.INT64))));

  private final StagedRow row = new StagedRow(SCHEMA);
  private SlotArea area;
  private WorkerPool pool;
  private int taken;

  /** How often the virtual machine is made to fail. */
  int fatal = 2 * THREADS;

  abstract WorkerPool start(SlotArea slots) throws Exception;

  /** The pool's slots. */
  SlotArea area() throws IOException {
    return SlotArea.local(SLOTS, SLOT_BYTES);
  }

  @BeforeEach
  void start() throws Exception {
    CALLERS.clear();
    blocked = new CountDownLatch(1);
    area = area();
    pool = start(area);
  }

  @AfterEach
  void end() {
    pool.close();
    area.close();
  }

  /** Waits until the function is in a call that does not return. */
  void awaitBlocked(WorkerPool ofWorkers) throws InterruptedException {
    blocked.await();
  }

  /** Whether the pool has all its workers. */
  void assertAllWork(WorkerPool ofWorkers) {
    assertThat(ofWorkers.snapshot().workers()).isEqualTo(ofWorkers.workers());
  }

  /** A batch whose results make the virtual machine fail. */
  void assertFails(Completion completion) {
    assertThat(completion)
        .isInstanceOfSatisfying(
            Completion.Lost.class,
            lost -> {
              assertThat(lost.reason()).contains("InternalError");
              assertThat(lost.cause()).isEqualTo(Completion.Cause.VIRTUAL_MACHINE);
            });
  }

  private Slot batch(long... numbers) {
    Slot slot = area.slot(taken++ % SLOTS, SCHEMA);
    slot.format(numbers.length, 0);
    for (int i = 0; i < numbers.length; i++) {
      row.setLong(0, numbers[i]);
      assertThat(slot.append(row, 0, i)).isTrue();
      row.clear();
    }
    return slot;
  }

  /** Submits a batch and waits until it is completed. */
  private Completion call(long... numbers) throws Exception {
    return pool.submit(batch(numbers)).get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  private static CallResult done(Completion completion) {
    assertThat(completion).isInstanceOf(Completion.Done.class);
    return ((Completion.Done) completion).result();
  }

  private void assertGoesOn() throws Exception {
    for (int i = 0; i < 3 * THREADS; i++) {
      assertThat(done(call(1, 2, 3)).rejected()).isEmpty();
    }
    assertAllWork(pool);
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
          .allSatisfy(each -> {
            assertThat(each.reason()).contains("AssertionError");
            // Nothing of how it was called, which is different elsewhere and tells the user
            // nothing.
            assertThat(each.detail().lines().skip(1))
                .isNotEmpty()
                .allMatch(
                    frame -> frame.matches(".*\\.(WorkerPoolContract[$.]|RecordBinding\\.).*"));
          });
    }
    assertGoesOn();
  }

  @Test
  void goes_on_when_the_virtual_machine_fails_while_results_are_written() throws Exception {
    for (int i = 0; i < fatal; i++) {
      assertFails(call(1, ACCESSOR_FATAL, 2));
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
  void completes_each_batch_exactly_once_when_it_is_closed_in_the_middle() throws Exception {
    Queue<Completion> completions = new ConcurrentLinkedQueue<>();
    int most = Math.min(SLOTS, pool.capacity());
    AtomicInteger submitted = new AtomicInteger();
    Thread submitting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (int i = 0; i < most; i++) {
                  submitted.incrementAndGet();
                  var _ = pool.submit(batch(BLOCKS, BLOCKS)).thenAccept(completions::add);
                }
              } catch (InterruptedException e) {
                // The function runs on the submitting thread, which is told so.
                completions.add(new Completion.Unavailable("inline", Duration.ZERO));
              }
            });
    awaitBlocked(pool);
    await().atMost(SOON).until(() -> submitting.getState() != Thread.State.RUNNABLE);
    submitting.interrupt();

    assertThat(pool.close(Duration.ZERO)).isTrue();

    submitting.join();
    await().atMost(SOON).until(() -> completions.size() >= submitted.get());
    assertThat(submitted).hasValueGreaterThanOrEqualTo(1);
    assertThat(completions)
        .hasSize(submitted.get())
        .allSatisfy(each -> assertThat(each).isInstanceOf(Completion.Unavailable.class));
    assertThat(pool.snapshot().workers()).isZero();
  }

  @Test
  void completes_as_unavailable_what_is_cancelled_and_goes_on() throws Exception {
    assumeTrue(pool.capacity() > THREADS, "calls on the thread that submits");
    List<CompletableFuture<Completion>> futures = new ArrayList<>();
    for (int i = 0; i <= THREADS; i++) {
      futures.add(pool.submit(batch(BLOCKS, BLOCKS)));
    }
    awaitBlocked(pool);
    await().atMost(SOON).until(() -> pool.snapshot().busy() == THREADS);
    assertThat(futures.getLast().cancel(false)).isTrue();
    for (CompletableFuture<Completion> each : futures) {
      var _ = each.cancel(true);
    }
    for (CompletableFuture<Completion> each : futures) {
      assertThat(each.get(SOON.toSeconds(), TimeUnit.SECONDS))
          .isSameAs(Completion.Unavailable.CANCELLED);
      assertThat(each.cancel(true)).isFalse();
    }
    assertGoesOn();
  }

  @Test
  void refuses_a_batch_when_it_is_closed() {
    pool.close();
    assertThatThrownBy(() -> pool.submit(batch(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }
}
