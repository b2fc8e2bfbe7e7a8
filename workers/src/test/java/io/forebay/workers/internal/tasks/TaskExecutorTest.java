package io.forebay.workers.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.workers.CallPoolTest;
import io.forebay.workers.Plain;
import io.forebay.workers.api.AotCaching;
import io.forebay.workers.api.CallException;
import io.forebay.workers.tasks.TaskExecutors;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The view of a pool as an executor. */
@Timeout(120)
final class TaskExecutorTest {
  @TempDir private Path folder;

  private static ExecutorService executor(boolean processes) {
    return (processes ? TaskExecutors.processes() : TaskExecutors.threads())
        .name("tasks")
        .workers(2)
        .aotCache(AotCaching.OFF)
        .log(new CallPoolTest.Quiet())
        .start();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void runs_named_tasks_and_gives_their_results(boolean processes) throws Exception {
    try (ExecutorService executor = executor(processes)) {
      long pid = executor.submit(new Plain.Pid()).get();
      assertThat(pid == ProcessHandle.current().pid()).isEqualTo(!processes);
      Plain.Deep inner = new Plain.Deep(List.of(), Map.of(), null);
      Map<String, Plain.Colour> colours = new LinkedHashMap<>();
      colours.put("a", Plain.Colour.RED);
      colours.put(null, null);
      Plain.Deep deep = new Plain.Deep(List.of(new Plain.Size(1, 2)), colours, inner);
      assertThat(executor.submit(new Plain.Echo(deep)).get()).isEqualTo(deep);
      Path file = folder.resolve("touched");
      assertThat(executor.submit(new Plain.Touch(file.toString()), "done").get()).isEqualTo("done");
      assertThat(file).exists();
      executor.execute(new Plain.Touch(folder.resolve("again").toString()));
      await().untilAsserted(() -> assertThat(folder.resolve("again")).exists());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tells_what_a_task_threw(boolean processes) {
    try (ExecutorService executor = executor(processes)) {
      assertThatThrownBy(() -> executor.submit(new Plain.Told("throw up")).get())
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOfSatisfying(
              CallException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(CallException.Kind.THREW);
                assertThat(e)
                    .hasMessage(
                        "the task io.forebay.workers.Plain$Told threw"
                            + " java.lang.IllegalArgumentException: up");
                assertThat(e.detail()).contains("Plain$Told.call").doesNotContain("TaskFunction");
              });
      assertThatThrownBy(() -> executor.submit(new Plain.ReturnsThread()).get())
          .hasMessageContaining("the result of the task io.forebay.workers.Plain$ReturnsThread");
    }
  }

  @Test
  void refuses_what_cannot_travel_before_it_is_run() {
    try (ExecutorService executor = executor(true)) {
      String captured = "here";
      assertRefused(executor, () -> captured, "is a lambda or method reference");
      assertRefused(
          executor,
          new Callable<>() {
            @Override
            public String call() {
              return captured;
            }
          },
          "is declared inside of a method");
      assertRefused(executor, new Plain.Stateful("word"), "has fields, which do not travel");
      assertRefused(executor, new Plain.Unreadable(Thread.currentThread()), "has a 'thread' that");
      assertThatThrownBy(() -> executor.execute(() -> {}))
          .isInstanceOf(RejectedExecutionException.class);
    }
  }

  private static void assertRefused(ExecutorService executor, Callable<?> task, String why) {
    assertThatThrownBy(() -> executor.submit(task))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining(why)
        .hasMessageContaining("nothing was run");
  }

  @Test
  void invokes_all_and_any_when_asked() throws Exception {
    try (ExecutorService executor = executor(true)) {
      List<Future<String>> all =
          executor.invokeAll(
              List.of(
                  new Plain.Told("echo a"), new Plain.Told("throw b"), new Plain.Told("echo c")));
      assertThat(all)
          .extracting(Future::state)
          .containsExactly(Future.State.SUCCESS, Future.State.FAILED, Future.State.SUCCESS);
      assertThat(all.getFirst().resultNow()).isEqualTo("a");

      List<Future<String>> late =
          executor.invokeAll(
              List.of(new Plain.Told("loop"), new Plain.Told("loop")), 300, TimeUnit.MILLISECONDS);
      assertThat(late).allMatch(Future::isCancelled);

      assertThat(
              executor.invokeAny(
                  List.of(
                      new Plain.Told("loop"), new Plain.Told("throw b"), new Plain.Told("echo c"))))
          .isEqualTo("c");
      assertThatThrownBy(() ->
              executor.invokeAny(List.of(new Plain.Told("throw a"), new Plain.Told("throw b"))))
          .isInstanceOf(ExecutionException.class);
      assertThatThrownBy(
              () -> executor.invokeAny(List.of(new Plain.Told("loop")), 200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(executor.submit(new Plain.Told("echo on")).get()).isEqualTo("on");
    }
  }

  @Test
  void finishes_what_it_has_when_it_is_shut_down() throws Exception {
    ExecutorService executor = executor(true);
    Future<String> slow = executor.submit(new Plain.Told("sleep 200"));
    executor.shutdown();
    assertThat(executor.isShutdown()).isTrue();
    assertThatThrownBy(() -> executor.submit(new Plain.Told("echo a")))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("is closed");
    assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(executor.isTerminated()).isTrue();
    assertThat(slow.get()).isEqualTo("200");
  }

  @Test
  void kills_what_it_has_when_it_is_shut_down_now() throws Exception {
    ExecutorService executor = executor(true);
    long pid = executor.submit(new Plain.Pid()).get();
    Future<String> endless = executor.submit(new Plain.Told("loop"));
    assertThat(executor.awaitTermination(10, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(executor.shutdownNow()).isEmpty();
    assertThat(executor.isTerminated()).isTrue();
    assertThatThrownBy(endless::get).isInstanceOf(ExecutionException.class);
    assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)).isFalse();
  }

  @Test
  void reads_what_it_has_written() throws Exception {
    for (Object value :
        Arrays.asList(
            null,
            true,
            (byte) -1,
            (short) -2,
            'ß',
            -3,
            -4L,
            -5.5f,
            Double.NaN,
            "lone \ud800 surrogate",
            new byte[] {1},
            new int[] {-2},
            new long[] {-3},
            new double[] {-0.0},
            new BigDecimal("1.500"),
            new java.math.BigInteger("-123456789012345678901"),
            Instant.MAX,
            Duration.ofNanos(-1),
            UUID.fromString("00000000-0000-0001-ffff-ffffffffffff"),
            Plain.Colour.GREEN,
            Collections.singletonList(null),
            Map.of("k", List.of(1, 2L)))) {
      assertThat(TaskCodec.decode(TaskCodec.encode(value), TaskClass::load)).isEqualTo(value);
    }
    byte[] bytes = TaskCodec.encode(List.of("a", 1, 2.5));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> TaskCodec.decode(cut, TaskClass::load))
          .isInstanceOf(java.io.IOException.class);
    }
  }
}
