package io.forebay.benchmarks;

/** One claim of {@code docs/benchmarks.md}, which can be measured. */
interface Claim {
  /** How it is called on the command line: {@code P1}. */
  String id();

  /** What is claimed, in a few words. */
  String title();

  /** Measures it and notes in {@code session} what was found. */
  void measure(Session session) throws Exception;
}
