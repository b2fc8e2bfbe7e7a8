package io.forebay.cli.connectors;

import io.forebay.config.Connector;
import io.forebay.config.KeyText;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.text.Nearest;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code forebay connectors}. */
@Command(
    name = "connectors",
    description = {
      "Lists the sources and sinks that pipeline files can name, each with what it needs at least.",
      "With a type, such as mqtt: its keys, what they take, and what holds without them."
    },
    mixinStandardHelpOptions = true)
public final class ConnectorsCommand implements Callable<Integer> {
  private final PrintStream out;

  @Parameters(arity = "0..1", paramLabel = "TYPE", description = "As in type: TYPE.")
  private @Nullable String type;

  /** Prints there. */
  public ConnectorsCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    List<Connector> all = Connector.all();
    if (type == null) {
      list("sources", all);
      list("sinks", all);
      out.println();
      out.println("forebay connectors TYPE tells the keys of one of them.");
      return 0;
    }
    List<Connector> found = all.stream().filter(each -> each.type().equals(type)).toList();
    if (found.isEmpty()) {
      Set<String> types =
          all.stream().map(Connector::type).collect(Collectors.toCollection(LinkedHashSet::new));
      throw new ConfigurationException(
          "there is no source or sink of type '"
              + type
              + "': "
              + Nearest.to(type, types)
                  .map(nearest -> "did you mean " + nearest + "?")
                  .orElse("there are " + String.join(", ", types)));
    }
    for (Connector each : found) {
      out.println(each.direction() + "s: " + minimal(each));
      each.keys().forEach(this::print);
      out.println("  of every " + each.direction() + ":");
      each.common().forEach(this::print);
    }
    return 0;
  }

  private void list(String parts, List<Connector> all) {
    out.println(parts + ":");
    for (Connector each : all) {
      if (parts.startsWith(each.direction())) {
        out.println("  " + minimal(each));
      }
    }
  }

  /** A line of YAML with the keys that it cannot be without. */
  private static String minimal(Connector connector) {
    List<String> keys = new ArrayList<>();
    if (connector.direction().equals("source")) {
      keys.add("name: NAME");
    }
    keys.add("type: " + connector.type());
    for (KeyText key : connector.keys()) {
      if (key.isRequired() && !key.name().equals("name")) {
        keys.add(key.name() + ": " + (key.value().equals("list") ? "[…]" : "…"));
      }
    }
    return "- { " + String.join(", ", keys) + " }";
  }

  private void print(KeyText key) {
    out.println(
        "    "
            + key.name()
            + ": "
            + key.value()
            + (key.isRequired() ? " (required). " : " (default: " + key.otherwise() + "). ")
            + key.meaning());
  }
}
