package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.RecordCounts;
import io.forebay.SourceState;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageKind;
import io.forebay.snapshot.StageSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ProgressLinesTest {
  private static PipelineSnapshot at(
      double seconds, long records, double busy, int slotsFree, long restarts) {
    return new PipelineSnapshot(
        "plant",
        Duration.ofMillis((long) (seconds * 1000)),
        new RecordCounts(records, records - 10, 7, 0, 0, 3),
        RecordCounts.NONE,
        32,
        slotsFree,
        0.1,
        List.of(new SourceSnapshot("hall-a", records, busy, seconds > 3)),
        List.of(
            new StageSnapshot(
                "features",
                StageKind.CPU,
                Optional.of(Placement.PROCESSES),
                2,
                records,
                records,
                10,
                481,
                1024,
                1,
                2,
                3,
                4,
                busy,
                1,
                0.1,
                restarts,
                0)),
        List.of(new SinkSnapshot("a-file-with-a-very-long-name.jsonl", records - 10, busy, 3, 9)));
  }

  @Test
  void draws_a_line_for_each_part() {
    assertThat(String.join("\n", ProgressLines.block(at(2, 100_000, 0.5, 24, 0), null)))
        .isEqualTo(
            """
            plant 2.0 s
              source   hall-a                       100,000      50,000/s  waited  50 %
              forebay  █████░░░░░░░░░░░░░░░  8 of 32 slots filled
              stage    features                     100,000      50,000/s  busy    50 %  481 rows a batch, processes × 2
              sink     a-file-with-a-very-…          99,990      49,995/s  busy    50 %\
            """);
  }

  @Test
  void shows_rates_and_shares_of_the_time_since_the_line_before() {
    PipelineSnapshot before = at(2, 100_000, 0.5, 24, 0);
    PipelineSnapshot now = at(4, 140_000, 0.75, 0, 3);
    assertThat(String.join("\n", ProgressLines.block(now, before)))
        .isEqualTo(
            """
            plant 4.0 s
              source   hall-a                       140,000      20,000/s  waited 100 %  ended
              forebay  ████████████████████  32 of 32 slots filled
              stage    features                     140,000      20,000/s  busy   100 %  481 rows a batch, processes × 2, 3 restarted
              sink     a-file-with-a-very-…         139,990      20,000/s  busy   100 %\
            """);
  }

  @Test
  void draws_nothing_wrong_at_the_very_start() {
    PipelineSnapshot start = at(0, 10, 0, 32, 0);
    assertThat(ProgressLines.block(start, start)).anyMatch(line -> line.contains(" 0/s"));
  }

  @Test
  void says_everything_in_one_line_without_a_terminal() {
    assertThat(ProgressLines.line(at(4, 140_000, 0.75, 0, 3), at(2, 100_000, 0.5, 24, 0)))
        .isEqualTo(
            "plant 4.0 s: 140,000 read, 139,990 delivered (20,000/s), 7 dead-lettered, forebay"
                + " 32/32");
  }

  @Test
  void says_who_is_away() {
    PipelineSnapshot all = at(4, 140_000, 0.75, 0, 3);
    PipelineSnapshot away =
        new PipelineSnapshot(
            all.name(),
            all.elapsed(),
            all.records(),
            all.earlier(),
            all.slots(),
            all.slotsFree(),
            all.dispatcherBusyShare(),
            List.of(
                new SourceSnapshot(
                    "broker", 5, 0, false, Optional.of(SourceState.DISCONNECTED), "refused"),
                new SourceSnapshot("http", 5, 0, false, Optional.of(SourceState.CONNECTED), "")),
            all.stages(),
            List.of(new SinkSnapshot("db", 7, 0, 3, 9, 2, "no route to host")));

    assertThat(ProgressLines.line(away, null))
        .endsWith(
            "forebay 32/32, source broker disconnected: refused, sink db away: no route to host");
    assertThat(ProgressLines.block(away, null))
        .anyMatch(line -> line.endsWith("  disconnected: refused"))
        .anyMatch(line -> line.endsWith("  connected"))
        .anyMatch(line -> line.endsWith("  away: no route to host"));
  }
}
