package io.forebay.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
  /** Draws the greatest number that it may. */
  private static final RandomGenerator GREATEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  @Test
  void doubles_the_longest_wait_up_to_30_s_when_attempts_fail() {
    Backoff backoff = new Backoff(GREATEST);

    long[] millis = {100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000};
    for (long expected : millis) {
      assertThat(backoff.next()).isEqualTo(Duration.ofMillis(expected));
    }
    for (int i = 0; i < 200; i++) {
      assertThat(backoff.next()).isEqualTo(Backoff.LONGEST);
    }
    assertThat(backoff.failures()).isEqualTo(211);
  }

  @Test
  void begins_again_when_an_attempt_has_succeeded() {
    Backoff backoff = new Backoff(GREATEST);
    backoff.next();
    backoff.next();

    backoff.succeeded();

    assertThat(backoff.failures()).isZero();
    assertThat(backoff.next()).isEqualTo(Backoff.FIRST);
  }

  @Test
  void spreads_waits_evenly_when_many_begin_together() {
    SplittableRandom random = new SplittableRandom(7);
    int[] tenths = new int[10];
    for (int i = 0; i < 10_000; i++) {
      Backoff backoff = new Backoff(random);
      backoff.next();
      long wait = backoff.next().toNanos();
      assertThat(wait).isBetween(1_000_000L, 200_000_000L);
      tenths[(int) Math.min(9, wait / 20_000_000)]++;
    }
    assertThat(Arrays.stream(tenths)).allMatch(count -> count > 800 && count < 1_200);
  }

  @Test
  void never_is_a_busy_loop_when_nothing_is_drawn() {
    RandomGenerator nothing = () -> 0;
    Backoff backoff = new Backoff(nothing);

    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(1));
  }

  @Test
  void refuses_limits_that_make_no_sense() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new Backoff(GREATEST, Duration.ZERO, second))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Backoff(GREATEST, second, Duration.ofMillis(999)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
