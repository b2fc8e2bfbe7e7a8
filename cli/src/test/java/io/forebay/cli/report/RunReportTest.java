package io.forebay.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.RecordCounts;
import io.forebay.observe.Summary;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageKind;
import io.forebay.snapshot.StageSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RunReportTest {
  private static PipelineSnapshot at(int seconds, int stages) {
    long records = 1_000L * seconds;
    return new PipelineSnapshot(
        "plant & co",
        Duration.ofSeconds(seconds),
        new RecordCounts(records, records, 0, 0, 0, 0),
        RecordCounts.NONE,
        16,
        12,
        0.1,
        List.of(new SourceSnapshot("hall", records, 0.2, false)),
        IntStream.range(0, stages).mapToObj(i -> stage("stage" + i, records)).toList(),
        List.of(new SinkSnapshot("out", records, 0.1, seconds, 3)));
  }

  private static StageSnapshot stage(String name, long records) {
    return new StageSnapshot(
        name,
        StageKind.CPU,
        Optional.of(Placement.PROCESSES),
        2,
        records,
        records,
        records / 100,
        100,
        200,
        20,
        30,
        1,
        2,
        0.5,
        0.9,
        0.1,
        0,
        0);
  }

  @Test
  void shows_how_a_run_got_on_and_stays_small_however_long_it_was() {
    RunHistory history = RunHistory.none();
    for (int second = 0; second < 100_000; second++) {
      history.add(at(second, 8));
    }
    Summary summary = new Summary(at(100_000, 8), "failed", "the disk is <full>");
    String html = RunReport.of(summary, history, text -> text.replace("hall", "***"));
    assertThat(html)
        .hasSizeLessThan(200 * 1024)
        .contains("plant &amp; co: failed", "the disk is &lt;full&gt;", "100,000,000 read = ")
        .contains("records a second", "slots under way", "stage0", "The first 6 of 8 stages.")
        .doesNotContain("hall", "NaN", "Infinity");
    assertThat(html.split("<svg", -1)).hasSize(1 + 5);
  }

  @Test
  void keeps_the_first_and_thins_out_the_rest() {
    RunHistory history = RunHistory.none();
    for (int second = 0; second < 1_000; second++) {
      history.add(at(second, 0));
    }
    List<Long> kept = history.taken().stream().map(each -> each.elapsed().toSeconds()).toList();
    assertThat(kept).hasSizeBetween(100, 240).startsWith(0L).endsWith(999L).isSorted();
  }

  @Test
  void says_what_there_is_to_say_of_a_run_that_nobody_has_looked_at() {
    Summary summary = new Summary(at(0, 0), "completed", "");
    assertThat(RunReport.of(summary, RunHistory.none(), text -> text))
        .contains("0 read = ", summary.causes().getFirst().kind().label())
        .doesNotContain("<svg");
  }
}
