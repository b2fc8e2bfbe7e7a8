package io.forebay.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the figures are made with. */
final class HarnessTest {
  @Test
  void series_gives_median_and_spread_when_rounds_differ() {
    Series series = new Series("a", "s", List.of(3.0, 1.0, 2.0, 10.0));
    assertThat(series.median()).isEqualTo(2.5);
    assertThat(series.min()).isEqualTo(1);
    assertThat(series.max()).isEqualTo(10);
  }

  @Test
  void series_compares_round_by_round_when_divided() {
    Series a = new Series("a", "s", List.of(2.0, 30.0));
    Series b = new Series("b", "s", List.of(1.0, 10.0));
    assertThat(a.over(b).values()).containsExactly(2.0, 3.0);
  }

  @Test
  void contest_interleaves_contestants_when_run() throws Exception {
    StringBuilder order = new StringBuilder();
    Contest contest =
        new Contest("test", "s")
            .add("a", () -> order.append('a').length())
            .add("b", () -> order.append('b').length())
            .run(1, 2);
    assertThat(order).hasToString("ababab");
    assertThat(contest.series("a").values()).containsExactly(3.0, 5.0);
  }

  @Test
  void verdict_is_met_when_the_median_reaches_the_bar() {
    Series two = new Series("a", "×", List.of(1.0, 2.0, 3.0));
    assertThat(new Verdict("v", two, 2, true).met()).isTrue();
    assertThat(new Verdict("v", two, 2.1, true).met()).isFalse();
    assertThat(new Verdict("v", two, 1.9, false).met()).isFalse();
  }

  @Test
  void unknown_claim_is_refused_when_named() {
    assertThatThrownBy(() -> Main.main(new String[] {"P99"})).hasMessageContaining("P99");
  }
}
