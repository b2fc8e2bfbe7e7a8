package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.slots.Slot;
import io.forebay.testkit.Seed;
import io.forebay.workers.OwnProcess;
import io.forebay.workers.api.Completion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A pool that computes while its workers are killed: nothing grows. It is in a process with a
 * temporary folder of its own, so that nobody else's files are counted. Some seconds here; {@code
 * docs/guide/reliability.md} has the command for longer.
 */
@EnabledOnOs(OS.LINUX)
final class SoakTest {
  private static final long SECONDS = Long.getLong("forebay.soakSeconds", 3);

  @TempDir Path temporary;

  @ParameterizedTest
  @EnumSource
  @Timeout(value = 24, unit = TimeUnit.HOURS)
  void grows_in_nothing_when_workers_are_killed_again_and_again(ReplacementTest.Kind kind)
      throws Exception {
    long seed = Seed.of(1);
    assertThat(OwnProcess.run(temporary, Soak.class, kind.name(), String.valueOf(seed))).isZero();
  }

  /** Arguments: the kind of workers, the seed. */
  static final class Soak {
    private Soak() {}

    public static void main(String[] arguments) throws Exception {
      ReplacementTest.Kind kind = ReplacementTest.Kind.valueOf(arguments[0]);
      Random random = new Random(Long.parseLong(arguments[1]));
      try (var fixture =
          new PoolFixture(
              PoolFixture.On.PROCESSES, kind.slow(20), PoolFixture.config(2, 2), 64 << 10)) {
        work(fixture, random, 2); // Classes are loaded, permanent threads started.
        Map<String, Long> before = quiet(fixture);
        long[] sums = work(fixture, random, SECONDS);
        System.out.println(kind + ": " + sums[0] + " batches, " + sums[1] + " kills, " + before);
        assertThat(sums[1]).isPositive();
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> assertThat(quiet(fixture)).isEqualTo(before));
      }
    }
  }

  /** What is there when all workers and the spare are. */
  private static Map<String, Long> quiet(PoolFixture fixture) throws Exception {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          Fleet fleet = fixture.processes().fleet;
          fleet.lock.lock();
          try {
            return IntStream.range(0, fleet.places.count())
                .allMatch(position -> fleet.places.at(position) != null);
          } finally {
            fleet.lock.unlock();
          }
        });
    return LeftoversTest.inventory();
  }

  private static long[] work(PoolFixture fixture, Random random, long seconds) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    long nextKill = System.nanoTime();
    long batches = 0;
    long kills = 0;
    while (System.nanoTime() - end < 0) {
      CompletableFuture<Completion> first = submit(fixture, 0, random);
      CompletableFuture<Completion> second = submit(fixture, 1, random);
      List<ProcessHandle> workers = fixture.workers();
      if (System.nanoTime() - nextKill > 0 && workers.size() == 2) {
        workers.get(random.nextInt(2)).destroyForcibly();
        nextKill = System.nanoTime() + random.nextLong(800_000_000);
        kills++;
      }
      assertThat(first.get(60, TimeUnit.SECONDS)).isInstanceOf(Completion.Done.class);
      assertThat(second.get(60, TimeUnit.SECONDS)).isInstanceOf(Completion.Done.class);
      batches += 2;
    }
    return new long[] {batches, kills};
  }

  private static CompletableFuture<Completion> submit(PoolFixture fixture, int slot, Random random)
      throws InterruptedException {
    Slot filled = fixture.fill(slot, 1 + random.nextInt(100), 0, r -> r);
    return fixture.pool.submit(filled);
  }
}
