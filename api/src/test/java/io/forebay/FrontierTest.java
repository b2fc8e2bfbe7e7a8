package io.forebay;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Frontier.Counts;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FrontierTest {
  private static final Map<String, Position> ROWS =
      Map.of(
          "s/p0", new Position(50, 900),
          "forebay:delivered/s/p0", new Position(50, 40),
          "forebay:deadLettered/s/p0", new Position(50, 7),
          "forebay:delivered/live", new Position(3, 3),
          "forebay:dropped/live", new Position(2, 0),
          "forebay:spool", new Position(9, 9));

  @Test
  void takes_counts_out_of_the_rows_that_outputs_store_and_stores_them_so() {
    Frontier frontier = new Frontier(ROWS);

    assertThat(frontier)
        .isEqualTo(
            new Frontier(
                Map.of("s/p0", new Position(50, 900), "forebay:spool", new Position(9, 9)),
                Map.of("s/p0", new Counts(50, 40, 7), "live", new Counts(3, 3, 0)),
                Map.of("live", 2L)));
    assertThat(frontier.rows()).isEqualTo(ROWS);
    assertThat(frontier.total()).isEqualTo(new RecordCounts(55, 43, 7, 3, 2, 0));
  }

  @Test
  void least_counts_belong_to_the_least_position() {
    Frontier more = new Frontier(Map.of(), Map.of("s", new Counts(9, 9, 0)), Map.of("s", 3L));
    Frontier less = new Frontier(Map.of(), Map.of("s", new Counts(7, 6, 1)), Map.of("s", 1L));
    Frontier refused = new Frontier(Map.of(), Map.of("s", new Counts(7, 5, 2)), Map.of("s", 1L));

    assertThat(more.min(less)).isEqualTo(less);
    assertThat(less.min(more).min(refused)).isEqualTo(refused);
    assertThat(refused.min(less)).isEqualTo(refused);
    assertThat(more.min(Frontier.START)).isEqualTo(Frontier.START);
  }

  @Test
  void goes_back_to_what_it_was_when_what_is_beyond_is_added() {
    Frontier far =
        new Frontier(
            Map.of("a", new Position(9, 90), "b", new Position(1, 10)),
            Map.of("a", new Counts(9, 8, 1)),
            Map.of("s", 3L));
    Frontier near =
        new Frontier(
            Map.of("a", new Position(5, 50), "b", new Position(1, 10)),
            Map.of("a", new Counts(5, 5, 0)),
            Map.of());

    assertThat(far.beyond(near).positions()).containsOnlyKeys("a");
    assertThat(near.max(far.beyond(near))).isEqualTo(far);
    assertThat(far.max(near)).isEqualTo(far);
    assertThat(near.max(Frontier.START)).isSameAs(near);
    assertThat(near.with("b", new Position(2, 20)).countsOf("a")).isEqualTo(new Counts(5, 5, 0));
  }
}
