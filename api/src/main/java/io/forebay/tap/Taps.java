package io.forebay.tap;

import io.forebay.errors.ConfigurationException;
import java.util.List;

/** Where the records of a pipeline can be looked at. Any thread may call. */
public interface Taps {
  /** So many taps may be open at a time: the pipeline's threads copy the samples. */
  int MOST = 16;

  /** The parts at which there can be a tap, as records flow. */
  List<TapPart> parts();

  /**
   * Begins to take samples.
   *
   * @throws ConfigurationException in one sentence, if there is no such part or column, or the
   *     condition or the rate is none
   * @throws TooManyTapsException if {@link #MOST} are open
   */
  Tap open(TapRequest request);
}
