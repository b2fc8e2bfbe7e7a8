package io.forebay.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.forebay.cli.bench.BenchResult.OfCell;
import io.forebay.cli.bench.BenchResult.OfStage;
import io.forebay.cli.bench.BenchResult.Round;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class BenchResultTest {
  private static final Stage.Cpu STAGE = Stage.cpu("f", "plant.F");

  private static OfCell cell(Placement on, double... rates) {
    return new OfCell(
        Cell.of(STAGE, on, 2, OptionalInt.of(300)),
        DoubleStream.of(rates).mapToObj(rate -> new Round(rate, 299, 5, 1e6, -1)).toList());
  }

  private static OfStage stage(OfCell... cells) {
    return new OfStage("f", cells[0].cell(), Optional.empty(), List.of(), List.of(cells));
  }

  @Test
  void takes_the_median_and_how_far_the_others_are_from_it() {
    assertThat(cell(Placement.THREADS, 90, 100, 120).median(Round::recordsPerSecond))
        .isEqualTo(100);
    assertThat(cell(Placement.THREADS, 90, 100).median(Round::recordsPerSecond)).isEqualTo(95);
    assertThat(cell(Placement.THREADS, 90, 100, 120).spread()).isCloseTo(0.2, within(1e-9));
    assertThat(cell(Placement.THREADS, 100).spread()).isZero();
  }

  @Test
  void says_which_is_fastest_and_how_much_less_the_file_does() {
    OfStage stage =
        stage(
            cell(Placement.PROCESSES, 1000, 1010, 990),
            cell(Placement.THREADS, 2000, 2050, 1990),
            cell(Placement.INLINE));
    assertThat(stage.fastest().orElseThrow().cell().on()).contains(Placement.THREADS);
    assertThat(BenchText.sentences(stage))
        .containsExactly(
            "Fastest: threads × 2, batches of 300, 2,000 records a second.",
            "The file has processes × 2, batches of 300: 1,000, 2.00 times less.");
    assertThat(BenchText.table(stage).rows().getFirst())
        .startsWith("processes (the file)", "2", "300", "299", "1,000", "± 1 %");
    assertThat(BenchText.table(stage).rows().getLast()).containsOnlyOnce("300").contains("-");
  }

  @Test
  void does_not_call_less_what_is_within_the_spread() {
    OfStage stage =
        stage(cell(Placement.PROCESSES, 900, 1000, 1300), cell(Placement.THREADS, 1100, 1101));
    assertThat(BenchText.sentences(stage).getLast()).contains("no less within");
  }

  @Test
  void says_nothing_where_nothing_was_measured() {
    assertThat(BenchText.sentences(stage(cell(Placement.INLINE)))).isEmpty();
  }
}
