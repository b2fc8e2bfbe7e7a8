package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.slots.Slot;
import io.forebay.workers.Functions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolConfig;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker's answers are checked before they are believed. */
final class VandalTest {

  @ParameterizedTest
  @ValueSource(strings = {"head beyond tail", "head before its time", "text that is not UTF-8"})
  @Timeout(180)
  @EnabledOnOs(OS.LINUX)
  void kills_the_worker_and_goes_on_when_its_answer_makes_no_sense(String what) throws Exception {
    var config = new PoolConfig("test", 2, 2, Duration.ofSeconds(60), 64 << 20);
    try (var fixture =
        new PoolFixture(
            PoolFixture.On.PROCESSES,
            Functions.Vandal.class,
            Map.of("what", what),
            config,
            16 << 10)) {
      Slot slot = fixture.fill(0, 3, 0, r -> r == 1 ? -20 : r);
      CompletableFuture<Completion> future = fixture.pool.submit(slot);
      Completion completion = future.get(60, TimeUnit.SECONDS);
      assertThat(completion).isInstanceOf(Completion.Lost.class);
      assertThat(((Completion.Lost) completion).reason())
          .contains("was killed because its answer made no sense (");
      Slot healthy = fixture.fill(1, 10, 100, r -> r);
      Completion done = fixture.pool.submit(healthy).get(60, TimeUnit.SECONDS);
      assertThat(SupervisionTest.ids(fixture.kept(healthy, done))).hasSize(10).contains(109L);
      assertThat(fixture.said).isNotEmpty().allMatch(s -> s.contains("made no sense"));
    }
  }
}
