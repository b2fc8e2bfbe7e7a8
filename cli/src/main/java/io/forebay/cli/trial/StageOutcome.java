package io.forebay.cli.trial;

import io.forebay.observe.Format;
import io.forebay.observe.Thresholds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is said of a trial of one stage: whether it worked, and what there is to know. */
public final class StageOutcome {
  private StageOutcome() {}

  /**
   * Why nothing can be said of the stage's speed, in one sentence; empty if something can.
   *
   * @param patience how long was waited for the first record
   */
  public static Optional<String> failure(String stage, Measured measured, Duration patience) {
    String which = "The stage '" + stage + "'";
    if (measured.failure().isPresent()) {
      return Optional.of(which + " failed on the sample: " + measured.failure().get());
    }
    boolean rejects = measured.rejection().isPresent();
    if (rejects && measured.end().records().delivered() == 0) {
      return Optional.of(which + " rejects what it is given: " + measured.rejection().get());
    }
    if (measured.stage(0).records() > 0) {
      return Optional.empty();
    }
    long ends = measured.end().stages().getFirst().ends().failures();
    return Optional.of(
        which
            + (ends > 0
                ? " ended its worker " + ends + (ends == 1 ? " time" : " times")
                : " gave nothing back")
            + " within "
            + Format.time((double) patience.toNanos())
            + ", so that nothing can be said of its speed: it hangs, or takes longer for a"
            + " record; --seconds gives it more time.");
  }

  /** What makes the figures less than they seem, each in a sentence. */
  public static List<String> notices(String stage, Measured measured) {
    List<String> notices = new ArrayList<>();
    measured
        .rejection()
        .ifPresent(reason ->
            notices.add("Some records of the sample are rejected, the first because: " + reason));
    double delay = measured.stage(0).runDelayShare();
    if (delay >= Thresholds.STARVED_SHARE) {
      notices.add(
          "Others had the cores for "
              + Format.percent(delay)
              + " of its time: such figures are rough, try again when they rest.");
    }
    long ends = measured.end().stages().getFirst().ends().failures();
    if (ends > 0) {
      notices.add("'" + stage + "' ended " + ends + " of its workers meanwhile: mend that first.");
    }
    return notices;
  }
}
