package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.slots.Slot;
import io.forebay.workers.Functions;
import io.forebay.workers.Python;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.FunctionSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers are lost when it is least convenient. */
@Timeout(240)
final class ReplacementTest {
  private static final int ROUNDS = 5;

  /** What runs in the workers: a function that takes so many microseconds a record. */
  public enum Kind {
    JAVA,
    PYTHON;

    FunctionSpec slow(int micros) {
      Map<String, String> parameters = Map.of("micros", "" + micros);
      if (this == JAVA) {
        return new FunctionSpec(Functions.Slow.class.getName(), parameters);
      }
      Python.assumeThere();
      return Python.function("acts.slow", parameters);
    }
  }

  private static PoolFixture pool(Kind kind, int micros) throws Exception {
    return new PoolFixture(
        PoolFixture.On.PROCESSES, kind.slow(micros), PoolFixture.config(2, 3), 64 << 10);
  }

  @ParameterizedTest
  @EnumSource
  void takes_less_than_a_second_in_the_median_when_a_spare_is_there(Kind kind) throws Exception {
    try (var fixture = pool(kind, 1)) {
      Fleet fleet = fixture.processes().fleet;
      long[] nanos = new long[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        await().atMost(Duration.ofSeconds(60)).until(() -> living(fleet).size() == 3);
        Worker lost = fleet.active()[round % 2];
        Worker neighbour = fleet.active()[1 - round % 2];
        long killed = System.nanoTime();
        lost.process.destroyForcibly();
        while (Arrays.asList(fleet.active()).contains(lost) || fleet.active().length < 2) {
          Thread.onSpinWait();
        }
        nanos[round] = System.nanoTime() - killed;
        assertThat(Arrays.asList(fleet.active())).contains(neighbour);
        Slot slot = fixture.fill(0, 5, 0, r -> r);
        assertThat(fixture.pool.submit(slot).get()).isInstanceOf(Completion.Done.class);
      }
      Arrays.sort(nanos);
      System.out.printf(
          "%s: a spare took the place of a killed worker after %.1f ms, at most %.1f ms%n",
          kind, nanos[ROUNDS / 2] / 1e6, nanos[ROUNDS - 1] / 1e6);
      assertThat(nanos[ROUNDS / 2]).isLessThan(1_000_000_000L);
      assertThat(fixture.pool.snapshot().restarts()).isEqualTo(ROUNDS);
    }
  }

  /** The replacement dies while it starts, and the one that replaces it, too. */
  @ParameterizedTest
  @EnumSource
  void loses_nothing_when_replacements_are_killed_while_they_start(Kind kind) throws Exception {
    try (var fixture = pool(kind, 100)) {
      Fleet fleet = fixture.processes().fleet;
      List<CompletableFuture<Completion>> futures = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        futures.add(fixture.pool.submit(fixture.fill(i, 50, 50L * i, r -> r)));
      }
      Set<Long> killed =
          living(fleet).stream().map(w -> w.process.pid()).collect(Collectors.toSet());
      living(fleet).forEach(worker -> worker.process.destroyForcibly());
      for (int starts = 0; starts < 2; ) { // One more would open the breaker.
        Set<Long> ready =
            living(fleet).stream().map(w -> w.process.pid()).collect(Collectors.toSet());
        for (ProcessHandle child : ProcessHandle.current().children().toList()) {
          if (starts < 2
              && !ready.contains(child.pid())
              && killed.add(child.pid()) // It may still be listed after its end.
              && child.destroyForcibly()) {
            child.onExit().join();
            starts++;
          }
        }
      }
      for (int i = 0; i < 6; i++) {
        assertComputed(fixture, i, futures.get(i).get(60, TimeUnit.SECONDS), 50);
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> fixture.said.size() >= 4);
      await().atMost(Duration.ofSeconds(60)).until(() -> fleet.active().length == 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void drains_everything_when_workers_are_killed_meanwhile(Kind kind) throws Exception {
    try (var fixture = pool(kind, 6_000)) {
      List<CompletableFuture<Completion>> futures = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        futures.add(fixture.pool.submit(fixture.fill(i, 50, 50L * i, r -> r)));
      }
      Thread drain = Thread.ofPlatform().start(() -> fixture.pool.close(Duration.ofSeconds(90)));
      await().until(() -> fixture.processes().state() == ProcessPool.State.DRAINING);
      List<ProcessHandle> killed = fixture.workers();
      killed.forEach(ProcessHandle::destroyForcibly);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> fixture.workers().stream().anyMatch(w -> !killed.contains(w)));
      fixture.workers().forEach(ProcessHandle::destroyForcibly);
      drain.join();
      for (int i = 0; i < 6; i++) {
        assertComputed(fixture, i, futures.get(i).getNow(null), 50);
      }
      assertThat(fixture.processes().state()).isEqualTo(ProcessPool.State.CLOSED);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> ProcessHandle.current().children().findAny().isEmpty());
    }
  }

  private static List<Worker> living(Fleet fleet) {
    fleet.lock.lock();
    try {
      return IntStream.range(0, fleet.places.count())
          .mapToObj(fleet.places::at)
          .filter(Objects::nonNull)
          .toList();
    } finally {
      fleet.lock.unlock();
    }
  }

  private static void assertComputed(
      PoolFixture fixture, int slot, Completion completion, int rows) {
    assertThat(completion).isInstanceOf(Completion.Done.class);
    assertThat(
            SupervisionTest.ids(fixture.kept(fixture.area.slot(slot, fixture.schema), completion)))
        .containsExactlyElementsOf(
            LongStream.range((long) rows * slot, (long) rows * (slot + 1)).boxed().toList());
  }
}
