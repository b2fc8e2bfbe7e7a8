package io.forebay.observe;

import io.forebay.snapshot.DeadLetterReason;
import io.forebay.snapshot.PipelineSnapshot;
import java.util.ArrayList;
import java.util.List;

/** Where a run's dead letters lie, and why they are there, for people. */
public final class DeadLetterText {
  private static final int MOST_REASONS = 3;
  private static final int MOST_CHARACTERS = 160;

  private DeadLetterText() {}

  /**
   * How many there are, and the most frequent reasons, a line each; nothing if there are none.
   *
   * @param path where they lie
   */
  public static List<String> lines(PipelineSnapshot run, String path) {
    long letters = run.records().deadLettered();
    if (letters == 0) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    List<DeadLetterReason> reasons = run.reasons();
    lines.add(
        Format.count(letters)
            + (letters == 1 ? " dead letter in " : " dead letters in ")
            + path
            + (reasons.isEmpty() ? "" : ":"));
    for (DeadLetterReason reason : reasons.stream().limit(MOST_REASONS).toList()) {
      String from = reason.stage().isEmpty() ? reason.source() : reason.stage();
      lines.add("  " + Format.count(reason.count()) + " × " + from + ": " + cut(reason.reason()));
    }
    if (reasons.size() > MOST_REASONS) {
      lines.add("  … and for " + (reasons.size() - MOST_REASONS) + " reasons more");
    }
    return lines;
  }

  private static String cut(String reason) {
    String line = reason.lines().findFirst().orElse("");
    return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "…";
  }
}
