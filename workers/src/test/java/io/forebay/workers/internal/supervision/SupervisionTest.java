package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.errors.ConfigurationException;
import io.forebay.slots.Slot;
import io.forebay.workers.Functions;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.WorkerLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of workers that die, and of their batches. */
@Timeout(240)
final class SupervisionTest {

  @ParameterizedTest
  @CsvSource({
    "-10, ended itself with exit code 7, Acts",
    "-10, ended itself with exit code 7, ActsOnRecords",
    "-11, ended itself with exit code 9, ActsOnRecords",
    "-12, ran out of memory (limit 64 MiB), Acts",
    "-12, ran out of memory (limit 64 MiB), ActsOnRecords",
    "-13, crashed in native code with SIGSEGV, ActsOnRecords",
    "-14, was killed because a call with one record took longer than 2 s, Acts",
    "-15, was killed because a call with one record took longer than 2 s, ActsOnRecords",
  })
  void blames_the_record_when_it_kills_its_worker(int act, String what, String function)
      throws Exception {
    Class<?> kind = Class.forName("io.forebay.workers.Functions$" + function);
    Duration timeout = Duration.ofSeconds(act <= -14 ? 2 : 60);
    var config = new PoolConfig("test", 2, 2, timeout, 64 << 20);
    try (var fixture = new PoolFixture(PoolFixture.On.PROCESSES, kind, config)) {
      Slot poisoned = fixture.fill(0, 10, 0, r -> r == 6 ? act : r);
      Slot healthy = fixture.fill(1, 10, 100, r -> r);
      CompletableFuture<Completion> lost = fixture.pool.submit(poisoned);
      CompletableFuture<Completion> done = fixture.pool.submit(healthy);
      assertThat(done.get(60, TimeUnit.SECONDS)).isInstanceOf(Completion.Done.class);
      Completion completion = lost.get(60, TimeUnit.SECONDS);
      assertThat(completion).isInstanceOf(Completion.Lost.class);
      Completion.Lost blamed = (Completion.Lost) completion;
      assertThat(blamed.row()).as(blamed.toString()).isEqualTo(6);
      assertThat(blamed.reason()).contains("stage test gave up a record").contains(what);
      assertThat(blamed.evidence()).startsWith("exit code ");
      // Without the record the batch passes, on the workers that replace the lost ones.
      poisoned.retain(0, row -> row != 6);
      Completion rest = fixture.pool.submit(poisoned).get(60, TimeUnit.SECONDS);
      assertThat(ids(fixture.kept(poisoned, rest)))
          .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 7L, 8L, 9L);
      // In the batch, if that does not name it record by record, and alone in a fresh worker.
      int deaths = act <= -14 || function.equals("Acts") ? 3 : 2;
      assertThat(fixture.pool.snapshot().restarts()).isEqualTo(deaths);
      assertThat(fixture.pool.snapshot().timeouts()).isEqualTo(act <= -14 ? deaths : 0);
      assertThat(fixture.said)
          .hasSize(deaths)
          .allMatch(s -> s.startsWith("test worker-") || s.startsWith("test spare-"));
      assertThat(fixture.pool.snapshot().ended())
          .hasSize(deaths)
          .allSatisfy(end -> {
            assertThat(end.evidence()).startsWith("exit code ");
            assertThat(end.worker()).startsWith("test ");
          })
          .first()
          .satisfies(newest -> {
            assertThat(newest.what()).contains(what);
            assertThat(newest.number()).isEqualTo(deaths);
          });
    }
  }

  @Test
  void gives_a_batch_to_another_when_its_worker_is_stopped() throws Exception {
    var config = new PoolConfig("test", 1, 2, Duration.ofSeconds(3), 64 << 20);
    try (var fixture =
        new PoolFixture(PoolFixture.On.PROCESSES, Functions.FeatureOfRecord.class, config)) {
      ProcessHandle stopped = fixture.workers().get(0);
      stop(stopped);
      Slot slot = fixture.fill(0, 10, 0, r -> r);
      Completion completion = fixture.pool.submit(slot).get(60, TimeUnit.SECONDS);
      assertThat(fixture.kept(slot, completion).rows()).isEqualTo(10);
      assertThat(stopped.isAlive()).isFalse();
      assertThat(fixture.said).hasSize(1);
      assertThat(fixture.said.get(0)).contains("gave no sign of life for 3 s");
    }
  }

  @Test
  void opens_the_breaker_when_workers_die_without_finishing_anything() throws Exception {
    var config = new PoolConfig("test", 2, 2, Duration.ofSeconds(20), 64 << 20);
    try (var fixture = new PoolFixture(PoolFixture.On.PROCESSES, Functions.Acts.class, config)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            fixture.workers().forEach(ProcessHandle::destroyForcibly);
            return fixture.said.stream().anyMatch(s -> s.contains("does not call its workers"));
          });
      Slot slot = fixture.fill(0, 3, 0, r -> r);
      Completion completion = fixture.pool.submit(slot).get();
      assertThat(((Completion.Unavailable) completion).reason())
          .contains("5 of them died without finishing a batch");
    }
  }

  @Test
  void refuses_to_start_when_a_worker_dies_at_once() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() ->
            new PoolFixture(
                PoolFixture.On.PROCESSES, Functions.DiesAtStart.class, PoolFixture.config(2, 1)))
        .withMessageContaining("stage test cannot start: a worker ended itself with exit code 5")
        .withMessageContaining("no licence");
  }

  @Test
  void passes_on_what_is_printed_when_a_function_prints() throws Exception {
    try (var fixture =
        new PoolFixture(
            PoolFixture.On.PROCESSES, Functions.ActsOnRecords.class, PoolFixture.config(1, 1))) {
      Slot slot = fixture.fill(0, 3, 0, r -> -16 + (r == 2 ? -1 : 0));
      Completion completion = fixture.pool.submit(slot).get(60, TimeUnit.SECONDS);
      assertThat(fixture.kept(slot, completion).rows()).isEqualTo(3);
      await().atMost(Duration.ofSeconds(30)).until(() -> fixture.printed.size() > 100);
      assertThat(fixture.printed.get(0)).startsWith("[test worker-1] line 0 x");
      fixture.pool.close();
      assertThat(fixture.printed).hasSizeLessThan(4000);
      assertThat(fixture.printed).anyMatch(line -> line.matches(".*… [0-9]+ lines left out.*"));
      assertThat(fixture.printed).anyMatch(line -> line.contains("half a line without an end"));
    }
  }

  /** Its workers are killed then, before anybody has looked for what they have printed. */
  @Test
  void passes_on_what_is_printed_last_when_it_is_closed_at_once() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (var fixture =
          new PoolFixture(
              PoolFixture.On.PROCESSES, Functions.ActsOnRecords.class, PoolFixture.config(1, 1))) {
        fixture.pool.submit(fixture.fill(0, 1, 0, r -> -17)).get(60, TimeUnit.SECONDS);
        fixture.pool.close();
        assertThat(fixture.printed).anyMatch(line -> line.contains("half a line without an end"));
      }
    }
  }

  @Test
  void loses_what_is_in_flight_when_it_is_closed() throws Exception {
    try (var fixture =
        new PoolFixture(PoolFixture.On.PROCESSES, Functions.Acts.class, PoolFixture.config(2, 2))) {
      List<CompletableFuture<Completion>> futures =
          IntStream.range(0, 4)
              .mapToObj(i -> submit(fixture, fixture.fill(i, 1, i, r -> -15)))
              .toList();
      fixture.pool.close();
      for (CompletableFuture<Completion> future : futures) {
        assertThat(((Completion.Unavailable) future.getNow(null)).reason())
            .isEqualTo("the pool of stage test was closed before the batch was computed");
      }
      assertThat(fixture.said).isEmpty();
    }
  }

  @Test
  void drains_when_it_is_closed_with_a_deadline() throws Exception {
    try (var fixture =
        new PoolFixture(PoolFixture.On.PROCESSES, Functions.Acts.class, PoolFixture.config(2, 3))) {
      List<CompletableFuture<Completion>> futures =
          IntStream.range(0, 6)
              .mapToObj(i -> submit(fixture, fixture.fill(i, 2, i, r -> -19)))
              .toList();
      fixture.pool.close(Duration.ofSeconds(60));
      assertThat(futures).allMatch(future -> future.getNow(null) instanceof Completion.Done);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void kills_grandchildren_when_their_worker_ends() throws Exception {
    try (var fixture =
        new PoolFixture(
            PoolFixture.On.PROCESSES, Functions.ActsOnRecords.class, PoolFixture.config(1, 1))) {
      Slot slot = fixture.fill(0, 1, 0, r -> -18);
      fixture.pool.submit(slot).get();
      ProcessHandle worker = fixture.workers().get(0);
      ProcessHandle grandchild = worker.children().findFirst().orElseThrow();
      // It holds the pipe of the worker's output, too.
      worker.destroyForcibly();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(grandchild.isAlive()).isFalse());
      await().atMost(Duration.ofSeconds(30)).until(() -> !fixture.said.isEmpty());
      assertThat(fixture.said.get(0)).contains("1 processes that it had started were killed");
      assertThat(fixture.pool.submit(slot).get()).isInstanceOf(Completion.Done.class);
      ProcessHandle another = fixture.workers().get(0).children().findFirst().orElseThrow();
      fixture.pool.close();
      await().atMost(Duration.ofSeconds(30)).until(() -> !another.isAlive());
    }
  }

  @Test
  void goes_on_when_its_log_throws() throws Exception {
    var config = PoolFixture.config(1, 1);
    try (var fixture = new PoolFixture(PoolFixture.On.INLINE, Functions.Acts.class, config);
        var area = io.forebay.slots.SlotArea.shared(1, 1 << 16, ProcessPool.controlBytes(config));
        var pool =
            ProcessPool.start(
                config, fixture.function, 0, fixture.schema, area, 0, new ThrowingLog())) {
      pool.fleet.active()[0].process.destroyForcibly();
      await()
          .dontCatchUncaughtExceptions()
          .atMost(Duration.ofSeconds(60))
          .until(() -> pool.snapshot().restarts() == 1 && pool.hasIdleWorker());
    }
  }

  private static final class ThrowingLog implements WorkerLog {
    @Override
    public void printed(String worker, String line) {
      throw new IllegalStateException("as the test wants it");
    }

    @Override
    public void supervised(String sentence) {
      throw new IllegalStateException("as the test wants it");
    }
  }

  @Test
  void takes_the_spare_when_a_worker_is_lost() throws Exception {
    try (var fixture =
        new PoolFixture(
            PoolFixture.On.PROCESSES, Functions.Feature.class, PoolFixture.config(1, 1))) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> fixture.processes().fleet.places.at(1) != null);
      fixture.workers().get(0).destroyForcibly();
      Slot slot = fixture.fill(0, 3, 0, r -> r);
      assertThat(fixture.pool.submit(slot).get(60, TimeUnit.SECONDS))
          .isInstanceOf(Completion.Done.class);
      await().atMost(Duration.ofSeconds(30)).until(() -> !fixture.said.isEmpty());
      assertThat(fixture.said.get(0)).contains("was killed by SIGKILL").contains("the spare takes");
    }
  }

  @Test
  void starts_the_next_spare_when_who_leaves_has_left_its_memory() throws Exception {
    var config = new PoolConfig("test", 1, 2, Duration.ofSeconds(60), 64 << 20);
    try (var fixture = new PoolFixture(PoolFixture.On.PROCESSES, Functions.Acts.class, config)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> fixture.processes().fleet.places.at(1) != null);
      // Each careful call wants a worker that is not used yet; those before it leave meanwhile.
      List<CompletableFuture<Completion>> calls = new ArrayList<>();
      calls.add(fixture.pool.submit(fixture.fill(0, 50, 0, r -> -19)));
      calls.add(fixture.pool.submit(fixture.fill(1, 50, 50, r -> -19), CallOptions.CAREFUL));
      calls.add(fixture.pool.submit(fixture.fill(2, 50, 100, r -> -19), CallOptions.CAREFUL));
      for (CompletableFuture<Completion> call : calls) {
        assertThat(call.get(60, TimeUnit.SECONDS)).isInstanceOf(Completion.Done.class);
      }
    }
  }

  static CompletableFuture<Completion> submit(PoolFixture fixture, Slot slot) {
    try {
      return fixture.pool.submit(slot);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Stops the process: it does so when it has its turn, and might begin a call before. */
  static void stop(ProcessHandle process) throws Exception {
    signal("STOP", process);
    Path status = Path.of("/proc/" + process.pid() + "/status");
    await().until(() -> Files.readString(status).contains("State:\tT"));
  }

  static void signal(String name, ProcessHandle process) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor())
        .isZero();
  }

  static List<Long> ids(Batch batch) {
    return IntStream.range(0, batch.rows()).mapToObj(batch.int64("copied")::get).toList();
  }
}
