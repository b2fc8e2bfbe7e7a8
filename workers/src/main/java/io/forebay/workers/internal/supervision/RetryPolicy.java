package io.forebay.workers.internal.supervision;

import io.forebay.workers.api.Completion;
import io.forebay.workers.internal.launch.WorkerEnd;
import java.util.Objects;

/**
 * What the loss of a worker means for a call that it had: whether the call is tried again or given
 * up, and what is said then. Guarded by the lock of the {@link Fleet}.
 */
final class RetryPolicy {
  private final String stage;
  private final Breaker breaker;

  RetryPolicy(String stage, Breaker breaker) {
    this.stage = stage;
    this.breaker = breaker;
  }

  /** Charges the call that a worker had in work when it died; whether it is given up for that. */
  boolean chargeDeath(Call call, WorkerEnd end) {
    return charge(call, end.kind(), cursor(call), end);
  }

  /** Charges a call whose answer made no sense; whether it is given up for that. */
  boolean chargeMisanswer(Call call, WorkerEnd end) {
    return charge(call, WorkerEnd.Kind.NONSENSE, -1, end);
  }

  /** The record that was in work, by the worker's word; -1 if that is none. */
  private static int cursor(Call call) {
    int cursor = call.slot.crashCursor();
    return cursor >= 0 && cursor < call.slot.rows() ? cursor : -1;
  }

  /**
   * A record that was called alone, because a worker had died at it, has got through; whether the
   * call is over by that.
   */
  boolean recordSurvival(Call call) {
    CallHistory history = Objects.requireNonNull(call.history);
    return history.recordSurvival() instanceof CallHistory.Verdict.Separate(int row, int deaths)
        && separate(call, row, deaths);
  }

  private boolean separate(Call call, int row, int deaths) {
    call.lost =
        new Completion.Separate(
            row,
            "stage "
                + stage
                + " gave up a batch that has cost "
                + workers(deaths)
                + " although no record of it does so alone",
            call.lastWords);
    return true;
  }

  private static String workers(int deaths) {
    return deaths == 1 ? "a worker" : deaths + " workers";
  }

  private boolean charge(Call call, WorkerEnd.Kind kind, int cursor, WorkerEnd end) {
    boolean singly = call.singly();
    CallHistory history = call.history == null ? new CallHistory() : call.history;
    call.history = history;
    int rows = call.slot.rows();
    CallHistory.Verdict verdict = history.recordDeath(kind, cursor, singly);
    if (!call.options.repeat().again(kind == WorkerEnd.Kind.TIMED_OUT, rows)) {
      verdict = new CallHistory.Verdict.GiveUp(rows == 1 ? 0 : cursor, history.deaths());
    }
    call.lastWords = "the last one " + end.what() + "; " + end.evidence();
    if (verdict instanceof CallHistory.Verdict.Separate(int row, int deaths)) {
      return separate(call, row, deaths);
    }
    if (!(verdict instanceof CallHistory.Verdict.GiveUp(int row, int deaths))) {
      return false;
    }
    breaker.recordFault(row);
    call.lost =
        new Completion.Lost(
            row,
            "stage "
                + stage
                + " gave up "
                + (row >= 0 ? "a record" : "a batch")
                + " that has cost "
                + workers(deaths)
                + (deaths == 1 ? ", which " : ", the last of which ")
                + end.what()
                + ": "
                + end.advice(),
            end.evidence(),
            kind == WorkerEnd.Kind.TIMED_OUT ? Completion.Cause.TIMED_OUT : Completion.Cause.DIED);
    return true;
  }
}
