package io.forebay.internal.rows;

import io.forebay.Refusal;
import io.forebay.Sink;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many rows in a row the store behind a {@link Sink} has refused, since the sink was opened
 * first or since the last row that it took: a store that takes nothing must not send the whole
 * stream to dead letter.
 *
 * <p>What a sink does with a row is known when it is flushed; so rows are counted from commit to
 * commit. Used by the thread that uses the sink.
 */
public final class RefusalStreak {
  /**
   * So many refused rows end the run. Sensors that are wrong together, after a restart of a plant
   * say, are fewer; and a person can still look through so many dead letters.
   */
  public static final int MOST = 1_000;

  /** What was refused before, up to the last commit. */
  private long before;

  /** Since the last commit. */
  private long given;

  private long refused;

  private @Nullable Refusal last;

  /** Rows were written. */
  public void given(long rows) {
    given += rows;
  }

  /** The sink was opened again: everything since the last commit is given to it again. */
  public void reopened() {
    given = 0;
    refused = 0;
  }

  /**
   * The sink says this of what it was given.
   *
   * @param flushed whether it has handed everything to its store
   * @throws IOException if the store takes nothing
   */
  public void refused(List<Refusal> rows, boolean flushed) throws IOException {
    refused += rows.size();
    last = rows.isEmpty() ? last : rows.getLast();
    if (flushed && last != null && refused >= given && before + refused >= MOST) {
      throw new IOException(
          "its store has refused every one of the last "
              + (before + refused)
              + " rows, the last one because "
              + last.reason()
              + "; look whether the sink writes to the right place, with fields that this place"
              + " takes");
    }
  }

  /** The sink is committed. */
  public void committed() {
    if (given > 0) {
      before = refused >= given ? before + refused : 0;
    }
    reopened();
  }
}
