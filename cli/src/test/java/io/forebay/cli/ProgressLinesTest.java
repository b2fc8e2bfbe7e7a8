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
  }
}
