package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.testkit.Seed;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a pool stops calling its workers, apart from any process. */
final class BreakerTest {
  private static final long SECOND = 1_000_000_000L;

  private final Breaker breaker = new Breaker(2);

  @Test
  void opens_when_five_die_in_a_row_and_tries_again_later() {
    long now = 1_000;
    for (int i = 0; i < 4; i++) {
      assertThat(breaker.recordDeath(now += 1_000_000)).isFalse();
    }
    assertThat(breaker.recordDeath(now)).isTrue();
    assertThat(breaker.why()).isEqualTo("5 of them died without finishing a batch");
    assertThat(breaker.advance(now + Breaker.PAUSE_NANOS - 1)).isTrue();
    assertThat(breaker.nextTry()).isEqualTo(now + Breaker.PAUSE_NANOS);
    // The trial fails: open again. The next one succeeds: five more lives.
    now += Breaker.PAUSE_NANOS;
    assertThat(breaker.advance(now)).isFalse();
    assertThat(breaker.recordDeath(now)).isFalse();
    assertThat(breaker.recordDeath(now)).isFalse();
    assertThat(breaker.recordDeath(now)).isTrue();
    assertThat(breaker.advance(now)).isTrue();
    now += Breaker.PAUSE_NANOS;
    assertThat(breaker.advance(now)).isFalse();
    assertThat(breaker.recordDeath(now)).isFalse();
    assertThat(breaker.finished(1, 1)).isTrue();
    for (int i = 0; i < 4; i++) {
      assertThat(breaker.recordDeath(now)).isFalse();
    }
    assertThat(breaker.advance(now)).isFalse();
    assertThat(breaker.recordDeath(now)).isTrue();
  }

  @Test
  void stays_open_when_a_call_ends_that_was_in_work_before() {
    for (int i = 0; i < 5; i++) {
      breaker.recordDeath(1);
    }
    assertThat(breaker.finished(1, 1000)).isFalse();
    assertThat(breaker.advance(2)).isTrue();
    assertThat(breaker.recordDeath(2)).isFalse();
  }

  @Test
  void stays_closed_when_deaths_are_rare() {
    long now = 0;
    for (int i = 0; i < 500; i++) {
      assertThat(breaker.recordDeath(now += Breaker.WINDOW_NANOS / 4 + 1)).isFalse();
    }
  }

  @Test
  void stays_closed_when_more_calls_end_than_workers() {
    for (int i = 0; i < 500; i++) {
      assertThat(breaker.recordDeath(i * SECOND / 10)).isFalse();
      breaker.finished(1, 1);
    }
  }

  @Test
  void opens_when_hardly_anything_gets_done_between_the_deaths() {
    int deaths = 0;
    boolean opened = false;
    while (!opened && deaths < 1000) {
      opened = breaker.recordDeath(deaths * SECOND / 2);
      opened |= breaker.recordDeath(deaths * SECOND / 2 + 1);
      deaths += 2;
      breaker.finished(1, 2); // One record in three kills.
    }
    assertThat(deaths).isBetween(Breaker.MOST_DEATHS, Breaker.MOST_DEATHS + 2);
    assertThat(breaker.why()).matches("1[0-2] of them died within a minute, in which only .*");
  }

  @Test
  void opens_within_a_minute_when_a_function_goes_bad_after_a_healthy_hour() {
    breaker.finished(1_000_000, 100_000_000);
    long now = 3600 * SECOND;
    long begin = now;
    for (int deaths = 1; !breaker.recordDeath(now); deaths++) {
      breaker.finished(deaths % 2, deaths % 2);
      now += SECOND;
      assertThat(now - begin).isLessThan(60 * SECOND);
    }
    assertThat(now - begin).isGreaterThan(SECOND);
  }

  /** Records that kill among others that do not: two deaths each, the batch is cut there. */
  @ParameterizedTest
  @CsvSource({"1, 20", "10, 20", "100, 20", "100, 100", "100, 1000"})
  void lets_a_few_poison_records_among_10_000_pass(int poison, int batchRows) {
    long seed = Seed.of(1);
    Random random = new Random(seed);
    int opened = 0;
    for (int run = 0; run < 200; run++) {
      opened += run(random, poison, batchRows) ? 1 : 0;
    }
    System.out.println(poison + " poison in batches of " + batchRows + ": opened " + opened);
    // By chance many may come at once; a trial goes on from there.
    assertThat(opened).isLessThanOrEqualTo(20);
  }

  private static boolean run(Random random, int poison, int batchRows) {
    var breaker = new Breaker(2);
    long now = 0;
    boolean opened = false;
    int healthy = 0;
    for (int row = 0; row < 10_000 && !opened; row++) {
      boolean ends = row % batchRows == batchRows - 1;
      boolean kills = random.nextInt(10_000) < poison;
      healthy += kills ? 0 : 1;
      if (kills) {
        opened = breaker.recordDeath(now += SECOND / 3);
        opened |= breaker.recordDeath(now += SECOND / 3);
      }
      if ((kills || ends) && healthy > 0) {
        breaker.finished(1, healthy);
        healthy = 0;
      }
    }
    return opened;
  }

  @Test
  void opens_when_every_record_kills() {
    int blamed = 0;
    while (!breaker.recordDeath(blamed * SECOND) && !breaker.recordDeath(blamed * SECOND + 1)) {
      assertThat(++blamed).isLessThan(3);
    }
  }

  @Test
  void opens_later_when_each_worker_may_have_a_poison_record_of_its_own() {
    Breaker many = new Breaker(8);
    for (int i = 0; i < 16; i++) {
      assertThat(many.recordDeath(i)).isFalse();
    }
    assertThat(many.recordDeath(16)).isTrue();
    assertThat(many.why()).isEqualTo("17 of them died without finishing a batch");
  }

  @Test
  void stays_closed_when_records_are_to_blame_that_have_others_before_them() {
    for (long now = 0; now < 80; now += 4) {
      // Two workers, each with a record of its own.
      assertThat(breaker.recordDeath(now)).isFalse();
      assertThat(breaker.recordDeath(now + 1)).isFalse();
      breaker.recordFault(Breaker.HEALTHY_ROWS);
      assertThat(breaker.recordDeath(now + 2)).isFalse();
      breaker.recordFault(0);
      assertThat(breaker.recordDeath(now + 3)).isFalse();
      breaker.finished(2, 10 * Breaker.HEALTHY_ROWS);
    }
  }
}
