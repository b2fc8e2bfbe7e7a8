package io.forebay.cli;

/** What the exit code of the command says. */
final class ExitCode {
  /** Everything was delivered. */
  static final int DONE = 0;

  /** The pipeline failed; what was committed is safe. */
  static final int FAILED = 1;

  /** The configuration or the command line is wrong; nothing was started. */
  static final int USAGE = 2;

  /** The drain deadline passed with work that is not acknowledged. */
  static final int DEADLINE = 3;

  /** Done, but records were rejected, and the command line asks for this code then. */
  static final int REJECTED = 4;

  /** Ended by a signal, after a clean drain: this plus the signal's number. */
  static final int SIGNAL = 128;

  private ExitCode() {}
}
