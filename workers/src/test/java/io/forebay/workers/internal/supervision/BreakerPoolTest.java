package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.slots.Slot;
import io.forebay.workers.Functions;
import io.forebay.workers.Python;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.FunctionSpec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A function that kills its worker with every record stops its stage, until it behaves again. */
@Timeout(240)
final class BreakerPoolTest {
  private static final long PAUSE = 2_000_000_000L;
  private static final int ROWS = 20;

  @Test
  void opens_tries_and_closes_when_every_record_kills_for_a_while() throws Exception {
    run(new FunctionSpec(Functions.ActsOnRecords.class.getName(), java.util.Map.of()), -11);
  }

  @Test
  void opens_tries_and_closes_when_every_record_kills_a_python_worker() throws Exception {
    Python.assumeThere();
    run(Python.function("acts.copies"), -10);
  }

  private static void run(FunctionSpec function, int act) throws Exception {
    try (var fixture =
        new PoolFixture(PoolFixture.On.PROCESSES, function, PoolFixture.config(2, 1), 64 << 10)) {
      Fleet fleet = fixture.processes().fleet;
      fleet.lock.lock();
      try {
        fleet.breaker.pauseNanos = PAUSE;
      } finally {
        fleet.lock.unlock();
      }
      Slot slot = fixture.fill(0, ROWS, 0, r -> act);
      int blamed = 0;
      int refused = 0;
      // As the engine does: without the record that is to blame, and again after a pause.
      while (refused < 3) {
        switch (fixture.pool.submit(slot).get(60, TimeUnit.SECONDS)) {
          case Completion.Lost lost -> {
            assertThat(lost.row()).isZero();
            slot.retain(0, row -> row != lost.row());
            blamed++;
          }
          case Completion.Unavailable(String reason, Duration retryAfter) -> {
            assertThat(reason).startsWith("stage test does not call its workers for");
            assertThat(retryAfter).isBetween(Duration.ofNanos(1), Duration.ofNanos(PAUSE));
            refused++;
            long until = System.nanoTime() + retryAfter.toNanos();
            await().atMost(Duration.ofSeconds(60)).until(() -> System.nanoTime() - until > 0);
          }
          case Completion.Done done -> throw new AssertionError(done);
          case Completion.Separate separate -> throw new AssertionError(separate);
        }
      }
      // Five deaths blame two records, and each trial one more.
      assertThat(blamed).isBetween(2, 6);
      assertThat(fixture.said.stream().filter(s -> s.contains("does not call"))).hasSize(3);
      assertThat(fixture.said).anyMatch(s -> s.contains("when it was tried again"));
      Slot healthy = fixture.fill(1, 10, 100, r -> r);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> fixture.pool.submit(healthy).get() instanceof Completion.Done);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> fixture.said.getLast().startsWith("stage test calls its workers again"));
      slot.retain(0, row -> row == 0);
      assertThat(fixture.pool.submit(slot).get(60, TimeUnit.SECONDS))
          .isInstanceOf(Completion.Lost.class);
    }
  }
}
