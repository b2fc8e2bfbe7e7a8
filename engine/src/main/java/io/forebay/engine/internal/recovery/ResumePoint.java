package io.forebay.engine.internal.recovery;

import io.forebay.Frontier;
import io.forebay.Progress;
import java.util.Optional;

/**
 * What an output has already when a run begins.
 *
 * @param start the frontier from which the run resumes
 * @param ahead what it has beyond that
 * @param keeps the progress whose pipeline and completeness it goes on to name; empty where the run
 *     names its own
 */
public record ResumePoint(Frontier start, Frontier ahead, Optional<Progress> keeps) {
  /** Nothing. */
  public static final ResumePoint START =
      new ResumePoint(Frontier.START, Frontier.START, Optional.empty());

  /** All that it has. */
  public Frontier has() {
    return start.max(ahead);
  }

  /** Whether the output has the record of that partition. */
  public boolean has(String partition, long sequence) {
    return sequence <= ahead.of(partition).sequence();
  }

  /** With what the output is committed, so that it never falls behind what it had. */
  public Progress progress(String pipeline, Frontier reached, boolean completely) {
    return new Progress(
        keeps.map(Progress::pipeline).orElse(pipeline),
        reached.max(ahead),
        keeps.map(Progress::complete).orElse(completely));
  }
}
