package io.forebay;

import java.io.IOException;

/** Keeps the records that have passed all stages. */
public non-sealed interface Sink extends Output {
  /**
   * Writes a batch. When the call returns, the batch's memory may be used again.
   *
   * @param batch at least one row
   */
  void write(Batch batch) throws IOException;

  /**
   * Whether data and progress are committed as one, so that a crash neither loses nor repeats a
   * record (if the source is repeatable and the pipeline is ordered).
   */
  boolean effectivelyOnce();
}
