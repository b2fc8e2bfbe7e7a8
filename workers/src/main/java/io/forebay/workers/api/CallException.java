package io.forebay.workers.api;

/**
 * A call has no result. The message is one sentence: what happened, to what, what to change.
 *
 * <p>Futures complete exceptionally with it, so that {@code get} throws an {@link
 * java.util.concurrent.ExecutionException} whose cause it is.
 */
public final class CallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why there is no result. */
  public enum Kind {
    /** The function threw, or refused its argument. */
    THREW,
    /** The call has cost its workers: they crashed, ended themselves or ran out of memory. */
    LOST,
    /** The call, or its waiting and the call together, took too long; the worker was killed. */
    TIMED_OUT,
    /** The pool was closed, or does not replace its workers because all of them die. */
    UNAVAILABLE,
    /** Argument or result do not fit into a slot. */
    TOO_LARGE,
    /** The argument, or the result, could not be read: its own code threw. */
    UNREADABLE
  }

  private final Kind kind;
  private final String detail;

  public CallException(Kind kind, String message, String detail) {
    super(message, null, false, false); // Where it was made says nothing.
    this.kind = kind;
    this.detail = detail;
  }

  /** Why there is no result. */
  public Kind kind() {
    return kind;
  }

  /**
   * The evidence: the stack trace or Python traceback of the function, or how the worker ended with
   * the last lines that it printed. May be empty.
   */
  public String detail() {
    return detail;
  }
}
