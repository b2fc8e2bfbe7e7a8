package io.forebay.workers.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.ValueFunction;
import io.forebay.workers.Plain;
import io.forebay.workers.Pools;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.Outcome;
import io.forebay.workers.internal.binding.ValueCodec;
import io.forebay.workers.internal.pools.CallArguments;
import io.forebay.workers.tasks.TaskExecutors;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an answer may do in the engine: nothing that its caller has not asked for. */
@Timeout(60)
public final class AnswerTest {
  private static final AtomicBoolean MAY_BE_MADE = new AtomicBoolean();
  private static final AtomicInteger SPRUNG = new AtomicInteger();
  private static final AtomicBoolean INTERRUPTED = new AtomicBoolean();

  /** Can be made by the function; not a second time, of the answer. */
  public record Once(long n) {
    public Once {
      if (!MAY_BE_MADE.get()) {
        throw new ExceptionInInitializerError("not here");
      }
    }
  }

  private static Once make() {
    MAY_BE_MADE.set(true);
    Once made = new Once(1);
    MAY_BE_MADE.set(false);
    return made;
  }

  public static final class MakeOnce implements ValueFunction<Long, Once> {
    @Override
    public Once apply(Long in) {
      return make();
    }
  }

  public record TaskOnce() implements Callable<Once> {
    @Override
    public Once call() {
      return make();
    }
  }

  // Classes that nobody but an answer names.
  public record TrapRecord(int n) {
    static {
      SPRUNG.incrementAndGet();
    }
  }

  public enum TrapEnum {
    A;

    static {
      SPRUNG.incrementAndGet();
    }
  }

  public static final class TrapTask implements Runnable {
    static {
      SPRUNG.incrementAndGet();
    }

    public TrapTask() {
      SPRUNG.incrementAndGet();
    }

    @Override
    public void run() {}
  }

  public sealed interface Shape {
    record Circle(double radius) implements Shape {}

    record Group(List<Shape> shapes, Map<String, Unit> units) implements Shape {}
  }

  public enum Unit {
    METRE
  }

  public record Measure(Shape shape) implements Callable<Map<String, List<? extends Shape>>> {
    @Override
    public Map<String, List<? extends Shape>> call() {
      return Map.of(
          "all",
          List.of(new Shape.Circle(1), new Shape.Group(List.of(shape), Map.of("m", Unit.METRE))));
    }
  }

  @Test
  void completes_the_call_when_decoding_its_result_throws_an_Error() throws Exception {
    try (var pool = Pools.threads().calls(MakeOnce.class).workers(1).inFlight(1).start()) {
      for (int i = 0; i < 3; i++) { // The slot comes back each time.
        assertUnreadable(pool.call(1L), "the result cannot be read");
      }
      assertThat(pool.mapping(List.of(1L).iterator()).outcomes().toList())
          .singleElement()
          .isInstanceOf(Outcome.Failed.class);
    }
  }

  @Test
  void completes_the_task_when_making_its_result_throws_an_Error() {
    try (ExecutorService executor = TaskExecutors.threads().workers(1).start()) {
      for (int i = 0; i < 3; i++) {
        assertUnreadable(
            (CompletableFuture<?>) executor.submit(new TaskOnce()),
            "the result of the task cannot be read");
      }
    }
  }

  private static void assertUnreadable(CompletableFuture<?> call, String sentence) {
    assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            CallException.class,
            e -> {
              assertThat(e)
                  .hasMessageContaining(sentence)
                  .hasMessageContaining("ExceptionInInitializerError: not here");
              assertThat(e.kind()).isEqualTo(CallException.Kind.UNREADABLE);
            });
  }

  private static byte[] answer(int tag, String type, String... more) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(21); // A list of two: returned, and this.
    out.writeInt(2);
    out.writeByte(9);
    text(out, "returned");
    out.writeByte(tag);
    text(out, type);
    for (String each : more) {
      text(out, each);
    }
    if (tag == 20) {
      out.writeInt(1);
      out.writeByte(5);
      out.writeInt(7);
    }
    return bytes.toByteArray();
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    out.writeInt(text.length());
    out.writeChars(text);
  }

  @Test
  void makes_and_initializes_nothing_that_only_the_answer_names() throws Exception {
    String here = AnswerTest.class.getName();
    for (byte[] answer :
        List.of(
            answer(20, here + "$TrapRecord"),
            answer(19, here + "$TrapEnum", "A"),
            answer(23, here + "$TrapTask"))) {
      assertThatThrownBy(() -> TaskFunction.result(answer, new NamedClasses(Plain.Echo.class)))
          .isInstanceOf(CallException.class)
          .hasMessageStartingWith("the result of the task cannot be read: ");
      assertThat(SPRUNG).hasValue(0);
    }
    assertThatThrownBy(() ->
            TaskFunction.result(
                answer(20, here + "$TrapRecord"), new NamedClasses(Plain.Echo.class)))
        .hasMessageContaining(
            "it holds a io.forebay.workers.internal.tasks.AnswerTest$TrapRecord, which neither the"
                + " arguments nor the declared result of the task io.forebay.workers.Plain$Echo"
                + " name");
  }

  @Test
  void makes_what_the_declared_result_leads_to() throws Exception {
    try (ExecutorService executor = TaskExecutors.threads().workers(1).start()) {
      Measure task = new Measure(new Shape.Circle(2));
      assertThat(executor.submit(task).get()).isEqualTo(task.call());
    }
  }

  /**
   * Cancels its own call while it is encoded, so that the cancelling comes before the submission.
   */
  private static final class Cancelling {
    static volatile Runnable cancel = () -> {};
  }

  public record Argument(long n) {
    @Override
    public long n() {
      Cancelling.cancel.run();
      return n;
    }
  }

  public static final class Notices implements ValueFunction<Argument, Long> {
    @Override
    public Long apply(Argument in) {
      long end = System.nanoTime() + 300_000;
      while (System.nanoTime() < end) {
        if (Thread.currentThread().isInterrupted()) {
          INTERRUPTED.set(true);
        }
      }
      return in.n;
    }
  }

  @Test
  void interrupts_no_worker_when_cancel_without_interrupt_comes_before_the_submission() {
    try (var pool = Pools.threads().calls(Notices.class).workers(2).inFlight(8).start()) {
      ValueCodec<Argument, Long> codec = pool.pool().function.codec(Argument.class, Long.class);
      for (int i = 0; i < 400; i++) {
        AtomicBoolean first = new AtomicBoolean(true);
        var sent =
            new CallArguments<>(pool.pool(), codec, pool.pool().await(), List.of(new Argument(i)));
        Cancelling.cancel =
            () -> {
              if (first.getAndSet(false)) {
                sent.call.cancel(false);
              }
            };
        sent.call.begin(Long.MAX_VALUE, late -> {});
        sent.call.done.join();
      }
    } finally {
      Cancelling.cancel = () -> {};
    }
    assertThat(INTERRUPTED).isFalse();
  }

  public static final class BreaksAtStart implements Runnable {
    @Override
    public void run() {
      throw new AssertionError("not today");
    }
  }

  @Test
  void refuses_to_start_when_the_initializer_of_a_thread_throws_an_Error() {
    assertThatThrownBy(() ->
            Pools.threads()
                .calls(MakeOnce.class)
                .workers(2)
                .initializer(BreaksAtStart.class)
                .start())
        .hasStackTraceContaining("not today");
  }
}
