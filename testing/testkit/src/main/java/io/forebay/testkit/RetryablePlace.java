package io.forebay.testkit;

import io.forebay.Output;
import java.io.IOException;

/** A {@link Place} whose store a test can take away, for {@link SinkContract#checkRetryable}. */
public interface RetryablePlace<O extends Output> extends Place<O> {
  /** Takes the store away, as a broken connection or a stopped server does. */
  void takeAway() throws IOException;

  /** Brings it back with what was committed. */
  void bringBack() throws IOException;
}
