package io.forebay.workers.internal.supervision;

import io.forebay.workers.internal.launch.WorkerEnd;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The workers that one batch has cost, and what follows from it. After the first death the function
 * is called record by record, with the crash cursor on each, by a worker that has done nothing
 * before: what a worker has seen earlier may be what kills it now. A first death that came from
 * outside changes nothing: whoever kills workers for reasons of his own shall not cost a fresh one
 * each time. Where the cursor names a record, that record is called alone, again by such a worker.
 * If that dies, too, the record is to blame, and no other one can be; if it does not, something
 * before it was: the records from it on are separated from those before it.
 *
 * <p>Where workers were killed from outside, a record is to blame only after three deaths, because
 * it may just have been there. Without a record to blame the batch is given up after {@link
 * #MOST_DEATHS} deaths by own fault, or {@link #MOST_KILLS} in all.
 */
final class CallHistory {
  static final int MOST_DEATHS = 3;
  static final int MOST_KILLS = 10;

  /** So many deaths of a batch, or at a record, are no accident. */
  private static final int SUSPICIOUS_KILLS = 2;

  private final Map<Integer, Integer> deathsAtRow = new HashMap<>();
  private final Set<Integer> survived = new HashSet<>();
  private int deaths;
  private int unexplained;
  private int alone = -1;
  private boolean calledSingly;
  private boolean suspect;

  /** What becomes of the batch. */
  sealed interface Verdict {
    /** It is called again. */
    record Retry() implements Verdict {}

    /** One record of it is called alone, to see whether it is to blame. */
    record CallAlone(int row) implements Verdict {}

    /** The records from {@code row} on are to be called apart from those before it. */
    record Separate(int row, int deaths) implements Verdict {}

    /** It is given up; {@code row} is to blame, or -1. */
    record GiveUp(int row, int deaths) implements Verdict {}
  }

  /**
   * A worker has ended while it had the batch in work.
   *
   * @param row the crash cursor, -1 for none
   * @param singly whether it was called record by record, and first of all by its worker
   */
  Verdict recordDeath(WorkerEnd.Kind kind, int row, boolean singly) {
    deaths++;
    suspect |= kind.ownFault() || deaths >= SUSPICIOUS_KILLS;
    calledSingly |= singly;
    int at = alone >= 0 ? alone : row;
    int here = at < 0 ? 0 : deathsAtRow.merge(at, 1, Integer::sum);
    Verdict verdict = alone >= 0 ? ofRecordAlone(kind, here) : ofBatch(kind, row, here, singly);
    if (deaths >= MOST_KILLS && !(verdict instanceof Verdict.GiveUp)) {
      verdict = new Verdict.GiveUp(-1, deaths);
    }
    alone = verdict instanceof Verdict.CallAlone(int next) ? next : -1;
    return verdict;
  }

  private Verdict ofRecordAlone(WorkerEnd.Kind kind, int here) {
    return kind.ownFault() || here >= MOST_DEATHS
        ? new Verdict.GiveUp(alone, deaths)
        : new Verdict.CallAlone(alone);
  }

  private Verdict ofBatch(WorkerEnd.Kind kind, int row, int here, boolean singly) {
    if (row < 0) {
      unexplained += kind.ownFault() ? 1 : 0;
      return unexplained >= MOST_DEATHS ? new Verdict.GiveUp(-1, deaths) : new Verdict.Retry();
    }
    if (row == 0) {
      // The first one was alone so far.
      boolean guilty = singly && (kind.ownFault() ? deaths > 1 : here >= MOST_DEATHS);
      return guilty ? new Verdict.GiveUp(0, deaths) : new Verdict.Retry();
    }
    // A deadline that holds for the whole batch says nothing about the record that was in work.
    boolean suspected =
        kind.ownFault()
            ? singly || kind != WorkerEnd.Kind.TIMED_OUT
            : singly && here >= SUSPICIOUS_KILLS;
    if (!suspected) {
      return new Verdict.Retry();
    }
    if (survived.contains(row)) {
      return singly ? new Verdict.Separate(row, deaths) : new Verdict.Retry();
    }
    return new Verdict.CallAlone(row);
  }

  /** The record that was called alone has got through. */
  Verdict recordSurvival() {
    int row = alone;
    alone = -1;
    survived.add(row);
    return calledSingly ? new Verdict.Separate(row, deaths) : new Verdict.Retry();
  }

  /** Whether it is called record by record, by a worker that has done nothing before. */
  boolean isSuspect() {
    return suspect;
  }

  /** Has it called so without a death. */
  void suspect() {
    suspect = true;
  }

  /** The record that is to be called alone next; -1 if all are. */
  int alone() {
    return alone;
  }

  int deaths() {
    return deaths;
  }
}
