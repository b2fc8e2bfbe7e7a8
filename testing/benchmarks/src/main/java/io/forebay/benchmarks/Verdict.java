package io.forebay.benchmarks;

/**
 * A claim held against what was measured.
 *
 * @param statement what is compared with what
 * @param measured the figure of each round
 * @param bar what the median has to reach
 * @param atLeast whether more is better
 */
record Verdict(String statement, Series measured, double bar, boolean atLeast) {
  boolean met() {
    return atLeast ? measured.median() >= bar : measured.median() <= bar;
  }
}
