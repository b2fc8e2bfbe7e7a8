package io.forebay.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.RecordCounts;
import io.forebay.SourceState;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.observe.Status;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageKind;
import io.forebay.snapshot.StageSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code top} and the progress of {@code run} draw. */
final class TopViewTest {
  private final Status status = new Status(new LiveDiagnosis());
  private final TopView view = new TopView();

  /** Of each source 10,000 records a second; source number 70 is away. */
  private static PipelineSnapshot at(int seconds, int sources) {
    long each = 10_000L * seconds;
    long all = each * sources;
    return new PipelineSnapshot(
        "plant",
        Duration.ofSeconds(seconds),
        new RecordCounts(all, all - 10, 7, 0, 0, 3),
        RecordCounts.NONE,
        32,
        24,
        0.1,
        IntStream.range(0, sources)
            .mapToObj(i ->
                new SourceSnapshot(
                    "hall-" + i,
                    each,
                    0.25,
                    false,
                    Optional.of(i == 70 ? SourceState.DISCONNECTED : SourceState.CONNECTED),
                    i == 70 ? "connection refused" : ""))
            .toList(),
        List.of(
            new StageSnapshot(
                "features",
                StageKind.CPU,
                Optional.of(Placement.PROCESSES),
                2,
                all,
                all,
                10L * seconds,
                481,
                1024,
                1,
                12.5,
                3,
                4,
                0.5,
                1,
                0.1,
                57,
                0)),
        List.of(
            new SinkSnapshot("a-file-with-a-very-long-name.jsonl", all - 10, 0.5, 3, 9),
            new SinkSnapshot("db", all - 10, 0.5, 3, 9, 2, "no route to host")));
  }

  private List<String> drawn(int sources, int width, int height) {
    List<String> lines = new ArrayList<>();
    for (int second = 1; second <= 9; second++) {
      status.put(at(second, sources));
      lines = view.lines(status.values(), width, height);
    }
    return lines;
  }

  @Test
  void says_all_of_a_part_in_eighty_columns() {
    assertThat(drawn(1, 80, 24).subList(0, 7))
        .containsExactly(
            "plant  running 9.0 s  read 10,000/s  done 10,000/s  forebay ██░░░░░ 8/32",
            "90,000 read, 89,990 delivered, 7 dead-lettered, 0 filtered, 0 dropped, 3 in",
            "flight",
            "                     records/s          busy█ wait▒     rows p99 ms",
            "source  hall-0          10,000 ████████ ▒▒░░░░░  25 %               connected",
            "stage   features        10,000 ████████ ████░░░  50 %  1,000   12.5 57 restarted",
            "sink    a-file-with…    10,000 ████████ ████░░░  50 %           9.0");
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 80, 100, 160})
  void fits_the_terminal_when_there_are_a_hundred_sources(int width) {
    assertThat(drawn(100, width, 20))
        .hasSizeLessThanOrEqualTo(20)
        .allMatch(line -> line.length() <= width)
        .anyMatch(line -> line.startsWith("source  hall-70 ")) // It is away.
        .anyMatch(line -> line.matches("source  … [89][0-9] more +[89][0-9]0,000 .*"))
        .anyMatch(line -> line.startsWith("stage   features "))
        .anyMatch(line -> line.startsWith("sink    db "));
  }

  @Test
  void says_why_a_source_or_a_sink_is_away() {
    assertThat(drawn(71, 160, 100))
        .anyMatch(line -> line.endsWith("disconnected: connection refused"))
        .anyMatch(line -> line.endsWith("away: no route to host"));
  }

  @Test
  void says_what_limits_the_pipeline_below_its_parts() {
    List<String> lines = drawn(1, 80, 24);
    String sentence = status.diagnosis().orElseThrow().sentence();
    assertThat(String.join(" ", lines)).endsWith(sentence);
  }
}
