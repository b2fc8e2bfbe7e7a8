package io.forebay.workers.api;

/** What became of one argument of {@code Mapping}. */
public sealed interface Outcome<I, O> {
  /** The argument. */
  I input();

  /** The function's result; {@code null} where the function returned that. */
  record Returned<I, O>(I input, O output) implements Outcome<I, O> {}

  /** There is no result. */
  record Failed<I, O>(I input, CallException exception) implements Outcome<I, O> {}
}
