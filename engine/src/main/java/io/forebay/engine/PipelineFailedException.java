package io.forebay.engine;

/** The pipeline cannot go on; the message is the reason that the user is told. */
final class PipelineFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  PipelineFailedException(String reason, Throwable cause) {
    super(reason, cause);
  }

  PipelineFailedException(String reason) {
    super(reason);
  }
}
