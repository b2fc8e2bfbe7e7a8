package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.slots.Slot;
import io.forebay.workers.Functions;
import io.forebay.workers.Python;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PoolConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long after its deadline a call's worker is gone. */
@Timeout(240)
final class DeadlineTest {
  private static final int ROUNDS = 3;

  /** Long against a first call, also where many other processes run. */
  private static final Duration TIMEOUT = Duration.ofMillis(1_200);

  @Test
  void kills_in_time_when_a_java_function_loops() throws Exception {
    run("Java", new FunctionSpec(Functions.Acts.class.getName(), Map.of()));
  }

  @Test
  void kills_in_time_when_a_python_function_loops() throws Exception {
    Python.assumeThere();
    run("Python", Python.function("acts.copies"));
  }

  private static void run(String kind, FunctionSpec function) throws Exception {
    var config = new PoolConfig("test", 1, 1, TIMEOUT, 64 << 20);
    try (var fixture = new PoolFixture(PoolFixture.On.PROCESSES, function, config, 64 << 10)) {
      long[] late = new long[ROUNDS];
      int round = 0;
      int attempts = 0;
      while (round < ROUNDS) {
        assertThat(++attempts).isLessThanOrEqualTo(3 * ROUNDS);
        // Few deaths among many records: the breaker stays closed.
        Slot healthy = fixture.fill(0, 50, 0, r -> r);
        assertThat(fixture.pool.submit(healthy).get(60, TimeUnit.SECONDS))
            .isInstanceOf(Completion.Done.class);
        Worker worker = fixture.processes().fleet.active()[0];
        assertThat(worker.ring.begun()).isEqualTo(1);
        CompletableFuture<Long> end =
            worker.process.onExit().thenApply(process -> System.nanoTime());
        CompletableFuture<Completion> lost = fixture.pool.submit(fixture.fill(1, 1, 0, r -> -14));
        while (worker.ring.begun() < 2 && worker.process.isAlive()) {
          Thread.onSpinWait();
        }
        // The worker's clock is the system's monotonic one, as ours is.
        long began = worker.ring.began();
        boolean seen = worker.process.isAlive();
        assertThat(((Completion.Lost) lost.get(60, TimeUnit.SECONDS)).row()).isZero();
        if (seen) { // Otherwise this thread was away: another worker may have that ring.
          late[round++] = end.get() - began - TIMEOUT.toNanos();
        }
      }
      Arrays.sort(late);
      System.out.printf(
          "%s: gone %.1f ms after the deadline, at least %.1f and at most %.1f ms%n",
          kind, late[ROUNDS / 2] / 1e6, late[0] / 1e6, late[ROUNDS - 1] / 1e6);
      assertThat(late[0]).isPositive();
      // What other programs took of the cores in it comes on top.
      assertThat(late[ROUNDS / 2]).isLessThan(2_000_000_000L + 3 * TIMEOUT.toNanos());
      assertThat(fixture.pool.snapshot().timeouts()).isEqualTo(2L * attempts);
    }
  }
}
