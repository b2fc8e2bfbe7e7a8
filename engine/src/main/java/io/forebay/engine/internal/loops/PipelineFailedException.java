package io.forebay.engine.internal.loops;

import io.forebay.internal.files.Remedy;

/** The pipeline cannot go on; the message is the reason that the user is told. */
public final class PipelineFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  PipelineFailedException(String reason, Throwable cause) {
    super(reason, cause);
  }

  public PipelineFailedException(String reason) {
    super(reason);
  }

  /** The state of windows could not be kept. */
  public static PipelineFailedException ofState(String folder, Exception cause) {
    return new PipelineFailedException(
        "the state of the windows could not be kept in '"
            + folder
            + "' ("
            + (cause.getMessage() == null ? cause.toString() : cause.getMessage())
            + "): what was committed stays; "
            + Remedy.of(cause)
            + " and run again",
        cause);
  }

  /** An output could not do that. */
  public static PipelineFailedException ofOutput(String name, String what, Exception cause) {
    return new PipelineFailedException(
        "the output '"
            + name
            + "' could not "
            + what
            + " ("
            + (cause.getMessage() == null ? cause.toString() : cause.getMessage())
            + "): what was committed stays; "
            + Remedy.of(cause)
            + " and run again",
        cause);
  }
}
