package io.forebay.profile;

/**
 * A stage as the profile knows it.
 *
 * @param function the class of a Java function
 */
public record ProfiledStage(String name, String function, Place place) {
  /** Where its function is called. */
  public enum Place {
    JAVA_WORKERS,
    PYTHON_WORKERS,

    /** On threads of the engine's process: inline, on threads, asynchronous or blocking. */
    ENGINE
  }
}
