package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.workers.api.CallOptions;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.process.ThreadTimes;
import io.forebay.workers.internal.process.ThreadTimes.Time;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A call has its deadline for what it could run, not for what other programs took. */
final class KeptFromCoresTest {
  private static final long NOW = 1_000_000_000L;
  private static final long TIMEOUT = PlayedWorkers.TIMEOUT.toNanos();
  private static final long MILLI = 1_000_000;

  private final PlayedWorkers played = new PlayedWorkers(1, 3, 0, 2, 1);
  private final Fleet fleet = played.fleet;
  private final Worker worker = played.hire(0);
  private ThreadTimes times = new ThreadTimes(Map.of());
  private final Deadlines deadlines = new Deadlines(fleet, PlayedWorkers.TIMEOUT, pid -> times);

  KeptFromCoresTest() throws Exception {}

  @BeforeEach
  void begins_a_call() {
    fleet.places.occupy(0, worker);
    fleet.submit(new Call(null, played.slot(0), NOW, CallOptions.USUAL), NOW);
    assertThat(worker.ring.begin(0, NOW)).isZero();
  }

  @AfterEach
  void close() throws Exception {
    played.close();
  }

  /** Of a thread that computes, and of all others of the worker. */
  private void is(long millis, long computedMillis, long waitedMillis, long othersMillis) {
    times =
        new ThreadTimes(
            Map.of(
                7L, new Time(computedMillis * MILLI, waitedMillis * MILLI),
                8L, new Time(othersMillis * MILLI, 0)));
    long now = NOW + millis * MILLI;
    assertThat(deadlines.check(now)).isGreaterThan(now);
  }

  @Test
  void call_goes_on_when_others_had_the_core() {
    is(0, 10_000, 5_000, 0);
    is(100, 10_050, 5_050, 0);
    is(1_000, 10_300, 5_700, 0);
    assertThat(worker.condemned).isNull();
    is(1_649, 10_949, 5_700, 0);
    assertThat(worker.condemned).isNull();
    is(1_651, 10_951, 5_700, 0);
    assertThat(worker.condemned).extracting(WorkerEnd::kind).isEqualTo(WorkerEnd.Kind.TIMED_OUT);
  }

  @Test
  void call_ends_in_time_when_it_computes_all_the_while() {
    is(100, 100, 0, 0);
    is(999, 999, 0, 0);
    assertThat(worker.condemned).isNull();
    is(1_001, 1_001, 0, 0);
    assertThat(worker.condemned).isNotNull();
  }

  @Test
  void call_ends_in_time_when_it_waits_for_threads_of_its_own() {
    is(100, 50, 50, 0);
    is(1_001, 500, 500, 600);
    assertThat(worker.condemned).isNotNull();
  }

  @Test
  void call_ends_when_it_was_kept_for_nine_times_its_deadline() {
    is(100, 0, 0, 0);
    is(9_999, 1, 9_998, 0);
    assertThat(worker.condemned).isNull();
    is(10_001, 1, 10_000, 0);
    assertThat(worker.condemned).isNotNull();
    assertThat(TIMEOUT).isEqualTo(1_000 * MILLI);
  }

  @Test
  void call_ends_in_time_when_nobody_tells() {
    deadlines.check(NOW + 100 * MILLI);
    deadlines.check(NOW + 1_001 * MILLI);
    assertThat(worker.condemned).isNotNull();
  }
}
