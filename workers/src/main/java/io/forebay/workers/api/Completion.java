package io.forebay.workers.api;

import io.forebay.slots.CallResult;
import java.time.Duration;

/** How a call on a batch ended. */
public sealed interface Completion {
  /**
   * The function returned; the result is in the slot and has been checked.
   *
   * @param waitNanos from submission to the begin of the call
   * @param transportNanos time the call spent on crossing the border, there and back
   * @param worker who has computed it, empty where that has no name
   */
  record Done(CallResult result, long waitNanos, long transportNanos, String worker)
      implements Completion {
    /** Computed by somebody without a name. */
    public Done(CallResult result, long waitNanos, long transportNanos) {
      this(result, waitNanos, transportNanos, "");
    }
  }

  /**
   * The batch cannot be computed: its workers were lost again and again. The slot's input is
   * intact.
   *
   * @param row the row that is to blame, -1 if that is not known
   * @param reason one sentence: what happened, to what, what to change
   * @param evidence exit code, log lines
   * @param cause how its last worker was lost
   */
  record Lost(int row, String reason, String evidence, Cause cause) implements Completion {
    /** Lost to a worker that has died. */
    public Lost(int row, String reason, String evidence) {
      this(row, reason, evidence, Cause.DIED);
    }
  }

  /** How the last worker was lost that a batch has cost. */
  enum Cause {
    /** It has ended, by itself or by somebody else. */
    DIED,
    /** The pool has killed it because the call took too long. */
    TIMED_OUT,
    /** It is a thread, and the virtual machine that it shares with others has failed. */
    VIRTUAL_MACHINE
  }

  /**
   * The batch cannot be computed by one worker, but its records may: each that was called alone has
   * got through, and together they have cost workers. Something before {@code row} does harm that
   * shows later, or all of them together need more than a worker may take. The slot's input is
   * intact.
   *
   * @param row the rows from it on are to be submitted apart from those before it, with care
   * @param reason one sentence: what happened, to what
   * @param evidence exit code, log lines
   */
  record Separate(int row, String reason, String evidence) implements Completion {}

  /**
   * The batch was not computed, and it is not to blame: the pool was closed, or its workers die so
   * often that it has stopped replacing them. The slot's input is intact.
   *
   * @param reason one sentence: what happened, what to change
   * @param retryAfter when the pool will call its workers again; zero if it never will
   */
  record Unavailable(String reason, Duration retryAfter) implements Completion {
    /** How calls complete that nobody wants. */
    public static final Unavailable CANCELLED =
        new Unavailable("the call was cancelled", Duration.ZERO);
  }
}
