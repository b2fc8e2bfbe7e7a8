package io.forebay.functions.spectra;

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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaveformsTest {
  private static final long SEED = Seed.of(58);
  private static final Schema SAMPLES =
      Schema.of(Field.nullable("samples", ColumnType.FLOAT64_LIST));
  private static final Map<String, String> BEARING =
      Map.of(
          "rate", "2000",
          "from", "400",
          "to", "900",
          "balls", "9",
          "ballDiameter", "7.94",
          "pitchDiameter", "39.04");

  private static BatchFunction function(String name, Map<String, String> parameters) {
    return switch (name) {
      case "BandEnergies" -> new BandEnergies(parameters);
      case "EnvelopeSpectrum" -> new EnvelopeSpectrum(parameters);
      case "VibrationSeverity" -> new VibrationSeverity(parameters);
      default -> new BearingFaults(parameters);
    };
  }

  private static Batch bursts(double @Nullable []... bursts) {
    return Batches.of(
        SAMPLES,
        Arrays.stream(bursts)
            .<List<@Nullable Object>>map(each -> Batches.row((Object) each))
            .toList());
  }

  private static Map<String, String> with(Map<String, String> parameters, String... more) {
    Map<String, String> all = new HashMap<>(parameters);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  private static double[] sine(double amplitude, double hertz, double rate, int count) {
    double[] samples = new double[count];
    for (int i = 0; i < count; i++) {
      samples[i] = amplitude * Math.sin(2 * Math.PI * hertz * i / rate);
    }
    return samples;
  }

  private static List<String> lines() {
    try (InputStream in =
        Objects.requireNonNull(WaveformsTest.class.getResourceAsStream("/golden/waveforms.tsv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, String> pairs(String cell, String between) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : cell.split(";", -1)) {
      String[] sides = pair.split(between, 2);
      pairs.put(sides[0], sides[1]);
    }
    return pairs;
  }

  private static double[] numbers(String cell) {
    return Arrays.stream(cell.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"BandEnergies", "EnvelopeSpectrum", "VibrationSeverity", "BearingFaults"})
  void are_those_of_scipy_when_lengths_and_parameters_differ(String name) throws Exception {
    List<String> lines = lines().stream().filter(each -> each.startsWith(name)).toList();
    assertThat(lines).hasSizeGreaterThanOrEqualTo(4);
    for (String line : lines) {
      List<String> cells = List.of(line.split("\t", -1));
      Map<String, String> expected = pairs(cells.get(3), "=");
      BatchFunction function = function(name, pairs(cells.get(1), ":"));

      FunctionResult result = Batches.apply(function, bursts(numbers(cells.get(2))));

      assertThat(result.rejected()).isEmpty();
      assertThat(expected).hasSize(function.outputs(SAMPLES).size());
      expected.forEach((column, value) -> {
        String what = cells.get(1) + " " + column;
        switch (result.batch().schema().field(column).type()) {
          case STRING -> assertThat(result.rows().getFirst()).containsEntry(column, value);
          case FLOAT64_LIST -> close(what, result.batch().list(column).get(0), numbers(value));
          default ->
              close(what, new double[] {result.batch().float64(column).get(0)}, numbers(value));
        }
      });
    }
  }

  /** To 1e-9 of each; what is next to nothing, of the greatest one. */
  private static void close(String what, double[] actual, double[] expected) {
    double most = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i])
          .as("%s, %s", what, i)
          .isCloseTo(expected[i], within(1e-9 * Math.max(Math.abs(expected[i]), 1e-5 * most)));
    }
  }

  @Test
  void frequencies_are_those_of_the_maker_when_the_bearing_is_a_6205() throws Exception {
    FunctionResult result =
        Batches.apply(
            new BearingFaults(with(BEARING, "speed", "60")), bursts(sine(1, 500, 2000, 8192)));
    Map<String, Double> published =
        Map.of("bpfoHz", 3.5848, "bpfiHz", 5.4152, "bsfHz", 2.3570, "ftfHz", 0.39828);
    published.forEach((column, order) ->
        assertThat(result.batch().float64(column).get(0))
            .as(column)
            .isCloseTo(order, within(0.0005 * order)));
  }

  @Test
  void outer_ring_stands_out_when_it_is_struck_and_the_speed_is_in_a_column() throws Exception {
    double[] samples = new double[20_000];
    double everySamples = 20_000 / (3.5848 * 30);
    for (double at = 0; at < samples.length; at += everySamples) {
      for (int i = 0; i < 100 && at + i < samples.length; i++) {
        samples[(int) at + i] += Math.exp(-i / 20.0) * Math.sin(2 * Math.PI * 3000 * i / 20_000);
      }
    }
    Map<String, String> parameters =
        with(
            BEARING,
            "rate",
            "20000",
            "from",
            "2000",
            "to",
            "4000",
            "speedColumn",
            "rpm",
            "tolerance",
            "0.003"); // The second harmonic of one is near the third of another.
    Schema schema = SAMPLES.plus(Schema.of(Field.nullable("rpm", ColumnType.INT32)));

    FunctionResult result =
        Batches.apply(
            new BearingFaults(parameters),
            Batches.of(
                schema,
                Batches.row(samples, 1800),
                Batches.row(samples, null),
                Batches.row(samples, 0)));

    double outer = result.batch().float64("bpfo").get(0);
    assertThat(List.of("bpfi", "bsf", "ftf"))
        .allSatisfy(
            each -> assertThat(result.batch().float64(each).get(0)).as(each).isLessThan(outer / 4));
    String reason =
        "'samples' has no results, since 'rpm' is %s: a speed above 0 is needed, at which no"
            + " harmonic is above half the rate";
    assertThat(result.rejected())
        .isEqualTo(Map.of(1, reason.formatted("null"), 2, reason.formatted("0")));
  }

  @ParameterizedTest
  @CsvSource({
    "1, rigid, 2.2, A", "1, rigid, 2.4, B", "1, rigid, 4.6, C", "1, rigid, 7.2, D",
    "1, flexible, 3.4, A", "1, flexible, 7.0, B", "1, flexible, 10.9, C", "1, flexible, 11.1, D",
    "2, rigid, 1.3, A", "2, rigid, 2.7, B", "2, rigid, 4.4, C", "2, rigid, 4.6, D",
    "2, flexible, 2.2, A", "2, flexible, 4.4, B", "2, flexible, 7.0, C", "2, flexible, 7.2, D"
  })
  void zone_is_the_standards_when_a_machine_vibrates_at_100_hertz(
      String group, String foundation, double millimetresPerSecond, String zone) throws Exception {
    double amplitude = millimetresPerSecond / 1000 * Math.sqrt(2) * 2 * Math.PI * 100;
    Map<String, String> parameters =
        Map.of("rate", "5000", "group", group, "foundation", foundation);

    FunctionResult result =
        Batches.apply(new VibrationSeverity(parameters), bursts(sine(amplitude, 100, 5000, 5000)));

    assertThat(result.batch().float64("velocityRms").get(0))
        .isCloseTo(millimetresPerSecond, within(1e-3));
    assertThat(result.rows().getFirst()).containsEntry("zone", zone);
  }

  private static List<Supplier<BatchFunction>> all(String missing) {
    return List.of(
        () ->
            new BandEnergies(
                Map.of("rate", "64", "bands", "a = 0 .. 16", "segment", "16", "missing", missing)),
        () ->
            new EnvelopeSpectrum(Map.of("rate", "64", "from", "4", "to", "20", "missing", missing)),
        () ->
            new VibrationSeverity(
                Map.of(
                    "rate",
                    "64",
                    "from",
                    "4",
                    "to",
                    "20",
                    "group",
                    "1",
                    "foundation",
                    "rigid",
                    "missing",
                    missing)),
        () ->
            new BearingFaults(
                with(
                    BEARING,
                    "rate",
                    "64",
                    "from",
                    "4",
                    "to",
                    "20",
                    "speed",
                    "600",
                    "harmonics",
                    "1",
                    "balls",
                    "2",
                    "missing",
                    missing)));
  }

  @Test
  void keep_the_contract_when_bursts_are_good_and_bad() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      double[] samples = random.doubles(random.nextInt(4, 60), -5, 5).toArray();
      @Nullable Object burst = random.nextInt(9) == 0 ? null : samples;
      rows.add(Batches.row(burst));
    }
    for (String missing : List.of("reject", "null")) {
      all(missing).forEach(each -> FunctionContract.check(each, Batches.of(SAMPLES, rows)));
    }
  }

  @Test
  void reject_or_leave_empty_when_a_burst_is_missing() throws Exception {
    double[] bad = new double[64];
    bad[3] = Double.NEGATIVE_INFINITY;
    double[] huge = new double[64];
    huge[5] = 1e200;
    Batch missing = bursts(null, new double[0], new double[7], bad, huge, new double[64]);
    for (Supplier<BatchFunction> each : all("reject")) {
      FunctionResult result = Batches.apply(each.get(), missing);
      assertThat(result.rejected())
          .hasSize(5)
          .containsEntry(0, "'samples' is null, but samples are needed")
          .containsEntry(1, "'samples' is empty, but samples are needed")
          .containsEntry(3, "'samples' has -Infinity as sample 4, but finite samples are needed")
          .containsEntry(4, "'samples' has samples whose squares are beyond a float64");
      assertThat(result.rejected().get(2))
          .startsWith("'samples' has 7 samples, but")
          .endsWith(": send longer bursts");
    }
    for (Supplier<BatchFunction> each : all("null")) {
      FunctionResult result = Batches.apply(each.get(), missing);
      assertThat(result.rejected()).isEmpty();
      assertThat(result.rows().get(2)).containsValue(null);
    }
  }

  private static void refused(String name, Map<String, String> parameters, String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> function(name, parameters))
        .withMessageStartingWith(message);
  }

  @Test
  void refuse_when_parameters_contradict_each_other_or_the_rate() {
    refused(
        "EnvelopeSpectrum",
        Map.of("rate", "1000", "from", "100", "to", "501"),
        "the band is from 100 to 501 Hz, but has to end above its beginning and at most at half"
            + " the rate, 500 Hz");
    refused(
        "VibrationSeverity",
        Map.of("rate", "1000", "group", "1", "foundation", "rigid"),
        "the band is from 10 to 1000 Hz, but has to end");
    refused(
        "VibrationSeverity",
        Map.of("rate", "5000", "group", "1", "foundation", "ridgid"),
        "the parameter foundation is 'ridgid', which is perhaps 'rigid': choose rigid or flexible");
    refused(
        "BandEnergies",
        Map.of("rate", "1000", "bands", "low = 1 .. 2"),
        "the band 'low' has no frequency of the spectrum, which are 3.90625 Hz apart and end at"
            + " 500 Hz");
    for (String bands :
        List.of("low", "low = 1", "low = 3 .. 2", "a = 1 .. 2, a = 2 .. 3", "a = -1 .. 2", "")) {
      refused(
          "BandEnergies",
          Map.of("rate", "1000", "bands", bands),
          "the parameter bands is '" + bands);
    }
    refused("BearingFaults", BEARING, "BearingFaults needs the speed of the shaft once");
    refused(
        "BearingFaults",
        with(BEARING, "speed", "60", "speedColumn", "rpm"),
        "BearingFaults needs the speed of the shaft once");
    refused(
        "BearingFaults",
        with(BEARING, "speed", "60", "ballDiameter", "40"),
        "the parameter ballDiameter is '40', but has to be less than pitchDiameter");
    refused(
        "BearingFaults",
        with(BEARING, "speed", "60000"),
        "harmonic 3 of the highest fault is at 16245");
    refused(
        "BearingFaults",
        with(BEARING, "speed", "60", "ball", "9"),
        "BearingFaults has no parameter 'ball'");
  }

  @Test
  void transform_is_undone_by_its_inverse_when_lengths_are_small() {
    for (int n = 1; n <= 40; n++) {
      double[] real = new SplittableRandom(SEED + n).doubles(n, -1, 1).toArray();
      double[] imaginary = new double[n];
      double[] original = real.clone();
      Dft dft = new Dft();
      dft.forward(real, imaginary);
      assertThat(real[0]).isCloseTo(Arrays.stream(original).sum(), within(1e-12));
      dft.inverse(real, imaginary);
      for (int i = 0; i < n; i++) {
        assertThat(real[i]).as("%s of %s", i, n).isCloseTo(original[i], within(1e-12));
        assertThat(imaginary[i]).isCloseTo(0, within(1e-12));
      }
    }
  }
}
