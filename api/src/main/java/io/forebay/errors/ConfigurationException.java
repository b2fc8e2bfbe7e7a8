package io.forebay.errors;

/**
 * A pipeline cannot be built or started as it was described. Thrown before any source is opened.
 * The message is one sentence: what is wrong, where, and what to change.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@code message} is one sentence for the person who wrote the pipeline. */
  public ConfigurationException(String message) {
    super(message);
  }

  /** {@code message} is one sentence for the person who wrote the pipeline. */
  public ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
