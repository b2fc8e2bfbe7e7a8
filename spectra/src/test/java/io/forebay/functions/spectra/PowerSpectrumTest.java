package io.forebay.functions.spectra;

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
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PowerSpectrumTest {
  private static final long SEED = Seed.of(56);
  private static final Schema SAMPLES =
      Schema.of(Field.nullable("samples", ColumnType.FLOAT64_LIST));

  private static Batch bursts(double @Nullable []... bursts) {
    return Batches.of(
        SAMPLES,
        Arrays.stream(bursts)
            .<List<@Nullable Object>>map(each -> Batches.row((Object) each))
            .toList());
  }

  private static double[] numbers(String cell) {
    return Arrays.stream(cell.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  @Test
  void is_that_of_scipy_when_segments_windows_and_overlaps_differ() throws Exception {
    for (List<String> line : golden()) {
      Map<String, String> parameters =
          Map.of(
              "rate", line.get(0),
              "segment", line.get(1),
              "overlap", line.get(2),
              "window", line.get(3),
              "detrend", line.get(4));
      double[] expected = numbers(line.get(6));

      FunctionResult result =
          Batches.apply(new PowerSpectrum(parameters), bursts(numbers(line.get(5))));

      double[] actual = result.batch().list("psd").get(0);
      double most = Arrays.stream(expected).max().orElseThrow();
      assertThat(actual).hasSameSizeAs(expected);
      for (int k = 0; k < expected.length; k++) {
        assertThat(actual[k])
            .as("%s, bin %s", parameters, k)
            .isCloseTo(expected[k], within(1e-12 * most));
      }
      double hertz = Double.parseDouble(line.get(7));
      assertThat(result.batch().float64("dominantHz").get(0))
          .as(parameters.toString())
          .isCloseTo(hertz, within(1e-9 * hertz));
    }
  }

  private static List<List<String>> golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            PowerSpectrumTest.class.getResourceAsStream("/golden/spectra.tsv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> List.of(line.split("\t", -1)))
          .toList();
    }
  }

  @Test
  void finds_the_frequency_when_it_lies_between_two_bins() throws Exception {
    double[] sine = new double[1024];
    for (int i = 0; i < sine.length; i++) {
      sine[i] = 5 + Math.sin(2 * Math.PI * 50.3 * i / 1000);
    }
    FunctionResult result =
        Batches.apply(
            new PowerSpectrum(Map.of("rate", "1000", "segment", "512")),
            bursts(sine, new double[600]));
    assertThat((Double) result.rows().get(0).get("dominantHz")).isCloseTo(50.3, within(0.3));
    double power = 0;
    for (double density : result.batch().list("psd").get(0)) {
      power += density * 1000 / 512;
    }
    assertThat(power).as("the sine's mean square").isCloseTo(0.5, within(0.01));
    assertThat(result.rows().get(1)).containsEntry("dominantHz", null);
  }

  @Test
  void rejects_or_leaves_empty_when_a_burst_is_missing() throws Exception {
    double[] bad = new double[8];
    bad[2] = Double.NaN;
    double[] huge = new double[8];
    huge[1] = 1e200;
    Batch missing = bursts(null, new double[7], bad, huge, new double[8]);
    Map<String, String> parameters = Map.of("rate", "1", "segment", "8");
    assertThat(Batches.apply(new PowerSpectrum(parameters), missing).rejected())
        .isEqualTo(
            Map.of(
                0, "'samples' is null, but samples are needed",
                1,
                    "'samples' has 7 samples, but a segment has 8: send longer bursts, or give a"
                        + " smaller segment",
                2, "'samples' has NaN as sample 3, but finite samples are needed",
                3, "'samples' has samples whose squares are beyond a float64"));
    FunctionResult kept =
        Batches.apply(
            new PowerSpectrum(Map.of("rate", "1", "segment", "8", "missing", "null")), missing);
    assertThat(kept.rejected()).isEmpty();
    assertThat(kept.rows().get(1)).containsEntry("psd", null).containsEntry("dominantHz", null);
  }

  @Test
  void keeps_the_contract_when_bursts_are_good_and_bad() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      double[] samples = random.doubles(random.nextInt(10, 60), -5, 5).toArray();
      @Nullable Object burst = random.nextInt(9) == 0 ? null : samples;
      rows.add(Batches.row(burst));
    }
    FunctionContract.check(
        () -> new PowerSpectrum(Map.of("rate", "10", "segment", "16")), Batches.of(SAMPLES, rows));
    FunctionContract.check(
        () -> new PowerSpectrum(Map.of("rate", "10", "segment", "32", "missing", "null")),
        Batches.of(SAMPLES, rows));
  }

  @Test
  void refuses_when_a_segment_is_no_power_of_two_or_the_column_has_no_lists() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> new PowerSpectrum(Map.of("rate", "1", "segment", "1000")))
        .withMessage("the parameter segment is '1000': give a power of two from 8 to 65536");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() ->
            new PowerSpectrum(Map.of("rate", "1", "column", "value"))
                .outputs(Schema.of(Field.of("value", ColumnType.FLOAT64))))
        .withMessageStartingWith("a column of lists is needed, but 'value' is float64");
  }
}
