package io.forebay.workers;

import static io.forebay.workers.CallPoolTest.acts;
import static io.forebay.workers.CallPoolTest.python;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.workers.internal.supervision.Recycler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that are replaced while they are well. */
@Timeout(120)
final class RecycleTest {
  @Test
  void replaces_workers_and_loses_nothing_when_they_have_made_enough_calls() throws Exception {
    replaces(acts(true));
  }

  @Test
  void replaces_python_workers_and_loses_nothing_when_they_have_made_enough_calls()
      throws Exception {
    replaces(python("act@each"));
  }

  private static void replaces(PoolBuilder<CallPool<String, String>> builder) throws Exception {
    try (var pool = builder.recycleAfterCalls(40).prefetch(1).inFlight(8).start()) {
      Set<String> pids = new HashSet<>();
      long calls = 0;
      // As long as it takes: the first spare starts some seconds after the pool.
      while (pids.size() < 5) {
        List<CompletableFuture<String>> some = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          some.add(pool.call("pid"));
        }
        for (CompletableFuture<String> each : some) {
          pids.add(each.get());
          calls++;
        }
        assertThat(pool.snapshot().workers()).as("workers that can work").isGreaterThanOrEqualTo(2);
      }
      assertThat(calls).isGreaterThan(100);
      // None of it counts as a failure, and those that were replaced are gone.
      assertThat(pool.snapshot().restarts()).isZero();
      await()
          .until(() ->
              pids.stream().filter(pid -> ProcessHandle.of(Long.parseLong(pid)).isPresent()).count()
                  <= 3);
    }
  }

  @Test
  void replaces_a_worker_when_it_has_grown() throws Exception {
    try (var pool = acts(true).workers(1).memory(256 << 20).recycleAfterGrowth(48 << 20).start()) {
      String first = pool.call("grow 1").get();
      assertThat(pool.call("grow " + (96 << 20)).get()).isEqualTo(first);
      await().untilAsserted(() -> assertThat(pool.call("grow 1").get()).isNotEqualTo(first));
      assertThat(pool.snapshot().restarts()).isZero();
    }
  }

  @Test
  void draws_limits_within_ten_percent() {
    assertThat(Recycler.residentBytes(ProcessHandle.current().pid())).isPositive();
    assertThat(Recycler.residentBytes(-1)).isZero();
  }
}
