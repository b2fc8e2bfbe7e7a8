package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.testkit.Seed;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The engine under many seeds. {@code -Dforebay.seed=N} plays that seed alone, {@code
 * -Dforebay.seeds=N} so many from 1 on, {@code -Dforebay.seed=random} others.
 */
@Timeout(1_800)
class SimulationTest {
  private static final long SEEDS = Long.getLong("forebay.seeds", 20_000);

  /** A seed that failed, and how. */
  private record Failure(long seed, Throwable cause) {}

  @Test
  void keeps_every_promise_under_every_seed() throws Exception {
    long begin = Seed.of(1);
    if (Long.getLong("forebay.seed") != null) {
      try (Simulation.Memory memory = new Simulation.Memory()) {
        new Simulation(begin, memory).play();
      }
      return;
    }
    AtomicLong next = new AtomicLong(begin);
    long end = begin + SEEDS;
    AtomicLong kills = new AtomicLong();
    AtomicReference<Failure> failure = new AtomicReference<>();
    Thread[] threads = new Thread[Math.max(2, Runtime.getRuntime().availableProcessors())];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform().name("simulation-" + i).start(() -> play(next, end, kills, failure));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Failure first = failure.get();
    if (first != null) {
      throw new AssertionError(
          "seed "
              + first.seed
              + " fails; to repeat it: ./mvnw -pl engine -am test -Dtest=SimulationTest"
              + " -Dsurefire.failIfNoSpecifiedTests=false -Dforebay.seed="
              + first.seed,
          first.cause);
    }
    System.out.println(SEEDS + " seeds, " + kills + " kills of the engine");
    assertThat(kills.get()).isGreaterThan(SEEDS);
  }

  private static void play(
      AtomicLong next, long end, AtomicLong kills, AtomicReference<Failure> failure) {
    try (Simulation.Memory memory = new Simulation.Memory()) {
      for (long seed = next.getAndIncrement();
          seed < end && failure.get() == null;
          seed = next.getAndIncrement()) {
        Simulation simulation = new Simulation(seed, memory);
        try {
          simulation.play();
        } catch (Exception | AssertionError e) {
          failure.compareAndSet(null, new Failure(seed, e));
        }
        kills.addAndGet(simulation.kills());
      }
    }
  }
}
