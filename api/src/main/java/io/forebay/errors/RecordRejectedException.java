package io.forebay.errors;

/** Thrown by a function to send the record at hand to dead letter with a reason. */
public final class RecordRejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** {@code reason} is one sentence for the person who will look at the dead letter. */
  public RecordRejectedException(String reason) {
    super(reason, null, false, false);
  }
}
