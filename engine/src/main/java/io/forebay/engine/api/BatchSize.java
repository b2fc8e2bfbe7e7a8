package io.forebay.engine.api;

import io.forebay.errors.ConfigurationException;

/** How many rows a stage wants in a batch. A batch is built once, so the smallest wish counts. */
public sealed interface BatchSize {
  /**
   * Found while the pipeline runs: as many rows as make a call take about 20 ms, within what a slot
   * holds and what {@code maxLatency} allows.
   */
  record Auto() implements BatchSize {}

  /**
   * Always the same, as long as the rows fit into a slot and arrive within {@code linger}.
   *
   * @param rows at least 1
   */
  record Fixed(int rows) implements BatchSize {
    public Fixed {
      if (rows < 1) {
        throw new ConfigurationException(
            "a batch of " + rows + " rows is not possible: use auto or a number from 1 on");
      }
    }
  }

  /** See {@link Auto}. */
  static BatchSize auto() {
    return new Auto();
  }

  /** See {@link Fixed}. */
  static BatchSize of(int rows) {
    return new Fixed(rows);
  }
}
