package io.forebay.snapshot;

import io.forebay.SourceState;
import java.util.Optional;

/**
 * A source at an instant.
 *
 * @param records records handed in
 * @param blockedShare share of the elapsed time that the source's writers waited for room, 0..1,
 *     averaged over its partitions
 * @param finished whether it came to its end
 * @param state how it stands to its outside world; empty where the source does not say
 * @param detail what the source says about its state; may be empty
 * @param times what it has waited for
 * @param bytes bytes of the values handed in
 */
public record SourceSnapshot(
    String name,
    long records,
    double blockedShare,
    boolean finished,
    Optional<SourceState> state,
    String detail,
    SourceTimes times,
    long bytes) {
  /** A source of which it is not known what it has waited for. */
  public SourceSnapshot(
      String name,
      long records,
      double blockedShare,
      boolean finished,
      Optional<SourceState> state,
      String detail) {
    this(name, records, blockedShare, finished, state, detail, SourceTimes.NONE, 0);
  }

  /** A source that does not say how it stands to its outside world. */
  public SourceSnapshot(String name, long records, double blockedShare, boolean finished) {
    this(name, records, blockedShare, finished, Optional.empty(), "");
  }

  /** Whether it has lost its outside world, or has not found it yet. */
  public boolean isAway() {
    return !finished
        && state
            .filter(now -> now == SourceState.DISCONNECTED || now == SourceState.CONNECTING)
            .isPresent();
  }
}
