package io.forebay.internal.rows;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Refusal;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalStreakTest {
  private final RefusalStreak streak = new RefusalStreak();

  private static List<Refusal> rows(int count) {
    return Collections.nCopies(count, new Refusal(0, 7, "it says 400", ""));
  }

  private void commit(int given, int refused) throws IOException {
    streak.given(given);
    streak.refused(rows(refused), true);
    streak.committed();
  }

  @Test
  void ends_the_run_when_everything_was_refused_since_it_began() throws IOException {
    commit(400, 400);
    commit(599, 599);
    streak.given(1);
    assertThatThrownBy(() -> streak.refused(rows(1), true))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "its store has refused every one of the last 1000 rows, the last one because it says"
                + " 400; look whether the sink writes to the right place, with fields that this"
                + " place takes");
  }

  @Test
  void begins_anew_when_one_row_was_taken() throws IOException {
    commit(999, 999);
    commit(100_000, 99_999);
    commit(999, 999);
    assertThatThrownBy(() -> commit(1, 1)).isInstanceOf(IOException.class);
  }

  @Test
  void judges_only_what_was_flushed() throws IOException {
    streak.given(5_000);
    streak.refused(rows(5_000), false);
    streak.given(1);
    assertThatCode(() -> streak.refused(rows(0), true)).doesNotThrowAnyException();
    streak.committed();
    streak.given(1_000);
    streak.refused(rows(1_000), false);
    assertThatThrownBy(() -> streak.refused(List.of(), true)).isInstanceOf(IOException.class);
  }

  @Test
  void counts_rows_once_when_they_are_given_again() throws IOException {
    streak.given(900);
    streak.refused(rows(900), false);
    streak.reopened();
    streak.given(900);
    streak.refused(rows(900), true);
    streak.committed();
    assertThatCode(() -> commit(99, 99)).doesNotThrowAnyException();
    assertThatCode(() -> commit(0, 0)).as("nothing was written").doesNotThrowAnyException();
    assertThatThrownBy(() -> commit(1, 1)).isInstanceOf(IOException.class);
  }
}
