package io.forebay.workers.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchSizerTest {
  private static final int SLOT_ROWS = 40_000;
  private static final double LIMIT = 250e6;

  /** A call that takes a + b·n, times a noise. */
  private record Model(double fixedNanos, double rowNanos, double noise, long seed) {
    long call(int rows, SplittableRandom random) {
      double factor = 1 + noise * (2 * random.nextDouble() - 1);
      return Math.round((fixedNanos + rowNanos * rows) * factor);
    }

    double throughput(int rows) {
      return rows / (fixedNanos + rowNanos * rows);
    }

    /** The best of all fixed batches that keep within the band, or a single row. */
    double best() {
      double best = throughput(1);
      for (int rows = 1; rows <= SLOT_ROWS; rows++) {
        if (fixedNanos + rowNanos * rows <= 50e6) {
          best = Math.max(best, throughput(rows));
        }
      }
      return best;
    }
  }

  /** Runs calls; the throughput of the later half. */
  private static double run(BatchSizer sizer, Model model, int calls) {
    SplittableRandom random = new SplittableRandom(model.seed);
    double rows = 0;
    double nanos = 0;
    for (int call = 0; call < calls; call++) {
      int n = Math.min(sizer.rows(), SLOT_ROWS);
      sizer.observe(n, model.call(n, random));
      if (call >= calls / 2) {
        rows += n;
        nanos += model.fixedNanos + model.rowNanos * n;
      }
    }
    return rows / nanos;
  }

  @ParameterizedTest(name = "{0} ns a record, {1} ns a call, noise {2}")
  @CsvSource({
    "10, 20000, 0",
    "10, 20000, 0.3",
    "1000, 20000, 0",
    "1000, 100000, 0.3",
    "100000, 100000, 0",
    "100000, 1000000, 0.3",
    "10000000, 100000, 0",
    "10000000, 1000000, 0.3",
    "1000, 2000000, 0",
    "1000, 2000000, 0.1",
    "100000, 5000000, 0.1"
  })
  void reaches_95_percent_of_the_best_fixed_batch_when_costs_stay(
      double rowNanos, double fixedNanos, double noise) {
    for (long seed = 1; seed <= 20; seed++) {
      Model model = new Model(fixedNanos, rowNanos, noise, seed);

      double throughput = run(new BatchSizer(LIMIT), model, 200);

      assertThat(throughput).as("seed %d", seed).isGreaterThanOrEqualTo(0.95 * model.best());
    }
  }

  @ParameterizedTest(name = "{0} ns a record")
  @ValueSource(doubles = {1_000, 100_000, 5_000_000})
  void keeps_calls_within_the_band_when_a_slot_is_no_limit(double rowNanos) {
    BatchSizer sizer = new BatchSizer(LIMIT);
    Model model = new Model(50_000, rowNanos, 0.1, 1);
    run(sizer, model, 100);

    for (int call = 0; call < 7; call++) {
      double nanos = model.fixedNanos + rowNanos * sizer.rows();
      assertThat(nanos).isBetween(5e6, 50e6);
    }
  }

  @ParameterizedTest(name = "from {0} to {1} ns a record")
  @CsvSource({"1000, 10000", "10000, 1000", "100000, 1000000", "1000000, 100000"})
  void finds_the_new_size_within_30_calls_when_the_cost_changes_tenfold(
      double before, double after) {
    BatchSizer sizer = new BatchSizer(LIMIT);
    run(sizer, new Model(50_000, before, 0.1, 1), 300);

    run(sizer, new Model(50_000, after, 0.1, 2), 30);

    assertThat(50_000 + after * sizer.rows()).isBetween(10e6, 50e6);
  }

  @Test
  void stays_within_the_limit_when_latency_matters_more() {
    BatchSizer sizer = new BatchSizer(2e6);
    run(sizer, new Model(10_000, 1_000, 0, 1), 100);

    assertThat(10_000 + 1_000.0 * sizer.rows()).isBetween(0.5e6, 2.1e6);
  }

  @Test
  void begins_small_and_at_once_when_nothing_is_known() {
    BatchSizer sizer = new BatchSizer(LIMIT);

    assertThat(sizer.rows()).isEqualTo(BatchSizer.FIRST_ROWS);
    assertThat(sizer.earlyRows()).isEqualTo(1);
  }

  @Test
  void sends_early_batches_only_when_the_fixed_cost_is_a_tenth_of_the_call() {
    BatchSizer sizer = new BatchSizer(LIMIT);
    Model model = new Model(100_000, 1_000, 0, 1);
    run(sizer, model, 100);

    int rows = sizer.earlyRows();

    assertThat(model.fixedNanos / (model.fixedNanos + model.rowNanos * rows)).isBetween(0.05, 0.15);
  }

  @Test
  void asks_for_no_more_than_fitted_when_outputs_overflow() {
    BatchSizer sizer = new BatchSizer(LIMIT);
    run(sizer, new Model(20_000, 10, 0, 1), 100);

    sizer.overflowed(500);

    assertThat(sizer.rows()).isLessThanOrEqualTo(500);
  }

  @Test
  void asks_for_a_single_row_when_a_row_takes_longer_than_the_target() {
    BatchSizer sizer = new BatchSizer(LIMIT);
    run(sizer, new Model(20_000, 500e6, 0, 1), 100);

    assertThat(sizer.rows()).isEqualTo(1);
  }
}
