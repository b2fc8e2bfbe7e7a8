package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.RecordCounts;
import io.forebay.engine.api.PipelineResult;
import io.forebay.snapshot.PipelineSnapshot;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said at the end of a run. */
class RunOutcomeTest {
  private static final String LOST = "they are lost, because 'lines' cannot be read again";

  private static PipelineSnapshot snapshot(RecordCounts records) {
    return new PipelineSnapshot(
        "p",
        Duration.ofSeconds(1),
        records,
        RecordCounts.NONE,
        4,
        4,
        0,
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void says_what_becomes_of_records_in_flight_when_it_was_stopped_before_all_were_delivered() {
    PipelineSnapshot last = snapshot(new RecordCounts(5_200, 4_000, 0, 0, 0, 1_200));

    assertThat(RunOutcome.of(new PipelineResult.DeadlineExceeded(last), 15, LOST).reason())
        .isEqualTo(
            "stopped before everything was delivered: 1,200 records are not acknowledged, and "
                + LOST
                + ".");
  }

  @Test
  void says_what_becomes_of_records_in_flight_when_it_failed() {
    PipelineSnapshot last = snapshot(new RecordCounts(5_200, 4_000, 0, 0, 0, 1_200));

    assertThat(
            RunOutcome.of(new PipelineResult.Failed(last, "the disk is full", null), 0, LOST)
                .reason())
        .isEqualTo(
            "the disk is full (5,200 records read, 4,000 delivered): 1,200 records are not"
                + " acknowledged, and "
                + LOST);
  }

  @Test
  void says_nothing_of_records_in_flight_when_there_are_none() {
    PipelineSnapshot last = snapshot(new RecordCounts(5, 5, 0, 0, 0, 0));

    assertThat(
            RunOutcome.of(new PipelineResult.Failed(last, "a source failed", null), 0, LOST)
                .reason())
        .isEqualTo("a source failed (5 records read, 5 delivered)");
  }
}
