package io.forebay.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CostLineTest {
  private static CostLine through(double... rowsAndNanos) {
    return CostLine.through(
        IntStream.range(0, rowsAndNanos.length / 2)
            .mapToObj(i -> new CostLine.Call(rowsAndNanos[2 * i], rowsAndNanos[2 * i + 1]))
            .toList());
  }

  @Test
  void finds_both_costs_when_calls_lie_on_a_line() {
    CostLine line = through(1, 5_011, 20, 5_220, 300, 8_300, 4_000, 49_000);
    assertThat(line.fixedNanos()).isCloseTo(5_000, within(1.0));
    assertThat(line.recordNanos()).isCloseTo(11, within(0.01));
    assertThat(line.nanos(100)).isCloseTo(6_100, within(2.0));
  }

  @Test
  void lets_small_batches_count_as_much_as_large_ones() {
    CostLine line = through(1, 5_011, 20, 5_220, 4_000, 60_000);
    assertThat(line.fixedNanos()).isCloseTo(5_000, within(100.0));
  }

  @Test
  void has_no_negative_cost_when_calls_scatter() {
    assertThat(through(10, 10, 100, 1_000).fixedNanos()).isZero();
    assertThat(through(10, 1_000, 100, 900).recordNanos()).isZero();
  }

  @Test
  void gives_all_to_the_records_when_there_is_one_size() {
    CostLine line = through(100, 5_000);
    assertThat(line.recordNanos()).isCloseTo(50, within(0.01));
    assertThat(line.fixedNanos()).isCloseTo(0, within(1.0));
    assertThat(CostLine.through(List.of())).isEqualTo(new CostLine(0, 0));
  }

  @Test
  void tells_the_batch_of_a_call_that_takes_so_long() {
    CostLine line = new CostLine(1e6, 1_000);
    assertThat(line.rowsFor(5e6)).isEqualTo(4_000);
    assertThat(line.rowsFor(0.5e6)).isEqualTo(1);
    assertThat(new CostLine(1e6, 0).rowsFor(5e6)).isInfinite();
  }

  @Test
  void tells_from_which_batch_on_workers_behind_a_border_are_faster() {
    // Of two workers the second has to earn what a call and the border cost: 10 + 40 µs.
    assertThat(new CostLine(10_000, 1_000).breakEvenRows(new CostLine(40_000, 0), 2)).isEqualTo(50);
    assertThat(new CostLine(10_000, 10).breakEvenRows(new CostLine(40_000, 20), 2)).isInfinite();
    assertThat(new CostLine(10_000, 1_000).breakEvenRows(new CostLine(40_000, 0), 1)).isInfinite();
  }
}
