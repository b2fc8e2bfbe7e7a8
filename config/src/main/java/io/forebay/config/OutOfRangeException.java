package io.forebay.config;

/** A value of the right type that is too small or too large. */
final class OutOfRangeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** {@code demand} is what the value must be: {@code must be at least 1}. */
  OutOfRangeException(String demand) {
    super(demand);
  }
}
