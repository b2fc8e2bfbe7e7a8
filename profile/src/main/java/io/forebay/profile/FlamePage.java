package io.forebay.profile;

import io.forebay.profile.Code.Owner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import one.convert.Arguments;
import one.convert.FlameGraph;

/**
 * A flame graph as one page that needs nothing else. It is async-profiler's, with its colours for
 * how code was compiled in use for whose code it is.
 */
final class FlamePage {
  private static final Map<Owner, String> COLOURS =
      Map.of(Owner.FUNCTION, "_[j]", Owner.FOREBAY, "_[i]", Owner.LIBRARY, "_[0]");

  /** Words of its pages, and what is meant here. */
  private static final List<Map.Entry<String, String>> WORDS =
      List.of(
          Map.entry(">Java compiled</dd>", ">The function</dd>"),
          Map.entry(">Inlined</dd>", ">Forebay</dd>"),
          Map.entry(">Interpreted</dd>", ">Library of Java or Python</dd>"),
          Map.entry(">C++ (VM)</dd>", ">Java virtual machine</dd>"),
          Map.entry("'1 sample'", "'1 µs of CPU time'"),
          Map.entry("' samples'", "' µs of CPU time'"));

  private FlamePage() {}

  /**
   * The stacks, each frame in the colour of its owner; what no language calls a frame has its own.
   */
  static Stacks coloured(Stacks stacks, Function<String, Owner> owners) {
    Stacks coloured = new Stacks();
    stacks.forEach((frames, nanos) ->
        coloured.add(
            frames.stream().map(frame -> coloured(frame, owners.apply(frame))).toList(), nanos));
    return coloured;
  }

  private static String coloured(String frame, Owner owner) {
    boolean machine = owner == Owner.LIBRARY && !Code.isOfLanguage(frame);
    return machine ? frame : Code.bare(frame) + COLOURS.get(owner);
  }

  /** A page that shows them. */
  static String of(String title, Stacks coloured) throws IOException {
    Arguments arguments = new Arguments();
    arguments.title = escaped(title);
    FlameGraph graph = new FlameGraph(arguments);
    graph.parseCollapsed(new StringReader(String.join("\n", micros(coloured))));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    graph.dump(bytes);
    String page = bytes.toString(StandardCharsets.UTF_8);
    for (Map.Entry<String, String> word : WORDS) {
      page = page.replace(word.getKey(), word.getValue());
    }
    return page.replace("<head>\n", "<head>\n<title>" + escaped(title) + "</title>\n");
  }

  private static List<String> micros(Stacks stacks) {
    List<String> lines = new ArrayList<>();
    stacks.forEach((frames, nanos) -> {
      // The names are put into a script.
      String stack = String.join(";", frames).replace("</", "< /");
      lines.add(stack + " " + Math.max(1, nanos / 1000));
    });
    lines.sort(null);
    return lines;
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
