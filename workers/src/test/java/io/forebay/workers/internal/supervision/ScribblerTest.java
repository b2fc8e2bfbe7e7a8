package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.slots.Slot;
import io.forebay.testkit.Seed;
import io.forebay.workers.Hostile;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Real workers that write over the rings in each call: the engine survives and loses nothing. */
final class ScribblerTest {
  private static final int CALLS = Integer.getInteger("forebay.scribbles", 400);
  private static final int ROWS = 8;

  private record Finished(Slot slot, long firstId, Completion completion) {}

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  @EnabledOnOs(OS.LINUX)
  void delivers_every_record_once_when_workers_write_over_the_rings() throws Exception {
    var config = new PoolConfig("test", 2, 2, Duration.ofSeconds(20), 64 << 20);
    try (var fixture =
        new PoolFixture(
            PoolFixture.On.PROCESSES,
            Hostile.Scribbler.class,
            Map.of("seed", String.valueOf(Seed.of(1))),
            config,
            16 << 10)) {
      BlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
      List<Slot> free = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        free.add(fixture.area.slot(i, fixture.schema));
      }
      Map<Long, Integer> seen = new HashMap<>();
      long nextId = 0;
      int again = 0;
      int out = 0;
      while (nextId < (long) CALLS * ROWS || out > 0) {
        if (nextId < (long) CALLS * ROWS && !free.isEmpty()) {
          Slot slot = fixture.fill(free.removeLast().number(), ROWS, nextId, r -> r);
          submit(fixture, slot, nextId, finished);
          nextId += ROWS;
          out++;
          continue;
        }
        Finished next = finished.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("a batch that completes").isNotNull();
        switch (next.completion) {
          case Completion.Done done -> {
            List<Long> ids = SupervisionTest.ids(fixture.kept(next.slot, done));
            assertThat(ids)
                .containsExactlyElementsOf(
                    LongStream.range(next.firstId, next.firstId + ROWS).boxed().toList());
            ids.forEach(id -> seen.merge(id, 1, Integer::sum));
            free.add(next.slot);
            out--;
          }
          // A neighbour may have written over the ring of its worker three times: nobody's fault.
          case Completion.Lost lost -> {
            again++;
            submit(fixture, next.slot, next.firstId, finished);
          }
          case Completion.Separate separate -> {
            again++;
            submit(fixture, next.slot, next.firstId, finished);
          }
          case Completion.Unavailable unavailable -> throw new AssertionError(unavailable);
        }
      }
      long restarts = fixture.pool.snapshot().restarts();
      System.out.println(CALLS + " calls, " + restarts + " workers killed, " + again + " again");
      assertThat(seen).hasSize(CALLS * ROWS).allSatisfy((id, times) -> assertThat(times).isOne());
      assertThat(restarts).isPositive();
      assertThat(again).isLessThan(CALLS / 20);
      assertThat(fixture.said)
          .allMatch(
              s -> s.matches("(?s).*(made no sense|no sign of life|longer than|exit code).*"));
    }
  }

  private static void submit(
      PoolFixture fixture, Slot slot, long firstId, BlockingQueue<Finished> finished)
      throws InterruptedException {
    var _ =
        fixture
            .pool
            .submit(slot)
            .thenAccept(completion -> finished.add(new Finished(slot, firstId, completion)));
  }
}
