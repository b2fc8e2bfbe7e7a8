package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.slots.Slot;
import io.forebay.testkit.Seed;
import io.forebay.workers.Functions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers are killed at random phases of their batches. */
final class KillTest {
  private static final int KILLS = Integer.getInteger("forebay.kills", 10);

  /** Long against a call, also where many other processes run. */
  static final Duration TIMEOUT = Duration.ofSeconds(4);

  private record Finished(Slot slot, long firstId, int rows, Completion completion) {}

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void loses_and_repeats_nothing_when_workers_are_killed() throws Exception {
    var config = new PoolConfig("test", 2, 3, TIMEOUT, 64 << 20);
    try (var fixture =
        new PoolFixture(
            PoolFixture.On.PROCESSES,
            Functions.Slow.class,
            Map.of("micros", "30"),
            config,
            64 << 10)) {
      run(fixture);
    }
  }

  /** Has batches computed whose function copies ids, and kills workers meanwhile. */
  static void run(PoolFixture fixture) throws InterruptedException {
    long seed = Seed.of(1);
    Random random = new Random(seed);
    AtomicInteger kills = new AtomicInteger();
    AtomicLong progress = new AtomicLong();
    Thread killer = Thread.ofPlatform().start(() -> kill(fixture, random, kills, progress));
    BlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
    List<Slot> free = new ArrayList<>();
    for (int i = 0; i < fixture.area.slots(); i++) {
      free.add(fixture.area.slot(i, fixture.schema));
    }
    Random sizes = new Random(seed);
    long nextId = 0;
    long delivered = 0;
    int out = 0;
    while (kills.get() < KILLS || out > 0) {
      if (kills.get() < KILLS && !free.isEmpty()) {
        int rows = 1 + sizes.nextInt(200);
        Slot slot = fixture.fill(free.removeLast().number(), rows, nextId, r -> r);
        long firstId = nextId;
        var _ =
            fixture
                .pool
                .submit(slot)
                .thenAccept(c -> finished.add(new Finished(slot, firstId, rows, c)));
        nextId += rows;
        out++;
        continue;
      }
      Finished next = finished.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("a batch that completes").isNotNull();
      assertThat(next.completion).as("%s", fixture.said).isInstanceOf(Completion.Done.class);
      Batch kept = fixture.kept(next.slot, next.completion);
      assertThat(kept.rows()).isEqualTo(next.rows);
      for (int row = 0; row < kept.rows(); row++) {
        assertThat(kept.int64("copied").get(row)).isEqualTo(next.firstId + row);
      }
      delivered += kept.rows();
      free.add(next.slot);
      out--;
      progress.incrementAndGet();
    }
    killer.join();
    assertThat(delivered).isEqualTo(nextId);
    // Only who was killed has ended: neighbours are undisturbed.
    assertThat(fixture.pool.snapshot().restarts())
        .as(() -> String.join("\n", fixture.said))
        .isBetween(KILLS - 2L, (long) KILLS);
    assertThat(fixture.said)
        .allMatch(s -> s.matches(".* (was killed by SIGKILL|no sign of life|longer than).*"));
    System.out.println(kills + " kills, " + delivered + " records");
  }

  /**
   * Kills workers at random times, now and then the last one or several without a batch between;
   * not so many that the breaker opens. Every fifth is stopped before, and is killed while it
   * stands still: by the test, or twice by the pool because its call is late.
   */
  private static void kill(
      PoolFixture fixture, Random random, AtomicInteger kills, AtomicLong progress) {
    var killed = new LinkedHashSet<Long>();
    int without = 0;
    long before = 0;
    while (kills.get() < KILLS) {
      LockSupport.parkNanos(random.nextInt(40_000_000));
      long now = progress.get();
      without = now == before ? without : 0;
      before = now;
      List<ProcessHandle> workers = fixture.workers();
      if (without < 3
          && !workers.isEmpty()
          && (workers.size() > 1 || random.nextInt(8) == 0)
          && killed.add(workers.get(random.nextInt(workers.size())).pid())) {
        ProcessHandle.of(killed.getLast())
            .ifPresent(worker -> {
              if (kills.get() % 5 == 4) {
                stop(worker);
                LockSupport.parkNanos(random.nextInt(20_000_000));
              }
              if (kills.get() % 10 == 9) {
                worker.onExit().join(); // Its call is late.
              } else {
                worker.destroyForcibly();
              }
            });
        kills.incrementAndGet();
        without++;
      }
    }
  }

  private static void stop(ProcessHandle worker) {
    try {
      new ProcessBuilder("kill", "-STOP", "" + worker.pid()).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
