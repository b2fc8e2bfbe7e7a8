package io.forebay.spool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import org.jspecify.annotations.Nullable;

/**
 * Tells the engine how a source behind a spool stands. What is wrong with the spool counts for more
 * than how the source stands to its senders. From any thread.
 */
final class StateRelay {
  /** Whether the spool cannot be written. */
  @GuardedBy("this")
  private boolean troubled;

  /** What the source said last. */
  @GuardedBy("this")
  private SourceState said = SourceState.CONNECTED;

  @GuardedBy("this")
  private String detail = "";

  /** The spool cannot be written, or can again where {@code what} is empty. */
  synchronized void trouble(String what, @Nullable SourceContext engine) {
    if (engine != null && (troubled || !what.isEmpty())) {
      troubled = !what.isEmpty();
      engine.state(troubled ? SourceState.DISCONNECTED : said, troubled ? what : detail);
    }
  }

  /** The source says how it stands. */
  synchronized void said(SourceState state, String why, SourceContext engine) {
    said = state;
    detail = why;
    if (!troubled) {
      engine.state(state, why);
    }
  }
}
