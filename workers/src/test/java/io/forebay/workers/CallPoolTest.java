package io.forebay.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.ValueFunction;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.AotCaching;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.WhenFull;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.internal.supervision.PoolFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain calls, on processes and on threads. */
@Timeout(120)
public final class CallPoolTest {
  @TempDir private Path folder;

  static <I, O> PoolBuilder<CallPool<I, O>> pool(
      boolean processes, Class<? extends ValueFunction<I, O>> function) {
    return (processes ? Pools.processes().calls(function) : Pools.threads().calls(function))
        .name("plain")
        .workers(2)
        .aotCache(AotCaching.OFF)
        .log(new Quiet());
  }

  static PoolBuilder<CallPool<String, String>> acts(boolean processes) {
    return pool(processes, Plain.Act.class);
  }

  static PoolBuilder<CallPool<String, String>> python(String function) {
    Python.assumeThere();
    return Pools.processes()
        .calls("python:plain." + function, String.class, String.class)
        .python(Python.SETTINGS)
        .name("python")
        .workers(2)
        .log(new Quiet());
  }

  static CallException failure(CompletableFuture<?> call) {
    AtomicReference<CallException> cause = new AtomicReference<>();
    assertThatThrownBy(call::get)
        .isInstanceOfSatisfying(
            ExecutionException.class, e -> cause.set((CallException) e.getCause()));
    return cause.get();
  }

  @AfterEach
  void leavesNoProcess() {
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> ProcessHandle.current().children().findAny().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void maps_records_values_and_nulls_when_called(boolean processes) throws Exception {
    try (var pool = pool(processes, Plain.Areas.class).start()) {
      assertThat(pool.call(new Plain.Size(3, 4)).get()).isEqualTo(new Plain.Area(12, "3"));
    }
    try (var pool = pool(processes, Plain.Twice.class).start()) {
      assertThat(pool.call(21).get()).isEqualTo(42L);
      assertThat(failure(pool.call(null)))
          .hasMessage("the argument is null in place of a java.lang.Integer");
    }
    try (var pool = pool(processes, Plain.Sizes.class).start()) {
      assertThat(pool.call(new byte[1000]).get()).isEqualTo(1000);
    }
    try (var pool = pool(processes, Plain.Everything.class).start()) {
      byte[] bytes = {1, 2, 3};
      double[] list = {0.5, -0.0};
      Instant at = Instant.parse("2026-01-02T03:04:05.678901Z");
      Plain.AllBack back =
          pool.call(new Plain.All(true, 7, 8L, 1.5f, 2.5, "grüße", bytes, list, at, null)).get();
      assertThat(back)
          .usingRecursiveComparison()
          .isEqualTo(new Plain.AllBack(true, 7, 8L, 1.5f, 2.5, "grüße", bytes, list, at, null));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tells_what_the_function_threw_when_it_throws(boolean processes) throws Exception {
    try (var pool = acts(processes).start()) {
      CallException thrown = failure(pool.call("throw nothing works"));
      assertThat(thrown.kind()).isEqualTo(CallException.Kind.THREW);
      assertThat(thrown)
          .hasMessage(
              "the function io.forebay.workers.Plain$Act threw"
                  + " java.lang.IllegalArgumentException: nothing works");
      assertThat(thrown.detail()).contains("Plain$Act.apply").doesNotContain("RowCall");
      assertThat(pool.call("null").get()).isNull();
      assertThat(pool.call("echo on").get()).isEqualTo("on");
    }
  }

  @Test
  void runs_dependents_off_the_threads_of_the_pool_when_they_block() throws Exception {
    try (var pool = acts(true).start()) {
      CompletableFuture<String> inner =
          pool.call("echo a").thenApply(a -> a + pool.call("echo b").join());
      List<CompletableFuture<String>> more = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        more.add(pool.call("echo a").thenCompose(a -> pool.call("echo " + a + "c")));
      }
      assertThat(inner.get()).isEqualTo("ab");
      for (CompletableFuture<String> each : more) {
        assertThat(each.get()).isEqualTo("ac");
      }
    }
  }

  @Test
  void calls_again_elsewhere_once_when_a_worker_dies() throws Exception {
    try (var pool = acts(true).start()) {
      assertThat(pool.call("exit-once " + folder.resolve("mark")).get()).isEqualTo("done");
      CallException lost = failure(pool.call("exit"));
      assertThat(lost.kind()).isEqualTo(CallException.Kind.LOST);
      assertThat(lost).hasMessageContaining("has cost 2 workers").hasMessageContaining("code 7");
      assertThat(pool.call("echo on").get()).isEqualTo("on");
      assertThat(pool.snapshot().restarts()).isEqualTo(3);
    }
  }

  @Test
  void calls_at_most_once_when_it_is_not_to_retry() throws Exception {
    try (var pool = acts(true).retry(false).start()) {
      CallException lost = failure(pool.call("exit-once " + folder.resolve("mark")));
      assertThat(lost.kind()).isEqualTo(CallException.Kind.LOST);
      assertThat(lost).hasMessageContaining("has cost a worker, which ended itself");
      assertThat(pool.call("long 40000").get()).hasSize(40_000);
    }
  }

  @Test
  void says_how_large_a_slot_is_when_argument_or_result_do_not_fit() throws Exception {
    try (var pool = acts(true).slotBytes(16 << 10).start()) {
      CallException result = failure(pool.call("long 100000"));
      assertThat(result.kind()).isEqualTo(CallException.Kind.TOO_LARGE);
      assertThat(result).hasMessageContaining("16384 bytes").hasMessageContaining("slotBytes");
      assertThat(failure(pool.call("x".repeat(100_000))).kind())
          .isEqualTo(CallException.Kind.TOO_LARGE);
      assertThat(pool.call("long 10000").get()).hasSize(10_000);
    }
  }

  // ------------------------------------------------------------------ cancellation and deadlines

  @Test
  void kills_the_worker_at_once_when_a_running_call_is_cancelled() throws Exception {
    cancelsARunningCall(acts(true).prefetch(2));
  }

  @Test
  void kills_the_python_worker_at_once_when_a_running_call_is_cancelled() throws Exception {
    cancelsARunningCall(python("act@each").prefetch(2));
  }

  private static void cancelsARunningCall(PoolBuilder<CallPool<String, String>> builder)
      throws Exception {
    try (var pool = builder.workers(1).start()) {
      ProcessHandle worker = ProcessHandle.of(Long.parseLong(pool.call("pid").get())).orElseThrow();
      CompletableFuture<String> endless = pool.call("loop");
      await().until(() -> pool.snapshot().busy() == 1);
      // Behind it in the same worker's ring, and not begun.
      CompletableFuture<String> neighbour = pool.call("echo neighbour");
      CompletableFuture<String> withdrawn = pool.call("loop");
      assertThat(withdrawn.cancel(true)).isTrue();
      assertThat(endless.cancel(true)).isTrue();

      assertThat(endless).isCancelled();
      assertThatThrownBy(endless::get).isInstanceOf(CancellationException.class);
      assertThat(neighbour.get()).isEqualTo("neighbour");
      await().until(() -> !worker.isAlive());
      assertThat(Long.parseLong(pool.call("pid").get())).isNotEqualTo(worker.pid());
      // Only the one that was begun has cost a worker.
      assertThat(pool.snapshot().restarts()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "python"})
  void is_not_called_when_it_is_cancelled_behind_another_call(String language) throws Exception {
    Path go = folder.resolve("go");
    Path made = folder.resolve("made");
    var builder = language.equals("java") ? acts(true) : python("act@each");
    try (var pool = builder.workers(1).prefetch(2).start()) {
      CompletableFuture<String> running = pool.call("await " + go);
      await().until(() -> pool.snapshot().busy() == 1);
      // Behind it in the same worker's ring: there it is passed by.
      CompletableFuture<String> withdrawn = pool.call("make " + made);
      CompletableFuture<String> behind = pool.call("echo behind");
      assertThat(withdrawn.cancel(false)).isTrue();
      Files.createFile(go);

      assertThat(running.get()).isEqualTo(go.toString());
      assertThat(behind.get()).isEqualTo("behind");
      assertThat(made).doesNotExist();
      assertThat(pool.snapshot().restarts()).isZero();
    }
  }

  @Test
  void opens_no_breaker_when_many_calls_are_cancelled() throws Exception {
    try (var pool = acts(true).workers(1).start()) {
      for (int i = 0; i < 7; i++) {
        CompletableFuture<String> endless = pool.call("loop");
        await().until(() -> PoolFixture.isCalling(pool.pool().workers())); // not only on its way
        endless.cancel(true);
        assertThat(pool.pool().awaitIdle(Duration.ofSeconds(30))).isTrue();
      }
      assertThat(pool.call("echo on").get()).isEqualTo("on");
      assertThat(pool.snapshot().restarts()).isEqualTo(7);
    }
  }

  @Test
  void lets_a_call_end_when_it_is_cancelled_without_interrupt() throws Exception {
    try (var pool = acts(true).workers(1).start()) {
      String before = pool.call("pid").get();
      CompletableFuture<String> call = pool.call("sleep 1000");
      await().pollInterval(Duration.ofMillis(5)).until(() -> pool.snapshot().busy() == 1);
      assertThat(call.cancel(false)).isTrue();
      assertThat(pool.call("pid").get()).isEqualTo(before);
    }
  }

  @Test
  void interrupts_the_thread_when_a_call_on_a_thread_is_cancelled() throws Exception {
    try (var pool = acts(false).workers(1).inFlight(3).start()) {
      CompletableFuture<String> call = pool.call("sleep 1000000");
      await().until(() -> pool.snapshot().busy() == 1);
      CompletableFuture<String> queued = pool.call("loop");
      assertThat(queued.cancel(true)).isTrue();
      assertThat(call.cancel(true)).isTrue();
      assertThat(pool.call("sleep 1").get()).isEqualTo("1");
      assertThat(pool.call("echo on").get()).isEqualTo("on");
    }
  }

  @Test
  void kills_and_fails_once_when_a_call_takes_longer_than_its_timeout() throws Exception {
    try (var pool = acts(true).timeout(Duration.ofMillis(300)).start()) {
      CallException late = failure(pool.call("loop"));
      assertThat(late.kind()).isEqualTo(CallException.Kind.TIMED_OUT);
      assertThat(late).hasMessageContaining("took longer than 300 ms");
      assertThat(pool.snapshot().restarts()).isEqualTo(1);
      assertThat(pool.call("echo on").get()).isEqualTo("on");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void fails_calls_that_wait_or_run_when_their_deadline_passes(boolean processes) throws Exception {
    try (var pool =
        acts(processes).workers(1).inFlight(2).deadline(Duration.ofMillis(400)).start()) {
      CompletableFuture<String> running = pool.call("sleep 1000000");
      CompletableFuture<String> queued = pool.call("sleep 1000000");
      CompletableFuture<String> without = pool.call("echo of a slot");
      for (CompletableFuture<String> call : List.of(running, queued)) {
        CallException late = failure(call);
        assertThat(late.kind()).isEqualTo(CallException.Kind.TIMED_OUT);
        assertThat(late).hasMessageContaining("within 400 ms");
      }
      // It may have got the slot of one that was given up just before its own end.
      assertThat(without)
          .satisfiesAnyOf(
              call -> assertThat(failure(call).kind()).isEqualTo(CallException.Kind.TIMED_OUT),
              call -> assertThat(call.get()).isEqualTo("of a slot"));
      await().until(() -> pool.pool().awaitIdle(Duration.ofSeconds(1)));
      // A new worker may take longer to start than a call may take.
      await().ignoreExceptions().until(() -> pool.call("echo on").get().equals("on"));
    }
  }

  // ------------------------------------------------------------------ limits

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refuses_or_waits_when_it_is_full(boolean processes) throws Exception {
    try (var pool = acts(processes).workers(1).inFlight(2).whenFull(WhenFull.reject()).start()) {
      CompletableFuture<String> first = pool.call("sleep 1000000");
      CompletableFuture<String> second = pool.call("sleep 1000000");
      assertThatThrownBy(() -> pool.call("echo three"))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessageContaining("has 2 calls in flight, which is its limit");
      second.cancel(true);
      first.cancel(true);
      await().until(() -> pool.pool().awaitIdle(Duration.ofSeconds(1)));
      assertThat(pool.call("echo four").get()).isEqualTo("four");
    }
    try (var pool =
        acts(processes)
            .workers(1)
            .inFlight(1)
            .whenFull(WhenFull.waitFor(Duration.ofMillis(50)))
            .start()) {
      CompletableFuture<String> first = pool.call("sleep 1000000");
      assertThatThrownBy(() -> pool.call("echo two"))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessageContaining("none has ended in time");
      first.cancel(true);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void finishes_what_it_has_and_refuses_more_when_it_is_closed(boolean processes) throws Exception {
    List<CompletableFuture<String>> calls = new ArrayList<>();
    CallPool<String, String> pool = acts(processes).start();
    for (int i = 0; i < 6; i++) {
      calls.add(pool.call("sleep 30"));
    }
    pool.close();
    for (CompletableFuture<String> call : calls) {
      assertThat(call.get()).isEqualTo("30");
    }
    assertThatThrownBy(() -> pool.call("echo late"))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("the pool plain is closed: nothing was called");
  }

  @Test
  void fails_what_is_not_finished_when_the_time_to_close_is_over() throws Exception {
    CallPool<String, String> pool = acts(true).start();
    ProcessHandle worker = ProcessHandle.of(Long.parseLong(pool.call("pid").get())).orElseThrow();
    CompletableFuture<String> endless = pool.call("loop");
    pool.close(Duration.ofMillis(50));
    assertThat(failure(endless).kind()).isEqualTo(CallException.Kind.UNAVAILABLE);
    assertThat(worker.isAlive()).isFalse();
  }

  // ------------------------------------------------------------------ Python

  @Test
  void calls_python_functions_over_values_and_records() throws Exception {
    try (var pool = python("shout").start()) {
      assertThat(pool.call("hall").get()).isEqualTo("HALL");
      assertThat(pool.map(List.of("a", "b", "c").stream())).containsExactly("A", "B", "C");
    }
    for (String function : List.of("python:plain.areas", "python:plain.area@each")) {
      try (var pool =
          Pools.processes()
              .calls(function, Plain.Size.class, Plain.Area.class)
              .python(Python.SETTINGS)
              .workers(1)
              .start()) {
        assertThat(pool.call(new Plain.Size(3, 4)).get()).isEqualTo(new Plain.Area(12, "3"));
      }
    }
    try (var pool = python("act@each").timeout(Duration.ofSeconds(1)).start()) {
      CallException thrown = failure(pool.call("throw nothing works"));
      assertThat(thrown).hasMessage("the function plain.act raised ValueError: nothing works");
      assertThat(thrown.detail())
          .contains("Traceback")
          .contains("in act")
          .doesNotContain("adapted");
      assertThat(failure(pool.call("exit")).kind()).isEqualTo(CallException.Kind.LOST);
      assertThat(failure(pool.call("loop")).kind()).isEqualTo(CallException.Kind.TIMED_OUT);
      assertThat(pool.call("echo on").get()).isEqualTo("on");
    }
  }

  // ------------------------------------------------------------------ refusals

  @Test
  void refuses_in_one_sentence_when_the_function_breaks_the_contract() {
    assertRefused(pool(true, Plain.Hidden.class), "is not public");
    assertRefused(pool(true, Plain.Unmapped.class), "is java.util.List, which no column can");
    assertRefused(
        pool(true, Plain.Clashing.class),
        "cannot hold every value of the column 'width' (float64)");
    assertRefused(
        Pools.processes().calls(Plain.Twice.class.getName(), String.class, Long.class),
        "takes java.lang.Integer and returns java.lang.Long, not java.lang.String");
    assertRefused(
        Pools.processes().calls("com.acme.Nothing", String.class, Long.class), "there is no class");
    ValueFunction<String, String> lambda = text -> text;
    assertRefused(
        Pools.processes().calls(lambda.getClass().getName(), String.class, String.class),
        "is a lambda");
    assertRefused(acts(false).timeout(Duration.ofSeconds(1)), "threads, which cannot be killed");
    assertRefused(acts(false).recycleAfterCalls(5), "threads, which cannot be killed");
  }

  private static void assertRefused(PoolBuilder<?> builder, String why) {
    assertThatThrownBy(builder::start)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(why);
  }

  // ------------------------------------------------------------------ initializers

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void runs_the_initializer_before_the_first_call(boolean processes) throws Exception {
    try (var pool = acts(processes).workers(1).initializer(Plain.Start.class).start()) {
      assertThat(pool.call("started").get()).startsWith("ready before call ");
    }
    assertThatThrownBy(() -> acts(processes).initializer(Plain.FailingStart.class).start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "the initializer io.forebay.workers.Plain$FailingStart threw java.io.IOException: no"
                + " licence: no call is made before it succeeds");
    assertThatThrownBy(() -> acts(processes).initializer(Plain.Size.class).start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("let it implement Runnable or Callable");
  }

  @Test
  void tries_again_after_a_while_when_the_initializer_of_a_replacement_fails() throws Exception {
    Path file = folder.resolve("away");
    List<String> said = new CopyOnWriteArrayList<>();
    WorkerLog log =
        new WorkerLog() {
          @Override
          public void printed(String worker, String line) {}

          @Override
          public void supervised(String sentence) {
            said.add(sentence);
          }
        };
    try (var pool =
        acts(true)
            .workers(1)
            .initializer(Plain.FickleStart.class.getName(), Map.of("file", file.toString()))
            .log(log)
            .start()) {
      Files.createFile(file);
      CompletableFuture<String> lost = pool.call("exit-once " + folder.resolve("mark"));
      await()
          .until(() -> said.stream().anyMatch(line -> line.contains("the licence server is away")));
      Files.delete(file);
      assertThat(lost.get()).isEqualTo("done");
      assertThat(said).anyMatch(line -> line.contains("refused to start; a new one starts in "));
    }
  }

  @Test
  void runs_the_python_initializer_before_the_first_call() throws Exception {
    try (var pool =
        python("act@each")
            .workers(1)
            .initializer("python:plain.initialize", Map.of("word", "go"))
            .start()) {
      assertThat(pool.call("started").get()).isEqualTo("go");
    }
    assertThatThrownBy(() ->
            python("act@each")
                .initializer("python:plain.initialize", Map.of("word", "fail"))
                .start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the initializer plain.initialize raised RuntimeError: no licence");
    assertThatThrownBy(() -> python("act@each").initializer(Plain.Start.class).start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("are of different languages");
  }

  /** Says nothing. */
  public static final class Quiet implements WorkerLog {
    @Override
    public void printed(String worker, String line) {}

    @Override
    public void supervised(String sentence) {}
  }
}
