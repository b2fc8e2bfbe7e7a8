package io.forebay.cli;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.functions.FunctionCatalog;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code forebay functions}. A jar describes its functions in {@code
 * META-INF/forebay/functions.properties}: class name, and one line.
 */
@Command(
    name = "functions",
    description = "Lists the functions on the class path, with the columns they add.",
    mixinStandardHelpOptions = true)
final class FunctionsCommand implements Callable<Integer> {
  private static final String DESCRIPTIONS = "META-INF/forebay/functions.properties";

  /** What sensors send: the outputs of most functions can be told from it. */
  private static final Schema READINGS =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));

  private final Terminal terminal;

  FunctionsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Properties descriptions = descriptions();
    for (String name : FunctionCatalog.onClassPath()) {
      terminal.out().println(name);
      String description = descriptions.getProperty(name);
      if (description != null) {
        terminal.out().println("    " + description);
      }
      terminal.out().println("    adds " + outputs(name));
    }
    return ExitCode.DONE;
  }

  private static String outputs(String name) {
    try {
      Schema outputs = FunctionBinder.bind(FunctionSpec.of(name), READINGS).outputs();
      return String.join(", ", outputs.fields().stream().map(Field::toString).toList());
    } catch (ConfigurationException e) {
      return "what depends on its input or parameters";
    }
  }

  private static Properties descriptions() throws IOException {
    Properties all = new Properties();
    ClassLoader loader = FunctionsCommand.class.getClassLoader();
    for (URL each : Collections.list(loader.getResources(DESCRIPTIONS))) {
      try (Reader reader = new InputStreamReader(each.openStream(), StandardCharsets.UTF_8)) {
        all.load(reader);
      }
    }
    return all;
  }
}
