package io.forebay.parameters;

/** What a parameter takes: how its text is read, and how that is said. */
public interface ParameterType<T> {
  /** What it takes, as a noun with its range: {@code a number above 0}. */
  String noun();

  /** What to do instead of what was given: {@code give a number above 0}. */
  default String advice() {
    return "give " + noun();
  }

  /**
   * The value.
   *
   * @throws IllegalArgumentException if the text is none; its message, if it has one, says why
   */
  T parse(String text);
}
