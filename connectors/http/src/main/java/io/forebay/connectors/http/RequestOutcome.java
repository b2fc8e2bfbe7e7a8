package io.forebay.connectors.http;

import java.util.List;

/**
 * What became of a request's records.
 *
 * @param problems the first of the bad ones
 */
record RequestOutcome(long taken, long bad, List<Problem> problems) {
  /** How many bad records an answer names. */
  static final int MOST_PROBLEMS = 10;

  /**
   * A bad record.
   *
   * @param place {@code line 3}
   */
  record Problem(String place, String reason) {}
}
