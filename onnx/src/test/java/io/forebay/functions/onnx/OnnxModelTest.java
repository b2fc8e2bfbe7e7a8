package io.forebay.functions.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.Batches;
import io.forebay.testkit.FunctionContract;
import io.forebay.testkit.FunctionResult;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The models of {@code make_models.py}, on all kinds of columns. */
final class OnnxModelTest {
  private static final Schema READINGS =
      Schema.of(
          Field.of("sensor", ColumnType.STRING),
          Field.nullable("a", ColumnType.FLOAT64),
          Field.of("b", ColumnType.INT32),
          Field.of("c", ColumnType.FLOAT32),
          Field.of("count", ColumnType.INT64),
          Field.of("at", ColumnType.TIMESTAMP_MS),
          Field.of("signal", ColumnType.FLOAT64_LIST));

  @TempDir Path folder;

  private static Map<String, String> parameters(String model, String... others) {
    Map<String, String> parameters = new HashMap<>();
    parameters.put("model", path(model).toString());
    for (int i = 0; i < others.length; i += 2) {
      parameters.put(others[i], others[i + 1]);
    }
    return parameters;
  }

  private static Path path(String model) {
    try {
      return Path.of(OnnxModelTest.class.getResource("/" + model + ".onnx").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static Path committed(String file) {
    return file.equals("anomaly.onnx")
        ? Path.of("../examples/models", file)
        : path(file.replace(".onnx", ""));
  }

  private static List<@Nullable Object> reading(int i) {
    return Batches.row(
        "s" + i,
        i % 7 == 3 ? null : (Object) (i * 0.5),
        i,
        i * 0.25f,
        i * 3L,
        1_700_000_000_000L + i,
        new double[] {i, 1, 2, 3});
  }

  private static Batch readings(int rows) {
    List<List<@Nullable Object>> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      all.add(reading(i));
    }
    return Batches.of(READINGS, all);
  }

  private static FunctionResult apply(Map<String, String> parameters, Batch batch)
      throws Exception {
    OnnxModel model = new OnnxModel(parameters);
    model.outputs(batch.schema());
    return Batches.apply(model, batch);
  }

  private static @Nullable Object value(FunctionResult result, int row, String column) {
    return result.rows().get(row).get(column);
  }

  @ParameterizedTest
  @CsvSource({"linear", "linear-one-row"})
  void computes_every_row_when_columns_are_of_different_numbers(String model) throws Exception {
    FunctionResult result = apply(parameters(model, "inputs", "x = a, b, c"), readings(20));

    int row = 0;
    for (int i = 0; i < 20; i++) {
      if (i % 7 != 3) {
        double expected = 0.5 * (i * 0.5) - 2.0 * i + 0.25 * (i * 0.25) + 1;
        assertThat(value(result, row++, "y")).isEqualTo((float) expected);
      }
    }
    assertThat(result.rows()).hasSize(row);
    assertThat(result.rejected().values())
        .hasSize(3)
        .allMatch(why -> why.equals("'a' has no value, which the model needs for 'x'"));
  }

  @Test
  void gives_the_model_nan_when_told() throws Exception {
    FunctionResult result =
        apply(parameters("linear", "inputs", "x = a, b, c", "missing", "nan"), readings(5));

    assertThat(result.rejected()).isEmpty();
    assertThat(value(result, 3, "y")).isEqualTo(Float.NaN);
    assertThat(value(result, 4, "y")).isEqualTo(0.5f * 2 - 8 + 0.25f + 1);
  }

  @Test
  void keeps_the_contract_of_functions() {
    FunctionContract.check(
        () -> new OnnxModel(parameters("linear", "inputs", "x = a, b, c", "outputs", "y = score")),
        readings(60));
    FunctionContract.check(
        () -> new OnnxModel(parameters("halves", "outputs", "halves = sum, difference")),
        readings(60));
  }

  @Test
  void fills_columns_of_their_own_types_when_the_model_has_several_outputs() throws Exception {
    Map<String, String> parameters = parameters("alarm", "inputs", "temperature = b");
    assertThat(new OnnxModel(parameters).outputs(READINGS))
        .isEqualTo(
            Schema.of(
                Field.of("doubled", ColumnType.FLOAT64),
                Field.of("often", ColumnType.BOOL),
                Field.of("class", ColumnType.INT64)));

    FunctionResult result = apply(parameters, readings(6));

    assertThat(result.rows().get(5))
        .containsEntry("doubled", 10.0)
        .containsEntry("often", true)
        .containsEntry("class", 25L);
    assertThat(result.rows().get(3)).containsEntry("often", false).containsEntry("class", 19L);
  }

  @Test
  void reads_and_writes_lists_when_a_row_has_several_values() throws Exception {
    FunctionResult list = apply(parameters("halves"), readings(3));
    FunctionResult columns =
        apply(parameters("halves", "outputs", "halves = sum, difference"), readings(3));

    for (int i = 0; i < 3; i++) {
      assertThat(value(list, i, "halves")).isEqualTo(List.of(i + 6.0, i - 4.0));
      assertThat(value(columns, i, "sum")).isEqualTo(i + 6f);
      assertThat(value(columns, i, "difference")).isEqualTo(i - 4f);
    }
  }

  @Test
  void rejects_rows_when_their_lists_have_another_length() throws Exception {
    List<@Nullable Object> short_ = reading(1);
    short_.set(6, new double[] {1, 2});

    FunctionResult result =
        apply(parameters("halves"), Batches.of(READINGS, List.of(reading(0), short_, reading(2))));

    assertThat(result.rows()).hasSize(2);
    assertThat(result.rejected().values())
        .containsExactly("'signal' has 2 values, but the model wants 4 for 'signal'");
  }

  @Test
  void reads_and_writes_texts() throws Exception {
    FunctionResult result =
        apply(parameters("text", "inputs", "name=sensor", "outputs", "same=copy"), readings(3));

    assertThat(result.rows().stream().map(row -> row.get("copy")))
        .containsExactly("s0", "s1", "s2");
  }

  /** The runtime's error is the row's: neighbours pass. */
  @Test
  void lets_the_engine_find_the_row_when_the_model_fails() throws Exception {
    OnnxModel model = new OnnxModel(parameters("memory", "inputs", "x = a"));
    model.outputs(READINGS);
    List<@Nullable Object> greedy = reading(0);
    greedy.set(1, 1e15);

    assertThatExceptionOfType(ai.onnxruntime.OrtException.class)
        .isThrownBy(() ->
            Batches.apply(model, Batches.of(READINGS, List.of(reading(1), greedy, reading(2)))));
    assertThat(value(Batches.apply(model, Batches.of(READINGS, List.of(reading(2)))), 0, "y"))
        .isEqualTo(1f);
  }

  static Stream<Arguments> refused() {
    String model = path("linear").toString();
    return Stream.of(
        Arguments.of(Map.of(), "OnnxModel needs the parameter model: the path of an .onnx file"),
        Arguments.of(
            Map.of("modle", "x"),
            "OnnxModel has no parameter 'modle': it has model, inputs, outputs, missing, sha256;"
                + " did you mean 'model'?"),
        Arguments.of(
            Map.of("model", "no/such.onnx"),
            "there is no model no/such.onnx (%s): say with the parameter model where the .onnx file is, from the folder in which forebay is started"
                .formatted(Path.of("no/such.onnx").toAbsolutePath())),
        Arguments.of(
            Map.of("model", model, "missing", "zero"),
            "the parameter missing is 'zero': choose reject or nan"),
        Arguments.of(
            Map.of("model", model, "inputs", "a, b, c"),
            "the parameter inputs has 'a, b, c', which is not understood: write it as inputs: \"x ="
                + " temperature, pressure; y = speed\", the model's names on the left and columns"
                + " on the right"),
        Arguments.of(
            Map.of("model", model, "inputs", "x = a, b, c; x = a"),
            "the parameter inputs names 'x' twice"),
        Arguments.of(
            Map.of("model", model, "inputs", "z = a, b, c"),
            "the parameter inputs names 'z', which the model linear.onnx does not have: it has x"),
        Arguments.of(
            Map.of("model", model, "inputs", "x = a, b"),
            "the model linear.onnx wants 3 values a row in 'x' (float [?, 3]), but gets the 2 of a,"
                + " b: change the parameter inputs"),
        Arguments.of(
            Map.of("model", model, "inputs", "x = a, b, sensor"),
            "the model linear.onnx wants 'x' (float [?, 3]), but the column 'sensor' is string:"
                + " name another column in the parameter inputs"),
        Arguments.of(
            Map.of("model", model),
            "the model linear.onnx wants 'x' (float [?, 3]), for which there is no column of that"
                + " name: say which columns it is made of with the parameter inputs: \"x = …\";"
                + " there are sensor, a, b, c, count, at, signal"),
        Arguments.of(
            parameters("linear", "inputs", "x = a, b, c", "outputs", "y = one, two"),
            "the model linear.onnx has 1 values a row in 'y' (float [?, 1]), but there are 2"
                + " columns for them (one, two): name as many in the parameter outputs, or one for"
                + " a list"),
        Arguments.of(
            parameters("linear-eight-rows", "inputs", "x = a, b, c"),
            "the model linear-eight-rows.onnx takes 8 rows at a time in 'x' (float [8, 3]), but"
                + " batches have any number: export it with an open first dimension"
                + " (dynamic_axes)"),
        Arguments.of(
            parameters("mean", "inputs", "x = a"),
            "the model mean.onnx gives 'mean' (float [1]) whatever the number of rows, but a result"
                + " for each row is wanted: export it with an open first dimension (dynamic_axes),"
                + " or leave it out in the parameter outputs"),
        Arguments.of(
            parameters("alarm", "inputs", "temperature = a; count = a"),
            "the model alarm.onnx wants 'count' (int64 [?, 1]), but the column 'a' is float64:"
                + " declare it as int64, or export the model with floats"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refuses_in_one_sentence_when_it_does_not_fit(Map<String, String> parameters, String why) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> new OnnxModel(parameters).outputs(READINGS))
        .withMessage(why);
  }

  @Test
  void refuses_files_that_are_no_model_or_need_what_the_runtime_lacks() throws Exception {
    Path noModel = Files.writeString(folder.resolve("some.onnx"), "not protobuf at all");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> new OnnxModel(Map.of("model", noModel.toString())).outputs(READINGS))
        .withMessageContaining("the model " + noModel + " cannot be opened: ");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> new OnnxModel(parameters("no-such-operator")).outputs(READINGS))
        .withMessageContaining("Normalise")
        .withMessageContaining("export it anew for ONNX Runtime 1.");
  }

  @Test
  void refuses_another_model_when_the_hash_is_pinned() throws Exception {
    Path copy = Files.copy(path("linear"), folder.resolve("linear.onnx"));
    String hash = Model.hash(copy);
    Map<String, String> pinned =
        Map.of("model", copy.toString(), "sha256", hash, "inputs", "x = a, b, c");
    assertThat(new OnnxModel(pinned).outputs(READINGS).has("y")).isTrue();

    Files.write(copy, Files.readAllBytes(path("halves")));

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> new OnnxModel(pinned))
        .withMessageStartingWith("the model " + copy + " has the SHA-256 ")
        .withMessageContaining("but the parameter sha256 wants " + hash);
  }

  /** The script and the files beside it are the same models. */
  @Test
  void models_are_what_the_script_makes() throws Exception {
    Process python;
    try {
      python =
          new ProcessBuilder("python3", "src/test/python/make_models.py", folder.toString())
              .inheritIO()
              .start();
    } catch (IOException e) {
      assumeTrue(false, "there is no python3");
      return;
    }
    assertThat(python.waitFor()).isZero();
    try (Stream<Path> made = Files.list(folder)) {
      assertThat(made)
          .hasSize(10)
          .allSatisfy(file ->
              assertThat(file).hasSameBinaryContentAs(committed(file.getFileName().toString())));
    }
  }
}
