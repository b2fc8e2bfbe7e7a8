package io.forebay.functions.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.forebay.Batch;
import io.forebay.BatchFunction;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListsTest {
  private static final long SEED = Seed.of(59);
  private static final double NAN = Double.NaN;
  private static final Schema LISTS =
      Schema.of(
          Field.nullable("timestamps", ColumnType.FLOAT64_LIST),
          Field.nullable("samples", ColumnType.FLOAT64_LIST));
  private static final List<String> TIMED =
      List.of("Resample", "Completeness", "Deduplicate", "Deadband");
  private static final Map<String, Map<String, String>> PARAMETERS =
      Map.of(
          "Resample", Map.of("rate", "100"),
          "Completeness", Map.of("rate", "100"),
          "Deduplicate", Map.of(),
          "Deadband", Map.of(),
          "Ewma", Map.of("alpha", "0.5"),
          "RollingZScore", Map.of("window", "3"),
          "Normalize", Map.of("method", "robust"));

  private static BatchFunction function(String name, Map<String, String> given) {
    Map<String, String> parameters = new LinkedHashMap<>(given);
    if (TIMED.contains(name)) {
      parameters.putIfAbsent("timestamps", "timestamps");
    }
    if (TIMED.contains(name) && !name.equals("Deduplicate") && !name.equals("Deadband")) {
      parameters.putIfAbsent("unit", "ms");
    }
    return switch (name) {
      case "Resample" -> new Resample(parameters);
      case "Completeness" -> new Completeness(parameters);
      case "Deduplicate" -> new Deduplicate(parameters);
      case "Deadband" -> new Deadband(parameters);
      case "Ewma" -> new Ewma(parameters);
      case "RollingZScore" -> new RollingZScore(parameters);
      default -> new Normalize(parameters);
    };
  }

  private static BatchFunction function(String name, String missing) {
    Map<String, String> parameters = new LinkedHashMap<>(PARAMETERS.get(name));
    parameters.put("missing", missing);
    return function(name, parameters);
  }

  private static Map<String, @Nullable Object> one(
      BatchFunction function, double[] times, double... samples) throws Exception {
    FunctionResult result = Batches.apply(function, Batches.of(LISTS, Batches.row(times, samples)));
    assertThat(result.rejected()).isEmpty();
    return result.rows().getFirst();
  }

  private static String reason(BatchFunction function, double[] times, double... samples)
      throws Exception {
    return Batches.apply(function, Batches.of(LISTS, Batches.row(times, samples)))
        .rejected()
        .get(0);
  }

  private static double[] times(double... times) {
    return times;
  }

  private static double[] numbers(String cell) {
    return Arrays.stream(cell.split(",", -1))
        .mapToDouble(each -> each.equals("nan") ? NAN : Double.parseDouble(each))
        .toArray();
  }

  private static Map<String, String> pairs(String cell, String between) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : cell.split(";", -1)) {
      String[] sides = pair.split(between, 2);
      pairs.put(sides[0], sides[1]);
    }
    return pairs;
  }

  private static List<List<String>> golden(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ListsTest.class.getResourceAsStream("/golden/lists.tsv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(name + "\t"))
          .map(line -> List.of(line.split("\t", -1)))
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Resample",
        "Completeness",
        "Deduplicate",
        "Deadband",
        "Ewma",
        "RollingZScore",
        "Normalize"
      })
  void are_those_of_numpy_when_there_are_holes_gaps_and_repeats(String name) throws Exception {
    List<List<String>> golden = golden(name);
    assertThat(golden).hasSizeGreaterThan(3);
    for (List<String> cells : golden) {
      Map<String, @Nullable Object> row =
          one(
              function(name, pairs(cells.get(1), ":")),
              numbers(cells.get(2)),
              numbers(cells.get(3)));
      pairs(cells.get(4), "=")
          .forEach((column, value) -> {
            String what = name + " " + cells.get(1) + " " + column;
            switch (Objects.requireNonNull(row.get(column))) {
              case List<?> list -> close(what, list, numbers(value));
              case Boolean truth -> assertThat(truth).as(what).isEqualTo(Boolean.valueOf(value));
              case Number number -> close(what, List.of(number), numbers(value));
              default -> throw new AssertionError(what);
            }
          });
    }
  }

  /** To 1e-9 of each; what is next to nothing, of the greatest one. */
  private static void close(String what, List<?> actual, double[] expected) {
    double most = Arrays.stream(expected).map(Math::abs).filter(x -> x >= 0).max().orElse(0);
    assertThat(actual).as(what).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      double found = ((Number) actual.get(i)).doubleValue();
      if (Double.isNaN(expected[i])) {
        assertThat(found).as("%s, %s", what, i).isNaN();
      } else {
        assertThat(found)
            .as("%s, %s", what, i)
            .isCloseTo(expected[i], within(1e-9 * Math.max(Math.abs(expected[i]), 1e-3 * most)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Resample",
        "Completeness",
        "Deduplicate",
        "Deadband",
        "Ewma",
        "RollingZScore",
        "Normalize"
      })
  void keep_the_contract_when_lists_are_good_and_bad(String name) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int count = random.nextInt(12);
      double[] samples = random.doubles(count, -5, 5).toArray();
      double[] times = random.doubles(count, 0, 500).toArray();
      if (random.nextInt(4) > 0) {
        Arrays.sort(times);
      }
      if (count > 8) {
        samples[3] = NAN;
      }
      @Nullable Object burst = random.nextInt(9) == 0 ? null : samples;
      rows.add(Batches.row(times, burst));
    }
    for (String missing : List.of("reject", "null")) {
      FunctionContract.check(() -> function(name, missing), Batches.of(LISTS, rows));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Resample", "Deduplicate", "Deadband"})
  void reject_when_lists_do_not_belong_together(String name) throws Exception {
    BatchFunction function = function(name, "reject");
    assertThat(reason(function, times(1, 2, 3), 1, 2))
        .isEqualTo("'samples' has 2 samples, but 'timestamps' has 3: they have to be equally long");
    assertThat(reason(function, times(1, NAN), 1, 2))
        .isEqualTo("'timestamps' has NaN as sample 2, but finite samples are needed");
    assertThat(reason(function, times(1, 2), 1, Double.POSITIVE_INFINITY))
        .isEqualTo("'samples' has Infinity as sample 2, but finite samples are needed");
    assertThat(reason(function, times()))
        .isEqualTo("'timestamps' is empty, but samples are needed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Resample", "Deduplicate", "Completeness", "Deadband"})
  void reject_or_leave_empty_when_timestamps_go_back(String name) throws Exception {
    assertThat(reason(function(name, "reject"), times(5, 7, 6), 1, 2, 3))
        .isEqualTo(
            "'timestamps' goes back at sample 3, but timestamps have to ascend: sort the samples");
    assertThat(one(function(name, "null"), times(5, 7, 6), 1, 2, 3)).containsValue(null);
  }

  @Test
  void resampling_leaves_gaps_open_when_they_are_longer_than_allowed() throws Exception {
    Map<String, String> parameters = Map.of("rate", "1", "unit", "s", "maxGap", "2");
    Map<String, @Nullable Object> row =
        one(function("Resample", parameters), times(10, 12, 15, 16), 0, 4, 10, NAN);
    assertThat(row)
        .containsEntry("resampled", List.of(0.0, 2.0, 4.0, NAN, NAN, 10.0, NAN))
        .containsEntry("resampledTimestamps", List.of(10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0))
        .containsEntry("resampledMissing", 3L);
  }

  @Test
  void resampling_rejects_when_the_grid_would_be_endless() throws Exception {
    assertThat(
            reason(function("Resample", Map.of("rate", "1000", "unit", "s")), times(0, 1e9), 1, 2))
        .startsWith("'timestamps' is so long that there would be more than 10000000 samples");
  }

  @Test
  void burst_is_not_whole_when_one_sample_is_missing_in_its_middle() throws Exception {
    Map<String, String> parameters = Map.of("rate", "1000", "count", "4", "marks", "behindGap");
    assertThat(one(function("Completeness", parameters), times(0, 1, 2, 3), 1, 1, 1, 1))
        .containsEntry("complete", true)
        .containsEntry("behindGap", List.of(0.0, 0.0, 0.0, 0.0));
    assertThat(one(function("Completeness", parameters), times(0, 1, 3), 1, 1, 1))
        .containsEntry("complete", false)
        .containsEntry("gaps", 1L)
        .containsEntry("missing", 1L)
        .containsEntry("behindGap", List.of(0.0, 0.0, 1.0));
    assertThat(one(function("Completeness", Map.of("count", "3")), times(0, 0, 1), 1, 1, 1))
        .as("a sample that came twice does not stand for another")
        .containsEntry("complete", false)
        .containsEntry("missing", 1L);
  }

  @Test
  void several_lists_stay_together_when_duplicates_are_taken_away() throws Exception {
    Schema schema = LISTS.plus(Schema.of(Field.of("quality", ColumnType.FLOAT64_LIST)));
    Batch batch =
        Batches.of(schema, Batches.row(times(1, 1, 2), times(10, 11, 12), times(0, 1, 2)));
    FunctionResult result =
        Batches.apply(
            function("Deduplicate", Map.of("columns", "samples, quality", "keep", "last")), batch);
    assertThat(result.rows().getFirst())
        .containsEntry("timestamps", List.of(1.0, 2.0))
        .containsEntry("samples", List.of(11.0, 12.0))
        .containsEntry("quality", List.of(1.0, 2.0))
        .containsEntry("duplicates", 1L);
  }

  @Test
  void change_filter_keeps_what_differs_when_the_band_is_0() throws Exception {
    assertThat(one(function("Deadband", Map.of()), times(1, 2, 3, 4, 5), 7, 7, 8, 8, 7))
        .containsEntry("kept", List.of(7.0, 8.0, 7.0))
        .containsEntry("keptTimestamps", List.of(1.0, 3.0, 5.0))
        .containsEntry("keptSuppressed", 2L);
  }

  @Test
  void score_has_a_least_deviation_when_what_is_before_does_not_change() throws Exception {
    double[] times = times(1, 2, 3, 4);
    assertThat(one(new RollingZScore(Map.of("window", "2")), times, 5, 5, 5, 9))
        .containsEntry("zscores", List.of(NAN, NAN, NAN, NAN))
        .containsEntry("anomalies", 0L)
        .containsEntry("maxZScore", null);
    assertThat(one(new RollingZScore(Map.of("window", "2", "minSd", "0.5")), times, 5, 5, 5, 9))
        .containsEntry("zscores", List.of(NAN, NAN, 0.0, 8.0))
        .containsEntry("anomalyMarks", List.of(0.0, 0.0, 0.0, 1.0))
        .containsEntry("maxZScore", 8.0);
  }

  @Test
  void deviation_keeps_its_digits_when_the_offset_is_large() throws Exception {
    Map<String, @Nullable Object> row =
        one(new Normalize(Map.of("method", "zscore")), times(1, 2), 1e9 + 0.25, 1e9 + 0.75);
    assertThat(row).containsEntry("normalized", List.of(-1.0, 1.0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"minmax", "zscore", "robust"})
  void normalization_rejects_when_a_list_has_no_scale(String method) throws Exception {
    Normalize function = new Normalize(Map.of("method", method));
    assertThat(reason(function, times(1, 2), 0.1, 0.1))
        .startsWith("'samples' has no scale to be brought to");
    assertThat(reason(function, times(1), NAN)).startsWith("'samples' has only NaN");
  }

  @Test
  void refuse_when_parameters_are_wrong() {
    refused("Resample", Map.of(), "Resample needs the parameter rate: a number above 0");
    refused(
        "Resample",
        Map.of("rate", "1", "method", "linaer"),
        "the parameter method is 'linaer', which is perhaps 'linear'");
    refused("Completeness", Map.of(), "Completeness needs to know what is whole");
    refused("Deduplicate", Map.of("columns", "a, a"), "the parameter columns is 'a, a', in which");
    refused("Deadband", Map.of("band", "-1"), "the parameter band is '-1'");
    refused("Ewma", Map.of("alpha", "0"), "the parameter alpha is '0'");
    refused("RollingZScore", Map.of("window", "1"), "the parameter window is '1'");
    refused("Normalize", Map.of("methode", "zscore"), "Normalize has no parameter 'methode'");
  }

  private static void refused(String name, Map<String, String> parameters, String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> function(name, parameters))
        .withMessageStartingWith(message);
  }
}
