package io.forebay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SeedTest {
  @Test
  void is_the_usual_one_when_nothing_is_told() {
    assertThat(Seed.told(null, 7)).isEqualTo(7);
    assertThat(Seed.told("", 7)).isEqualTo(7);
  }

  @Test
  void is_the_one_that_is_told_when_a_failure_is_repeated() {
    assertThat(Seed.told("-12", 7)).isEqualTo(-12);
  }

  @Test
  void differs_each_time_when_told_to_be_random() {
    assertThat(Seed.told("random", 7)).isNotEqualTo(7).isNotEqualTo(Seed.told("random", 7));
  }

  @Test
  void says_what_it_takes_when_told_something_else() {
    assertThatThrownBy(() -> Seed.told("7x", 7))
        .hasMessage("-Dforebay.seed=7x is neither a whole number nor 'random'");
  }
}
