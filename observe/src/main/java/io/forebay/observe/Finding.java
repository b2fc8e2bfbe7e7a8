package io.forebay.observe;

import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageSnapshot;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A diagnosis in the making. */
final class Finding {
  private final Diagnosis.Kind kind;
  private final String part;
  private final double share;
  private final Map<String, Double> evidence = new LinkedHashMap<>();
  private String advice = "";
  private Diagnosis.Gain gain = Diagnosis.Gain.NONE;

  Finding(Diagnosis.Kind kind, String part, double share) {
    this.kind = kind;
    this.part = part;
    this.share = Math.clamp(share, 0, 1);
  }

  /** How busy the parts were, none of which is to blame. */
  Finding parts(Span span) {
    span.busiestStage()
        .ifPresent(stage ->
            evidence("stageShare", stage.busy())
                .evidence("stageTransportShare", stage.transport())
                .evidence("workersBusyShare", stage.working())
                .evidence("slowestTenthShare", stage.stage().slowestTenthShare()));
    return evidence("dispatcherShare", span.dispatcher())
        .evidence("outputsShare", span.outputs())
        .evidence("ownCores", span.ownCores())
        .evidence("freeCores", span.freeCores());
  }

  /** Leaves out what is not known. */
  Finding evidence(String name, double value) {
    if (value >= 0) {
      evidence.put(name, Json.rounded(value));
    }
    return this;
  }

  /** Changes a key of the pipeline file itself. */
  Finding advise(String line, Diagnosis.Gain brings) {
    advice = line;
    gain = brings;
    return this;
  }

  /** Changes a key of the stage that is to blame. */
  Finding adviseStage(String line, Diagnosis.Gain brings) {
    return advise(ofStage(part, line), brings);
  }

  /** The lines that change a key of a stage. */
  static String ofStage(String name, String line) {
    return "stages:\n  - name: " + name + "\n    " + line;
  }

  Diagnosis says(String sentence) {
    return new Diagnosis(
        kind, part, share, Collections.unmodifiableMap(evidence), advice, gain, sentence);
  }

  // ------------------------------------------------------------------ words

  /** {@code 2 workers}. */
  static String workers(StageSnapshot stage) {
    return switch (stage.kind()) {
      case ASYNC -> Format.count(stage.workers()) + " requests";
      case BLOCKING -> threads(stage);
      case CPU ->
          stage.on().orElse(Placement.INLINE) == Placement.INLINE
              ? "the dispatcher's thread"
              : stage.workers() == 1 ? "1 worker" : Format.count(stage.workers()) + " workers";
    };
  }

  static String threads(StageSnapshot stage) {
    return stage.workers() == 1 ? "1 thread" : Format.count(stage.workers()) + " threads";
  }

  /** {@code ; features used 12 % of 2 workers}; empty without stages. */
  static String busiestStage(Span span) {
    return span.busiestStage()
        .map(stage ->
            "; "
                + stage.name()
                + " used "
                + Format.percent(stage.busy())
                + " of "
                + workers(stage.stage()))
        .orElse("");
  }

  /** {@code 512MiB}, as pipeline files have it. */
  static String mebibytes(long bytes) {
    return (bytes >> 20) + "MiB";
  }

  /** {@code 60s}, as pipeline files have it. */
  static String seconds(double seconds) {
    return Math.max(1, Math.round(seconds)) + "s";
  }
}
