package io.forebay.tap;

import io.forebay.Batch;
import io.forebay.Rejection;

/** What was seen at a part; copied, so that it may be kept. */
public sealed interface TapSample {
  /**
   * A record.
   *
   * @param batch its only row
   */
  record Row(Batch batch) implements TapSample {}

  /** A record that goes to dead letter. */
  record Letter(Rejection rejection) implements TapSample {}
}
