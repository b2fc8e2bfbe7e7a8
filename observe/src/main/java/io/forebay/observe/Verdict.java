package io.forebay.observe;

import io.forebay.snapshot.PipelineSnapshot;

/** Says in one sentence what limited a run and what to change: that of its {@link Diagnosis}. */
public final class Verdict {
  private Verdict() {}

  /** The sentence for a run. */
  public static String of(PipelineSnapshot run) {
    return LiveDiagnosis.told(Causes.of(run)).getFirst().sentence();
  }
}
