package io.forebay.tap;

/** There are as many taps as a pipeline can bear. */
public final class TooManyTapsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says so in a sentence. */
  public TooManyTapsException() {
    super(
        Taps.MOST
            + " taps are open, and more would be a burden on the pipeline: close one, and try"
            + " again");
  }
}
