package io.forebay.workers;

import java.util.HashMap;
import java.util.Map;

/**
 * The workers that one batch has cost, and what follows from it. After the first death the function
 * is called record by record, with the crash cursor on each, so that the next one names the record.
 *
 * <p>A record is to blame if a worker ended by its own fault while it was called with this record
 * alone, after the batch had cost one in that way before; where workers were killed from outside,
 * only after three deaths at the same record, because the record may just have been there. Without
 * a record to blame the batch is given up after {@link #MOST_DEATHS} deaths by own fault, or {@link
 * #MOST_KILLS} in all.
 */
final class CallHistory {
  static final int MOST_DEATHS = 3;
  static final int MOST_KILLS = 10;

  private final Map<Integer, Integer> deathsAtRow = new HashMap<>();
  private int deaths;
  private int ownFaults;

  /** What becomes of the batch. */
  sealed interface Verdict {
    /** It is called again, record by record. */
    record Retry() implements Verdict {}

    /** It is given up; {@code row} is to blame, or -1. */
    record GiveUp(int row, int deaths) implements Verdict {}
  }

  /**
   * A worker has ended while it had the batch in work.
   *
   * @param row the crash cursor, -1 for none
   * @param singly whether it was called record by record
   */
  Verdict died(WorkerEnd.Kind kind, int row, boolean singly) {
    deaths++;
    if (kind.ownFault()) {
      ownFaults++;
    }
    int here = row < 0 ? 0 : deathsAtRow.merge(row, 1, Integer::sum);
    // A deadline that holds for the whole batch says nothing about the record that was in work.
    boolean blamed =
        kind.ownFault() ? singly && row >= 0 && ownFaults >= 2 : here >= MOST_DEATHS && singly;
    if (blamed) {
      return new Verdict.GiveUp(row, deaths);
    }
    if (ownFaults >= MOST_DEATHS || deaths >= MOST_KILLS) {
      return new Verdict.GiveUp(-1, deaths);
    }
    return new Verdict.Retry();
  }

  int deaths() {
    return deaths;
  }
}
