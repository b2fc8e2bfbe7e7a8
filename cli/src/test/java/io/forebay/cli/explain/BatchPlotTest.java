package io.forebay.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cli.explain.StageReport.BatchPoint;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BatchPlotTest {
  @Test
  void draws_shorter_bars_and_marks_the_band_when_records_get_cheaper() {
    List<String> lines =
        BatchPlot.lines(
            List.of(
                new BatchPoint(1, 60_000, 40_000, 1),
                new BatchPoint(20, 250_000, 40_000, 1),
                new BatchPoint(1_000, 10_050_000, 40_000, 1)));
    assertThat(lines).hasSize(4);
    assertThat(lines.get(1)).contains("100 µs").doesNotContain("5–50 ms");
    assertThat(lines.get(3)).contains("1,000", "10 µs", "10 ms", "← 5–50 ms");
    assertThat(bar(lines.get(1))).isEqualTo(40);
    assertThat(bar(lines.get(2))).isBetween(2L, 39L);
    assertThat(bar(lines.get(3))).isEqualTo(1);
  }

  @Test
  void draws_nothing_when_only_one_size_was_tried() {
    assertThat(BatchPlot.lines(List.of(new BatchPoint(1, 1e9, 40_000, 1)))).isEmpty();
  }

  private static long bar(String line) {
    return line.chars().filter(each -> each == '█').count();
  }
}
