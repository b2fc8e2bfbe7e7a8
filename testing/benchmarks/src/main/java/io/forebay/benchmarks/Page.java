package io.forebay.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of Markdown, parts of which are written by a command.
 *
 * <pre>
 * &lt;!-- measured: NAME --&gt;    what is between the two is replaced
 * &lt;!-- end --&gt;
 * &lt;!-- code: FILE --&gt;        the block of code that follows stands in that file of the repository
 * </pre>
 */
final class Page {
  private static final Pattern MEASURED =
      Pattern.compile("(<!-- measured: ([a-z0-9-]+) -->\n)(.*?)(<!-- end -->)", Pattern.DOTALL);
  private static final Pattern CODE =
      Pattern.compile("<!-- code: (\\S+) -->\n```\\w+\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  /** A block of code, and the file that it is from. */
  record Code(String file, String text) {}

  private String text;

  private Page(String text) {
    this.text = text;
  }

  static Page read(Path file) throws IOException {
    return new Page(Files.readString(file, StandardCharsets.UTF_8));
  }

  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  /** The names of the parts that are measured, in their order. */
  List<String> measured() {
    return MEASURED.matcher(text).results().map(match -> match.group(2)).toList();
  }

  /** Replaces what is measured under that name. */
  void set(String name, String markdown) {
    StringBuilder replaced = new StringBuilder();
    Matcher matcher = MEASURED.matcher(text);
    boolean found = false;
    while (matcher.find()) {
      boolean it = matcher.group(2).equals(name);
      found |= it;
      String body = it ? markdown.strip() + "\n" : matcher.group(3);
      matcher.appendReplacement(
          replaced, Matcher.quoteReplacement(matcher.group(1) + body + matcher.group(4)));
    }
    if (!found) {
      throw new IllegalArgumentException("the page has no part '" + name + "'");
    }
    text = matcher.appendTail(replaced).toString();
  }

  /** What is written under that name. */
  String part(String name) {
    return MEASURED
        .matcher(text)
        .results()
        .filter(match -> match.group(2).equals(name))
        .findFirst()
        .orElseThrow()
        .group(3);
  }

  /** The blocks of code that stand in files, too. */
  List<Code> code() {
    return CODE.matcher(text).results().map(m -> new Code(m.group(1), m.group(2))).toList();
  }

  /** The commands that a reader is told to run, without comments. */
  List<String> commands() {
    List<String> commands = new ArrayList<>();
    SHELL
        .matcher(text)
        .results()
        .flatMap(block -> block.group(1).lines())
        .map(line -> line.replaceFirst("\\s+#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .forEach(commands::add);
    return commands;
  }

  /** The headings of slides. */
  List<String> headings() {
    return text.lines().filter(line -> line.startsWith("## ")).toList();
  }

  // ------------------------------------------------------------------ Markdown

  /** Contestants with their medians and spreads. */
  static String table(String first, List<Series> all) {
    StringBuilder table =
        new StringBuilder("| " + first + " | median | least | most |\n|---|---:|---:|---:|\n");
    for (Series series : all) {
      table.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  series.name(),
                  value(series, series.median()),
                  value(series, series.min()),
                  value(series, series.max())));
    }
    return table.toString();
  }

  private static String value(Series series, double value) {
    return Series.digits(value) + " " + series.unit();
  }
}
