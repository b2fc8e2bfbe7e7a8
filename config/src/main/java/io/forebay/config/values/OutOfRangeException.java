package io.forebay.config.values;

/** A value of the right type that is too small or too large. */
public final class OutOfRangeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** {@code demand} is what the value must be: {@code must be at least 1}. */
  public OutOfRangeException(String demand) {
    super(demand);
  }
}
