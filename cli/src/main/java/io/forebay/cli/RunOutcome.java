package io.forebay.cli;

import io.forebay.RecordCounts;
import io.forebay.engine.api.PipelineResult;
import io.forebay.observe.Format;

/**
 * How a run ended, for the summary and the exit code.
 *
 * @param name as in the summary
 * @param reason one sentence; empty if all was well
 */
record RunOutcome(String name, String reason, int exitCode) {
  /**
   * @param signal the number of the first signal that came, or 0
   * @param leftovers what becomes of records that are not delivered
   */
  static RunOutcome of(PipelineResult result, int signal, String leftovers) {
    RecordCounts records = result.snapshot().records();
    return switch (result) {
      case PipelineResult.Completed completed -> new RunOutcome("completed", "", ExitCode.DONE);
      case PipelineResult.Drained drained ->
          new RunOutcome(
              "drained",
              "stopped by a signal; everything that was read is delivered, and the same command"
                  + " goes on from there.",
              signal == 0 ? ExitCode.DONE : ExitCode.SIGNAL + signal);
      case PipelineResult.DeadlineExceeded late ->
          new RunOutcome(
              "deadlineExceeded",
              "stopped before everything was delivered: " + inFlight(records, leftovers) + ".",
              ExitCode.DEADLINE);
      case PipelineResult.Failed failed ->
          new RunOutcome(
              "failed",
              failed.reason()
                  + delivered(records)
                  + (records.inFlight() == 0 ? "" : ": " + inFlight(records, leftovers)),
              ExitCode.FAILED);
    };
  }

  /** As {@link #exitCode}, unless all was well but for records that went to dead letter. */
  int exitCodeWithRejected(RecordCounts records) {
    return exitCode == ExitCode.DONE && records.deadLettered() > 0 ? ExitCode.REJECTED : exitCode;
  }

  private static String inFlight(RecordCounts records, String leftovers) {
    return Format.count(records.inFlight()) + " records are not acknowledged, and " + leftovers;
  }

  private static String delivered(RecordCounts records) {
    return " ("
        + Format.count(records.read())
        + " records read, "
        + Format.count(records.delivered())
        + " delivered)";
  }
}
