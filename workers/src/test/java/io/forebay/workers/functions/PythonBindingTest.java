package io.forebay.workers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.Python;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PythonSettings;
import io.forebay.workers.internal.supervision.PoolFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a Python function has to be, and what is found out of it, before anything starts. */
@Timeout(120)
final class PythonBindingTest {
  @BeforeAll
  static void needsPython() {
    Python.assumeThere();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          refusd.outer            | there is no module 'refusd' in
          refusd.outer            | did you mean 'refused'?
          refused.outr            | has no function 'outr': did you mean 'outer'?
          refused.NUMBER          | is an int, not a function: name a function
          refused.anonymous       | is a lambda: write it with def, at the top level of its module
          refused.nested          | is defined inside of factory: move it to the top level
          refused.outer.inner     | 'inner' is inside of the function 'refused.outer': move it
          refused.Class           | is a class: name a function
          refused.Class.method    | is inside of the class 'refused.Class': move it to the top level
          refused.waits           | is async: a function of a cpu stage computes
          refused.yields          | is a generator: let it return a list
          refused.two_arguments   | cannot be called with the list of records: missing a required
          refused.nothing         | returned None (NoneType) in place of a list
          refused.fewer           | returned 2 records for 3
          refused.needs_a_sensor  | raised KeyError: 'sample-0' (refused.py, line 55) for made-up
          refused.unknown_type    | returns an object for 'x', which does not tell the column's type
          refused.none            | returns a NoneType for 'x'
          refused.mixed           | returns now this type, now that for 'x'
          refused.changes_a_type  | the input column of that name is float64
          refused.outer@rows      | ends in @rows: a function gets records, one at a time with @each, or arrays
          refused.wrong_columns@columns | returned 1 values for 'twice' in a batch of 3 rows
          outer                   | does not name a Python function: write python:module.function
          refused.out-er          | does not name a Python function
          syntax_error.f          | it raised SyntaxError: expected ':'
          syntax_error.f          | (syntax_error.py, line 1)
          raises.f                | it raised ZeroDivisionError: division by zero (raises.py, line 1)
          needs.f                 | needs the module 'no_such_library_anywhere', which
          """)
  void refuses_in_one_sentence_when_workers_could_not_call_it(String function, String sentence) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FunctionBinder.bind(Python.function(function), PoolFixture.INPUT))
        .satisfies(e ->
            assertThat(e.getMessage())
                .contains(old(sentence))
                .doesNotContain("\n")
                .hasSizeLessThan(700));
  }

  /** Python 3.9 says less of a syntax error. */
  private static String old(String sentence) {
    return sentence.contains("SyntaxError") ? "it raised SyntaxError: " : sentence;
  }

  @Test
  void finds_out_the_outputs_when_none_are_declared() {
    assertThat(outputs("acts.processRecordBatch"))
        .isEqualTo(
            Schema.of(
                Field.of("normalized", ColumnType.FLOAT64),
                Field.of("feature", ColumnType.FLOAT64)));
    assertThat(outputs("refused.every_type"))
        .isEqualTo(
            Schema.of(
                Field.of("b", ColumnType.BOOL),
                Field.of("i", ColumnType.INT64),
                Field.of("f", ColumnType.FLOAT64),
                Field.of("s", ColumnType.STRING),
                Field.of("y", ColumnType.BINARY),
                Field.of("l", ColumnType.FLOAT64_LIST)));
    assertThat(outputs("refused.decorated")).hasToString("[x: bool]");
    assertThat(outputs("refused.doubled@columns")).hasToString("[twice: float64]");
    assertThat(outputs("refused.outer")).hasToString("[]");
  }

  @Test
  void believes_what_is_declared_when_the_function_can_only_do_real_records() {
    Schema declared = Schema.of(Field.nullable("offset", ColumnType.FLOAT32));
    assertThat(bind(Python.function("refused.needs_a_sensor", declared)).outputs())
        .isEqualTo(declared);
  }

  @Test
  void refuses_what_is_declared_when_the_function_shows_something_else() {
    refuses(
        Python.function("refused.text", Schema.of(Field.of("x", ColumnType.FLOAT64))),
        "returned 'text' (str) for 'x', which is float64: return a float, or declare another type");
    refuses(
        Python.function("refused.text", Schema.of(Field.of("y", ColumnType.STRING))),
        "returned a record without 'y'");
    refuses(
        Python.function("refused.every_type", Schema.of(Field.of("b", ColumnType.BOOL))),
        "returned 'i', which is not one of its outputs: declare it under outputs");
    refuses(
        Python.function("refused.text", Schema.of(Field.of("forebay:x", ColumnType.STRING))),
        "without 'forebay:x'");
  }

  @Test
  void passes_parameters_when_the_function_takes_them() {
    var spec = Python.function("refused.two_arguments", Map.of("window", "9"));
    assertThat(bind(spec).outputs()).hasToString("[window: string]");
    refuses(
        Python.function("refused.two_arguments", Map.of("windw", "9")),
        "cannot be called with the list of records and the parameters windw: ");
  }

  @Test
  void refuses_to_run_in_this_process_when_it_is_asked_to() {
    BoundFunction bound = bind(Python.function("acts.processRecordBatch"));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(bound::newInstance)
        .withMessageContaining("is a Python function, which runs in processes only");
  }

  @Test
  void refuses_the_interpreter_when_there_is_none_or_it_is_old(@TempDir Path folder)
      throws Exception {
    refuses(with("no-such-python"), "the Python interpreter 'no-such-python' cannot be used");
    refuses(
        with("./no/such/python"),
        "there is no Python interpreter " + Path.of("no/such/python").toAbsolutePath());
    refuses(with("true"), "the process of true that was to import it ended itself with exit code");
    // Says that it is Python 3.8, and is what it is otherwise.
    Path old = folder.resolve("python3.8");
    Files.writeString(
        old,
        """
        #!/bin/sh
        { echo 'import sys; sys.version_info = (3, 8); sys.version = "3.8.1 "'; cat; } |
          exec python3 "$@"
        """);
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwx------"));
    refuses(with(old.toString()), "Forebay needs Python 3.9 or newer, but ");
  }

  @Test
  void runs_in_the_virtual_environment_when_its_interpreter_is_named(@TempDir Path folder)
      throws Exception {
    Path environment = folder.resolve("venv");
    Process made =
        new ProcessBuilder("python3", "-m", "venv", "--without-pip", environment.toString())
            .redirectErrorStream(true)
            .start();
    made.getInputStream().readAllBytes();
    assertThat(made.waitFor()).isZero();
    Path packages;
    try (var found = Files.walk(environment, 4)) {
      packages = found.filter(path -> path.endsWith("site-packages")).findFirst().orElseThrow();
    }
    Files.writeString(
        packages.resolve("only_there.py"),
        """
        def f(records):
            return [{**each, "there": True} for each in records]
        """);
    refuses(Python.function("only_there.f"), "there is no module 'only_there'");
    String interpreter = environment.resolve("bin/python").toString();
    var settings = new PythonSettings(interpreter, List.of(), Optional.empty(), RowShape.SAME);
    BoundFunction bound = bind(new FunctionSpec("python:only_there.f", Map.of(), settings));
    assertThat(bound.outputs()).hasToString("[there: bool]");
  }

  private static FunctionSpec with(String interpreter) {
    return new FunctionSpec(
        "python:acts.copies",
        Map.of(),
        new PythonSettings(
            interpreter, List.of(Python.FUNCTIONS), Optional.empty(), RowShape.SAME));
  }

  private static Schema outputs(String function) {
    return bind(Python.function(function)).outputs();
  }

  private static BoundFunction bind(FunctionSpec spec) {
    return FunctionBinder.bind(spec, PoolFixture.INPUT);
  }

  private static void refuses(FunctionSpec spec, String sentence) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> bind(spec))
        .withMessageContaining(sentence);
  }
}
