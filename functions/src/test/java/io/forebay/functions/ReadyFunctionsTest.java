package io.forebay.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for all functions that are ready to use: the contract, and how they refuse. */
class ReadyFunctionsTest {
  private static final long SEED = Seed.of(52);
  private static final Schema SCHEMA =
      Schema.of(
          Field.nullable("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("raw", ColumnType.INT32),
          Field.nullable("small", ColumnType.FLOAT32),
          Field.nullable("text", ColumnType.STRING),
          Field.nullable("flag", ColumnType.BOOL));

  /** Good values and bad ones, as a live stream mixes them. */
  private static Batch mixed() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Double value =
          switch (random.nextInt(12)) {
            case 0 -> null;
            case 1 -> Double.NaN;
            case 2 -> Double.NEGATIVE_INFINITY;
            case 3 -> -0.0;
            case 4 -> 1e308 * random.nextDouble();
            default -> random.nextDouble(-20, 120);
          };
      rows.add(
          Batches.row(
              random.nextInt(9) == 0 ? null : "sensor-" + random.nextInt(4),
              random.nextLong(0, 4_000_000_000_000L),
              value,
              random.nextInt(9) == 0 ? null : random.nextInt(-10, 200),
              random.nextInt(9) == 0 ? null : (float) random.nextDouble(-10, 200),
              new String[] {null, "12", "1e3", "no number", "2025-01-01T00:00:00Z"}
                  [random.nextInt(5)],
              random.nextInt(9) == 0 ? null : random.nextBoolean()));
    }
    return Batches.of(SCHEMA, rows);
  }

  static Stream<Arguments> functions() {
    return Stream.of(
        of(MinMax::new, "min", "-20", "max", "120"),
        of(MinMax::new, "column", "small", "min", "0", "max", "9", "missing", "null"),
        of(ZScore::new, "mean", "50", "sd", "12.5"),
        of(RobustZScore::new, "column", "raw", "median", "50", "mad", "8"),
        of(UnitConversion::new, "from", "[degF]", "to", "Cel", "missing", "null"),
        of(LinearCalibration::new, "gain", "1e300", "as", "value"),
        of(PolynomialCalibration::new, "coefficients", "0.3, 0.98, 2e-4"),
        of(TableCalibration::new, "points", "4 = 0, 12 = 49.8, 20 = 100"),
        of(TableCalibration::new, "points", "4 = 0, 20 = 100", "outside", "extend"),
        of(RangeCheck::new, "min", "0", "max", "100"),
        of(RangeCheck::new, "max", "100", "outside", "clip", "missing", "null"),
        of(RangeCheck::new, "column", "raw", "min", "0", "outside", "null", "as", "checked"),
        of(RangeCheck::new, "column", "small", "min", "0.1", "max", "0.3", "outside", "clip"),
        of(Cast::new, "column", "text", "to", "float64", "as", "number", "invalid", "null"),
        of(Cast::new, "column", "value", "to", "string", "as", "words"),
        of(Cast::new, "column", "timestamp", "to", "string", "as", "time"),
        of(Filter::new, "where", "value > 50 or flag = true and sensorId in ('sensor-1')"),
        of(Filter::new, "where", "value is not null", "otherwise", "reject"),
        of(SampleByKey::new, "share", "0.5", "key", "sensorId, raw"),
        of(LectureFeatures::new, "column", "small"));
  }

  private static Arguments of(
      Function<Map<String, String>, BatchFunction> function, String... parameters) {
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put(parameters[i], parameters[i + 1]);
    }
    return arguments(function, map);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void keeps_the_contract_when_values_are_good_and_bad(
      Function<Map<String, String>, BatchFunction> function, Map<String, String> parameters)
      throws Exception {
    Batch rows = mixed();
    FunctionContract.check(() -> function.apply(parameters), rows);

    FunctionResult result = Batches.apply(function.apply(parameters), rows);
    assertThat(result.batch().rows()).as("some rows pass").isPositive();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void refuses_in_a_sentence_when_a_parameter_is_misspelt(
      Function<Map<String, String>, BatchFunction> function, Map<String, String> parameters) {
    String first = parameters.keySet().iterator().next();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> function.apply(Map.of(first + "x", "1")))
        .withMessageContaining(" has no parameter '" + first + "x': it")
        .withMessageContaining("'" + first + "'");
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        refusal(MinMax::new, "MinMax needs the parameter min: a number", "max", "1"),
        refusal(MinMax::new, "the parameter min is 'ten': give a number", "min", "ten", "max", "1"),
        refusal(
            MinMax::new,
            "the parameter max is '1', but min is '1': give a max that is greater, by no more than"
                + " float64 can hold",
            "min",
            "1",
            "max",
            "1"),
        refusal(
            MinMax::new,
            "the parameter min is '1e999', which is too large for a float64: give a number",
            "min",
            "1e999",
            "max",
            "1"),
        refusal(
            MinMax::new,
            "the parameter missing is 'rejct', which is perhaps 'reject': choose reject or null",
            "min",
            "0",
            "max",
            "1",
            "missing",
            "rejct"),
        refusal(
            ZScore::new, "the parameter sd is '0': give a number above 0", "mean", "1", "sd", "0"),
        refusal(
            ZScore::new,
            "the parameter sd is 'NaN': give a number above 0",
            "mean",
            "1",
            "sd",
            "NaN"),
        refusal(
            PolynomialCalibration::new,
            "the parameter coefficients is '1,': give 1 to 32 numbers with commas between them",
            "coefficients",
            "1,"),
        refusal(
            TableCalibration::new,
            "the parameter points is '1 = 2, 1 = 3', in which the raw value 1 is not above the one"
                + " before it: give 2 to 10000 points raw = true with commas between them, the raw"
                + " values ascending: \"4 = 0, 20 = 100\"",
            "points",
            "1 = 2, 1 = 3"),
        refusal(RangeCheck::new, "RangeCheck needs the parameter min, or max, or both", "as", "x"),
        refusal(
            RangeCheck::new,
            "the parameter max is '-1', but min is '0': give a max that is not below it",
            "min",
            "0",
            "max",
            "-1"),
        refusal(
            UnitConversion::new,
            "the parameter from is 'degF': give a unit in UCUM, such as Cel, [degF], K, bar, kPa,"
                + " [psi], m/s, mm/s2 or kW.h",
            "from",
            "degF",
            "to",
            "Cel"),
        refusal(
            UnitConversion::new,
            "'bar' cannot become 'Cel': give units of one quantity with the parameters from and"
                + " to",
            "from",
            "bar",
            "to",
            "Cel"),
        refusal(
            SampleByKey::new,
            "the parameter share is '1.5': give a number from 0 to 1",
            "share",
            "1.5",
            "key",
            "sensorId"),
        refusal(
            Cast::new,
            "the parameter to is 'float46', which is perhaps 'float64': choose bool, int32, int64,"
                + " float32, float64, timestamp-ms, timestamp-us, timestamp-ns or string",
            "to",
            "float46",
            "as",
            "x"),
        refusal(
            SimulatedDriver::new,
            "the parameter delayMillis is '60001': give a whole number from 0 to 60000",
            "delayMillis",
            "60001"),
        refusal(
            Filter::new,
            "the parameter where is 'value >> 3', which has '>' at character 8 where a number, a"
                + " 'text' in single quotes, true or false is expected: give a condition on columns"
                + " such as value > 20 and sensorId != 'test'",
            "where",
            "value >> 3"),
        refusal(
            Filter::new,
            "the parameter where is 'value > 3 $', of which '$' at character 11 is not understood:"
                + " give a condition on columns such as value > 20 and sensorId != 'test'",
            "where",
            "value > 3 $"),
        refusal(
            Filter::new,
            "the parameter where is '(value > 3', which has its end where ')' is expected: give a"
                + " condition on columns such as value > 20 and sensorId != 'test'",
            "where",
            "(value > 3"));
  }

  private static Arguments refusal(
      Function<Map<String, String>, Object> function, String message, String... parameters) {
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put(parameters[i], parameters[i + 1]);
    }
    return arguments(function, map, message);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refuses_with_what_is_allowed_when_a_parameter_is_wrong(
      Function<Map<String, String>, Object> function,
      Map<String, String> parameters,
      String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> function.apply(parameters))
        .withMessage(message);
  }

  static Stream<Arguments> unfit() {
    String there = "there are sensorId, timestamp, value, raw, small, text, flag";
    return Stream.of(
        refusal(
            ZScore::new,
            "there is no column 'valu', which the parameter column names: "
                + there
                + "; did you mean 'value'?",
            "column",
            "valu",
            "mean",
            "0",
            "sd",
            "1"),
        refusal(
            ZScore::new,
            "a column of numbers is needed, but 'text' is string: declare it as float64, or name"
                + " another one with the parameter 'column'",
            "column",
            "text",
            "mean",
            "0",
            "sd",
            "1"),
        refusal(
            RangeCheck::new,
            "the parameter min is '0.5', but the column is int32: give a whole number from"
                + " -2147483648 to 2147483647",
            "column",
            "raw",
            "min",
            "0.5"),
        refusal(
            RangeCheck::new,
            "'timestamp' is timestamp-ms, which is no quantity: choose the records with Filter, as"
                + " in timestamp > '2025-01-01T00:00:00Z'",
            "column",
            "timestamp",
            "min",
            "0"),
        refusal(
            Cast::new,
            "the column 'flag' is bool, which cannot become timestamp-ms: choose another type with"
                + " the parameter to",
            "column",
            "flag",
            "to",
            "timestamp-ms",
            "as",
            "x"),
        refusal(
            SampleByKey::new,
            "there is no column 'sensor', which the parameter key names: "
                + there
                + "; did you mean 'sensorId'?",
            "share",
            "1",
            "key",
            "raw, sensor"),
        refusal(
            Filter::new,
            "the condition names 'flg' at character 15, which is no column: "
                + there
                + "; did you mean 'flag'?",
            "where",
            "value > 3 and flg = true"),
        refusal(
            Filter::new,
            "the condition compares 'value' at character 1, which is float64, by = with 'a':"
                + " compare it with a number",
            "where",
            "value = 'a'"),
        refusal(
            Filter::new,
            "the condition compares 'timestamp' at character 1, which is timestamp-ms, by > with"
                + " 'yesterday': compare it with a time such as '2025-01-01T00:00:00Z'",
            "where",
            "timestamp > 'yesterday'"));
  }

  @ParameterizedTest
  @MethodSource("unfit")
  void refuses_with_what_there_is_when_a_column_does_not_fit(
      Function<Map<String, String>, BatchFunction> function,
      Map<String, String> parameters,
      String message) {
    BatchFunction made = function.apply(parameters);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> made.outputs(SCHEMA))
        .withMessage(message);
  }
}
