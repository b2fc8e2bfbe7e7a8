package io.forebay.cli;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.functions.FunctionCatalog;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code forebay functions}: what each function says of itself, see {@link FunctionDescription}; of
 * those that say nothing, the columns that they add to readings.
 */
@Command(
    name = "functions",
    description =
        "Lists the functions on the class path, with their parameters, columns and an example.",
    mixinStandardHelpOptions = true)
final class FunctionsCommand implements Callable<Integer> {
  /** What sensors send: the outputs of most functions can be told from it. */
  private static final Schema READINGS =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));

  private final Terminal terminal;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "Only those that have this in their names.")
  private @Nullable String wanted;

  FunctionsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<Class<?>> found =
        FunctionCatalog.onClassPath().stream()
            .filter(each -> wanted == null || lower(each.getName()).contains(lower(wanted)))
            .toList();
    if (found.isEmpty()) {
      terminal
          .err()
          .println(
              "there is no function with '"
                  + wanted
                  + "' in its name: forebay functions lists them all");
      return ExitCode.USAGE;
    }
    for (Class<?> each : found) {
      terminal.out().println(each.getName());
      Optional<FunctionDescription> description = FunctionDescription.of(each);
      if (description.isPresent()) {
        print(description.get(), terminal.out());
      } else {
        terminal.out().println("    adds " + outputs(each.getName()));
      }
    }
    return ExitCode.DONE;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static void print(FunctionDescription description, PrintStream out) {
    out.println("    " + description.summary());
    out.println("    adds " + description.adds());
    out.println("    reads " + description.reads());
    if (!description.formula().isEmpty()) {
      out.println("    computes " + description.formula());
    }
    for (Parameter<?> each : description.parameters()) {
      out.println(
          "    "
              + each.name()
              + ": "
              + each.takes()
              + " ("
              + each.otherwise().map(text -> "default: " + text).orElse("required")
              + "). "
              + each.meaning());
    }
    out.println("    example " + description.example());
  }

  private static String outputs(String name) {
    try {
      Schema outputs = FunctionBinder.bind(FunctionSpec.of(name), READINGS).outputs();
      return String.join(", ", outputs.fields().stream().map(Field::toString).toList());
    } catch (ConfigurationException e) {
      return "what depends on its input or parameters";
    }
  }
}
