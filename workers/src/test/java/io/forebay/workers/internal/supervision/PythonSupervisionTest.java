package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.slots.Slot;
import io.forebay.workers.Python;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolConfig;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of Python workers that die, and of their batches. */
@Timeout(120)
final class PythonSupervisionTest {
  private static final long SLOT_BYTES = 256 << 10;

  @BeforeAll
  static void needsPython() {
    Python.assumeThere();
  }

  private static PoolFixture pool(String function, int workers, int inFlight, Duration timeout)
      throws Exception {
    var config = new PoolConfig("test", workers, inFlight, timeout, 64 << 20);
    return new PoolFixture(PoolFixture.On.PROCESSES, Python.function(function), config, SLOT_BYTES);
  }

  @ParameterizedTest
  @CsvSource({
    "-10, ended itself with exit code 7",
    "-12, ran out of memory (limit 64 MiB)",
    "-13, 'crashed in native code with SIGSEGV, in string_at (__init__.py:'",
    "-14, was killed because a call with one record took longer than 1 s",
    "-20, 'crashed in native code with SIGABRT, in act (acts.py:'",
  })
  void blames_the_record_when_it_kills_its_worker(int act, String what) throws Exception {
    // Short for the one that hangs; long for the others, which are to end before it.
    var timeout = Duration.ofSeconds(act == -14 ? 1 : 20);
    for (String function : new String[] {"acts.copies", "acts.copies_columns@columns"}) {
      try (var fixture = pool(function, 2, 2, timeout)) {
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
        poisoned.retain(0, row -> row != 6);
        Completion rest = fixture.pool.submit(poisoned).get(60, TimeUnit.SECONDS);
        Batch kept = fixture.kept(poisoned, rest);
        assertThat(SupervisionTest.ids(kept)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 7L, 8L, 9L);
      }
    }
  }

  @Test
  void rejects_the_records_when_the_function_raises() throws Exception {
    try (var fixture = pool("acts.copies", 2, 2, Duration.ofSeconds(20))) {
      Slot slot = fixture.fill(0, 100, 0, r -> r == 17 || r == 60 ? -19 : r == 99 ? -11 : r);
      Completion completion = fixture.pool.submit(slot).get(60, TimeUnit.SECONDS);
      Completion.Done done = (Completion.Done) completion;
      assertThat(done.result().rejected()).hasSize(3);
      assertThat(done.result().rejected().get(0).row()).isEqualTo(17);
      assertThat(done.result().rejected().get(0).reason())
          .isEqualTo("the function acts.copies raised ValueError: value is -19");
      assertThat(done.result().rejected().get(0).detail())
          .startsWith("Traceback (most recent call last):")
          .contains("acts.py\", line ")
          .doesNotContain("<forebay")
          .endsWith("ValueError: value is -19");
      assertThat(done.result().rejected().get(2).reason())
          .isEqualTo("the function acts.copies raised SystemExit: 3");
      long[] expected =
          IntStream.range(0, 99).filter(r -> r != 17 && r != 60).asLongStream().toArray();
      assertThat(SupervisionTest.ids(fixture.kept(slot, completion)))
          .containsExactly(java.util.Arrays.stream(expected).boxed().toArray(Long[]::new));
    }
  }

  @Test
  void gives_a_batch_to_another_when_its_worker_is_stopped() throws Exception {
    try (var fixture = pool("acts.processRecordBatch", 1, 2, Duration.ofSeconds(1))) {
      ProcessHandle stopped = fixture.workers().get(0);
      SupervisionTest.stop(stopped);
      Slot slot = fixture.fill(0, 10, 0, r -> r);
      Completion completion = fixture.pool.submit(slot).get(60, TimeUnit.SECONDS);
      assertThat(fixture.kept(slot, completion).rows()).isEqualTo(10);
      await().until(() -> !stopped.isAlive());
      assertThat(fixture.said).hasSize(1);
      assertThat(fixture.said.get(0)).contains("gave no sign of life for 1 s");
    }
  }

  @Test
  void passes_on_what_is_printed_when_a_function_prints_10_MB() throws Exception {
    try (var fixture = pool("acts.copies", 1, 1, Duration.ofSeconds(60))) {
      Slot slot = fixture.fill(0, 4, 0, r -> r == 0 ? -22 : r == 1 ? -17 : r == 2 ? -16 : r);
      Completion completion = fixture.pool.submit(slot).get(90, TimeUnit.SECONDS);
      assertThat(fixture.kept(slot, completion).rows()).isEqualTo(4);
      fixture.pool.close();
      assertThat(fixture.printed)
          .hasSizeBetween(100, 8000)
          .contains("[test worker-1] printed ä", "[test worker-1] WARNING:root:a warning, logged")
          .anyMatch(line -> line.matches(".*… [0-9]+ lines left out.*"))
          .anyMatch(line -> line.contains("half a line without an end"));
    }
  }

  @Test
  void lets_a_call_hold_the_interpreter_when_it_ends_in_time_and_kills_it_when_not()
      throws Exception {
    try (var fixture = pool("acts.copies", 1, 1, Duration.ofSeconds(2))) {
      Slot slot = fixture.fill(0, 2, 0, r -> r == 1 ? -21 : r);
      Completion completion = fixture.pool.submit(slot).get(60, TimeUnit.SECONDS);
      assertThat(((Completion.Lost) completion).row()).isEqualTo(1);
      assertThat(fixture.said).hasSize(3).allMatch(said -> said.contains("took longer than 2 s"));
    }
  }

  @Test
  void survives_when_the_function_forks_and_both_go_on() throws Exception {
    try (var fixture = pool("acts.copies", 1, 2, Duration.ofSeconds(20))) {
      Slot slot = fixture.fill(0, 3, 0, r -> r == 1 ? -24 : r);
      Completion completion = fixture.pool.submit(slot).get(60, TimeUnit.SECONDS);
      assertThat(fixture.kept(slot, completion).rows()).isEqualTo(3);
      for (int i = 0; i < 20; i++) {
        slot = fixture.fill(0, 3, 3L * i, r -> r);
        completion = fixture.pool.submit(slot).get(60, TimeUnit.SECONDS);
        assertThat(fixture.kept(slot, completion).int64("copied").get(2)).isEqualTo(3L * i + 2);
      }
      assertThat(fixture.said).isEmpty();
    }
  }
}
