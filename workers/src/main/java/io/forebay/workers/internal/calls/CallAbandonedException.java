package io.forebay.workers.internal.calls;

/**
 * The call was withdrawn while the function ran, and the thread interrupted for that: the batch is
 * neither computed nor to blame.
 */
public final class CallAbandonedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CallAbandonedException() {
    super("the call was interrupted", null, false, false);
  }
}
