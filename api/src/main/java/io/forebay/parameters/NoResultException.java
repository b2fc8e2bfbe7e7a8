package io.forebay.parameters;

/**
 * A record has no result. Its message says why, behind the column's name: {@code is empty, but
 * samples are needed}. It has no stack trace, since it is an outcome and no fault.
 */
public final class NoResultException extends Exception {
  private static final long serialVersionUID = 1L;

  /** For the reason. */
  public NoResultException(String reason) {
    super(reason, null, false, false);
  }
}
