package io.forebay.benchmarks;

import io.forebay.errors.ConfigurationException;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.api.FunctionSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures everything that {@code docs/guide/lecture.md} tells, slide by slide, and writes it into
 * that page and its picture: {@code tools/bench lecture}. A short run writes copies elsewhere.
 */
final class Lecture {
  static final String PAGE = "lecture.md";
  static final String PICTURE = "lecture-batch-size.svg";

  private final Session session;
  private final Page page;
  private final Path folder;

  private Lecture(Session session, Page page, Path folder) {
    this.session = session;
    this.page = page;
    this.folder = folder;
  }

  /** Measures on this machine; {@code target} is where benchmarks write. */
  static void run(boolean brief, Path target) throws Exception {
    Path guide = Rivals.repository().resolve("docs/guide");
    Session session = new Session(brief, target.resolve("data"));
    Page page = Page.read(guide.resolve(PAGE));
    Path folder = brief ? target.resolve("lecture") : guide;
    new Lecture(session, page, folder).measure();
    page.write(folder.resolve(PAGE));
    System.out.println("written: " + folder.resolve(PAGE));
  }

  private void measure() throws Exception {
    set("machine", machine());
    Contest loops = EventLoopDelay.contest(session, session.brief() ? 0.1 : 1.5);
    set("frozen-loop", Page.table("a 1 ms timer", loops.all()));
    set("cores", LectureCores.measure(session));
    set("border", border());
    set("batch-size", curves());
    set("refused", refused());
    set("same-results", SameResults.measure(session));
    set("whole", example("lecture.yaml"));
    set("tools", example("kinds.yaml"));
  }

  private void set(String part, String markdown) {
    page.set(part, markdown);
    System.out.printf("%n%s%n%s%n", part, markdown);
  }

  private String machine() {
    Machine machine = Machine.here();
    return ("Measured by `tools/bench lecture`, medians of %d rounds, on %d cores (%s), %s, Java"
            + " %s, %s; load average at the start %s%s.%n")
        .formatted(
            session.rounds(),
            machine.cores(),
            machine.processor(),
            machine.kernel(),
            machine.java(),
            machine.python(),
            machine.loadAverage().replaceFirst("^(\\S+ \\S+ \\S+).*", "$1"),
            session.brief() ? "; a short run, whose figures mean nothing" : "");
  }

  private String border() throws Exception {
    return Page.table("an empty call and back", RoundTrip.idle(session).all());
  }

  private String curves() throws Exception {
    List<BatchCurve.Curve> curves = LectureBatches.measure(session);
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(PICTURE), BatchCurve.svg(curves), StandardCharsets.UTF_8);
    return "![Records a second over the size of a batch]("
        + PICTURE
        + ")\n\n"
        + LectureBatches.table(curves);
  }

  // ------------------------------------------------------------------ slide 8

  private static String refused() {
    StringBuilder table = new StringBuilder("| what | the sentence |\n|---|---|\n");
    Map<String, String> java =
        Map.of(
            "a lambda", Refused.LAMBDA.getClass().getName().replaceAll("/.*", ""),
            "an inner class", Refused.Inner.class.getName(),
            "an open connection", Refused.Connected.class.getName(),
            "a component without a column", Refused.Misspelt.class.getName(),
            "a misspelt class", "io.forebay.functions.LectureFeature");
    for (String what :
        List.of(
            "a lambda",
            "an inner class",
            "an open connection",
            "a component without a column",
            "a misspelt class")) {
      table.append(row("Java: " + what, FunctionSpec.of(java.getOrDefault(what, ""))));
    }
    for (String name :
        List.of("shortcut", "nested", "waits", "yields", "Features", "forgets", "forgetz")) {
      table.append(row("Python: `" + name + "`", Rivals.function("refused." + name)));
    }
    return table.toString();
  }

  private static String row(String what, FunctionSpec spec) {
    try {
      FunctionBinder.bind(spec, Readings.SCHEMA);
    } catch (ConfigurationException e) {
      String sentence =
          String.valueOf(e.getMessage())
              .replace(Rivals.repository() + "/", "")
              .replace("|", "\\|")
              .replace("\n", " ");
      return "| " + what + " | " + sentence + " |\n";
    }
    throw new IllegalStateException(what + " was not refused");
  }

  // ------------------------------------------------------------------ slides 10 and 11

  /** Runs an example as a user would, in a folder of its own; returns what it printed. */
  private String example(String name) throws IOException {
    Path here = session.file("lecture");
    Path source = Rivals.repository().resolve("examples").resolve(name);
    Path copy = Files.createDirectories(here.resolve("examples")).resolve(name);
    Files.writeString(copy, Files.readString(source));
    List<String> command = new ArrayList<>(ForebayCommand.run(Path.of("examples", name)));
    if (command.getFirst().startsWith("./")) {
      command.set(0, Rivals.repository().resolve(command.getFirst()).normalize().toString());
    }
    Subprocess.Ended ended = Subprocess.run(command, here);
    return "```\n" + ended.output().strip() + "\n```\n";
  }
}
