package io.forebay.slots;

/** Rows on the heap that wait until their slot has taken the rows before them to the sink. */
public final class SavedRows {
  /** How many rows. */
  public int rows() {
    throw new UnsupportedOperationException();
  }
}
