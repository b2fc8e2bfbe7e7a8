package io.forebay.engine.api;

import io.forebay.errors.ConfigurationException;

/**
 * How many records may go to dead letter before a run gives up: those whose commit is not made then
 * are not acknowledged, and the next run gets them again.
 */
public sealed interface RejectionLimit {
  /** So many records; the one after them ends the run. */
  record Records(long most) implements RejectionLimit {
    public Records {
      if (most < 0) {
        throw new ConfigurationException("a run cannot reject less than no record: say 0 or more");
      }
    }
  }

  /**
   * A share of the records that have been dealt with, from the thousandth on and at the end.
   *
   * @param most 0..1
   */
  record Share(double most) implements RejectionLimit {
    public Share {
      if (!(most >= 0 && most <= 1)) {
        throw new ConfigurationException("a share of " + most + " is not between 0 and 1");
      }
    }
  }

  /** As many as there are. */
  record Unlimited() implements RejectionLimit {}

  /** As many as there are, unless no record but these has come through. */
  record FirstInRow(long most) implements RejectionLimit {}
}
