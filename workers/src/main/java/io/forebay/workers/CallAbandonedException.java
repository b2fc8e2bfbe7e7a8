package io.forebay.workers;

/** The thread was interrupted within a call: the batch is neither computed nor to blame. */
final class CallAbandonedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CallAbandonedException() {
    super("the call was interrupted", null, false, false);
  }

  /**
   * Restores the interrupt and throws, if {@code error} comes of an interrupt or of an error of the
   * virtual machine; returns if the record at hand is to blame.
   */
  static void orBlame(Throwable error) {
    if (error instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      throw new CallAbandonedException();
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new CallAbandonedException(); // For example a channel closed by the interrupt.
    }
    if (error instanceof VirtualMachineError fatal && !(error instanceof StackOverflowError)) {
      throw fatal;
    }
  }
}
