package io.forebay.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.Batches;
import io.forebay.testkit.FunctionContract;
import io.forebay.testkit.FunctionResult;
import io.forebay.testkit.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrameStatisticsTest {
  private static final long SEED = Seed.of(54);
  private static final Schema SAMPLES =
      Schema.of(Field.nullable("samples", ColumnType.FLOAT64_LIST));
  private static final List<String> NAMES =
      List.of("mean", "sd", "rms", "peak", "peakToPeak", "crest", "skewness", "kurtosis");

  private static Batch bursts(double @Nullable []... bursts) {
    return Batches.of(
        SAMPLES,
        Arrays.stream(bursts)
            .<List<@Nullable Object>>map(each -> Batches.row((Object) each))
            .toList());
  }

  @Test
  void are_the_true_ones_when_they_are_computed_with_fractions() throws Exception {
    for (List<String> line : Golden.table("bursts.tsv")) {
      double[] samples =
          Arrays.stream(line.getFirst().split(",", -1)).mapToDouble(Double::parseDouble).toArray();

      FunctionResult result = Batches.apply(new FrameStatistics(Map.of()), bursts(samples));

      double peak = Double.parseDouble(line.get(4));
      for (int i = 0; i < NAMES.size(); i++) {
        double expected = Double.parseDouble(line.get(1 + i));
        assertThat(result.batch().float64(NAMES.get(i)).get(0))
            .as("%s of %s", NAMES.get(i), line.getFirst())
            .isCloseTo(
                expected,
                within(1e-12 * Math.max(Math.abs(expected), i >= 5 ? 1 : i == 0 ? peak / 1e3 : 0)));
      }
    }
  }

  @Test
  void has_no_ratio_when_there_is_nothing_below_it() throws Exception {
    FunctionResult result =
        Batches.apply(
            new FrameStatistics(Map.of("prefix", "a_")),
            bursts(new double[3], new double[] {7, 7}));
    assertThat(result.rows().get(0))
        .containsEntry("a_rms", 0.0)
        .containsEntry("a_crest", null)
        .containsEntry("a_skewness", null);
    assertThat(result.rows().get(1))
        .containsEntry("a_mean", 7.0)
        .containsEntry("a_sd", 0.0)
        .containsEntry("a_crest", 1.0)
        .containsEntry("a_kurtosis", null);
  }

  @Test
  void rejects_or_leaves_empty_when_samples_are_missing() throws Exception {
    Batch missing =
        bursts(
            null,
            new double[0],
            new double[] {1, Double.NaN},
            new double[] {1e200},
            new double[] {1, 2});
    assertThat(Batches.apply(new FrameStatistics(Map.of()), missing).rejected())
        .isEqualTo(
            Map.of(
                0, "'samples' is null, but finite samples are needed",
                1, "'samples' is empty, but finite samples are needed",
                2, "'samples' has NaN as sample 2, but finite samples are needed",
                3,
                    "'samples' has samples whose squares are beyond a float64, but finite samples"
                        + " are needed"));
    FunctionResult kept = Batches.apply(new FrameStatistics(Map.of("missing", "null")), missing);
    assertThat(kept.rejected()).isEmpty();
    assertThat(kept.rows().get(2)).containsEntry("mean", null).containsEntry("peak", null);
    assertThat(kept.rows().get(4)).containsEntry("mean", 1.5);
  }

  @Test
  void keeps_the_contract_when_bursts_are_good_and_bad() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      double[] samples = random.doubles(random.nextInt(20), -5, 5).toArray();
      if (samples.length > 15) {
        samples[3] = Double.NaN;
      }
      @Nullable Object burst = random.nextInt(9) == 0 ? null : samples;
      rows.add(Batches.row(burst));
    }
    FunctionContract.check(
        () -> new FrameStatistics(Map.of("missing", "null")), Batches.of(SAMPLES, rows));
    FunctionContract.check(() -> new FrameStatistics(Map.of()), Batches.of(SAMPLES, rows));
  }

  @Test
  void refuses_when_the_column_has_no_lists() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() ->
            new FrameStatistics(Map.of("column", "value"))
                .outputs(Schema.of(Field.of("value", ColumnType.FLOAT64))))
        .withMessage(
            "a column of lists is needed, but 'value' is float64: declare it as list-float64, or"
                + " name another one with the parameter 'column'");
  }
}
