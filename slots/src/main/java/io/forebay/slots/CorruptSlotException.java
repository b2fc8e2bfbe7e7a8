package io.forebay.slots;

/** A slot holds nonsense: the worker that had it cannot be trusted. */
public final class CorruptSlotException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@code message} says what is wrong. */
  public CorruptSlotException(String message) {
    super(message);
  }
}
