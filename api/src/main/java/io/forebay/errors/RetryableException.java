package io.forebay.errors;

import java.io.IOException;

/**
 * What a {@code Sink.retryable} sink throws from {@code write} or {@code commit} when its store is
 * away and will probably come back: a refused or lost connection, a restart, a time-out. The engine
 * waits and goes on with the same batches, see {@code Sink}. An error that another attempt does not
 * mend (a wrong password, a missing table, a full disk) is an ordinary {@link IOException}.
 */
public class RetryableException extends IOException {
  private static final long serialVersionUID = 1L;

  /** {@code message} says in a few words what is away and why; it is shown while that lasts. */
  public RetryableException(String message) {
    super(message);
  }

  /** {@code message} says in a few words what is away and why; it is shown while that lasts. */
  public RetryableException(String message, Throwable cause) {
    super(message, cause);
  }
}
