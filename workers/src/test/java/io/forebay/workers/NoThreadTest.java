package io.forebay.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.internal.supervision.PoolFixture;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The machine has no room for another thread or process, because somebody else has taken it. */
@Timeout(60)
final class NoThreadTest {
  private static final int FAILURES = 3;

  private static PoolFixture pool() throws Exception {
    return new PoolFixture(
        PoolFixture.On.PROCESSES,
        Functions.Feature.class,
        new PoolConfig("test", 1, 2, Duration.ofSeconds(20), 64 << 20));
  }

  @Test
  void tries_again_when_no_thread_can_be_made_for_the_start_of_a_worker() throws Exception {
    AtomicInteger starts = new AtomicInteger();
    try (var fixture = pool()) {
      fixture.processes().supervisor.starter.threadStarter =
          thread -> {
            if (starts.incrementAndGet() <= FAILURES) {
              throw new OutOfMemoryError("unable to create native thread");
            }
            thread.start();
          };
      fixture.processes().fleet.active()[0].process.destroyForcibly().waitFor();

      CompletableFuture<Completion> answer =
          fixture.pool.submit(fixture.fill(0, 5, 0, value -> value));

      assertThat(answer.get(50, TimeUnit.SECONDS)).isInstanceOf(Completion.Done.class);
      assertThat(starts).hasValueGreaterThan(FAILURES);
      assertThat(fixture.said)
          .filteredOn(line -> line.contains("could not be started"))
          .hasSizeGreaterThanOrEqualTo(FAILURES)
          .allMatch(line -> line.contains("unable to create native thread"));
    }
  }
}
