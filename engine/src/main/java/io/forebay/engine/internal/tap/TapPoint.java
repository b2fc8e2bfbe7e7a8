package io.forebay.engine.internal.tap;

import io.forebay.Batch;
import io.forebay.Rejection;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * A part that records pass: while nobody has a tap there, one read of a field for each batch.
 *
 * <p>{@link #pass} and {@link #reject} are called by one thread at a time, the one that has the
 * batch; taps come and go on any thread.
 */
public final class TapPoint {
  private static final OpenTap[] NOBODY = {};

  /** Copied on change. */
  private volatile OpenTap[] taps = NOBODY;

  /** Whether anybody looks: spares what has to be done before a call. */
  public boolean isTapped() {
    return taps != NOBODY;
  }

  /** The rows of a batch pass, before anybody else has the batch. */
  public void pass(Batch batch) {
    for (OpenTap tap : taps) {
      tap.pass(batch);
    }
  }

  /** A record goes to dead letter. */
  public void reject(Rejection rejection) {
    for (OpenTap tap : taps) {
      tap.reject(rejection);
    }
  }

  synchronized void add(OpenTap tap) {
    taps = Stream.concat(Arrays.stream(taps), Stream.of(tap)).toArray(OpenTap[]::new);
  }

  synchronized void remove(OpenTap tap) {
    OpenTap[] left = Arrays.stream(taps).filter(each -> each != tap).toArray(OpenTap[]::new);
    taps = left.length == 0 ? NOBODY : left;
  }
}
