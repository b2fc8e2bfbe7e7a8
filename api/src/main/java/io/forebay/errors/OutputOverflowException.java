package io.forebay.errors;

/**
 * The memory of a batch has no room for another output value. A function lets it pass: the engine
 * splits the batch and calls again; a single record that does not fit goes to dead letter.
 */
public final class OutputOverflowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int row;

  /** {@code row} is the row whose value of {@code column} did not fit. */
  public OutputOverflowException(String column, int row) {
    super("output column '" + column + "' does not fit at row " + row, null, false, false);
    this.row = row;
  }

  /** The row whose value did not fit, as the function counts its rows. */
  public int row() {
    return row;
  }
}
