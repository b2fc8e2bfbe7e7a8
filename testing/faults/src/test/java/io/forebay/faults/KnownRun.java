package io.forebay.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What the command says of a known pipeline.
 *
 * @param causes as {@code waits of work}, the most important one first
 */
record KnownRun(double recordsPerSecond, List<String> causes, Map<?, ?> diagnosis) {
  private static final Map<String, Integer> NO_GAIN = Map.of("factor", 1, "low", 1, "high", 1);

  /** Runs it to its end, in a folder of its own. */
  static KnownRun of(KnownPipeline pipeline, Path folder, List<String> changes)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    try (KnownSurroundings surroundings = new KnownSurroundings(pipeline, folder)) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.forebay.cli.Main"));
      command.addAll(List.of("run", "pipeline.yaml", "--summary", "summary.json"));
      for (String change : changes) {
        command.add("--set");
        command.add(change);
      }
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectError(folder.resolve("log").toFile())
              .start();
      Thread reader = Thread.ofPlatform().start(() -> surroundings.read(process.inputReader()));
      if (pipeline.number("stop") > 0) {
        process.waitFor(pipeline.number("stop"), TimeUnit.SECONDS);
        process.destroy();
      }
      if (!process.waitFor(100, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      reader.join();
    }
    Path summary = folder.resolve("summary.json");
    if (!Files.exists(summary)) {
      String log = Files.readString(folder.resolve("log"));
      return new KnownRun(0, List.of("no end"), Map.of("log", log, "gain", NO_GAIN, "advice", ""));
    }
    return read(Files.readString(summary));
  }

  private static KnownRun read(String summary) {
    Map<?, ?> json = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(summary);
    Map<?, ?> first = (Map<?, ?>) json.get("diagnosis");
    List<String> causes = new ArrayList<>();
    causes.add(cause(first));
    if (first.get("also") instanceof List<?> also) {
      also.forEach(each -> causes.add(cause((Map<?, ?>) each)));
    }
    return new KnownRun(((Number) json.get("recordsPerSecond")).doubleValue(), causes, first);
  }

  private static String cause(Map<?, ?> diagnosis) {
    return diagnosis.get("kind") + " of " + diagnosis.get("part");
  }

  /** One of {@code factor}, {@code low} and {@code high}. */
  double gain(String name) {
    return ((Number) ((Map<?, ?>) diagnosis.get("gain")).get(name)).doubleValue();
  }

  /** A figure that it was drawn from; empty where there is none. */
  String evidence(String name) {
    return diagnosis.get("evidence") instanceof Map<?, ?> figures && figures.containsKey(name)
        ? String.valueOf(figures.get(name))
        : "";
  }

  /** What is advised, as {@code --set} takes it: {@code stages.work.workers=4}. */
  List<String> advice() {
    List<String> changes = new ArrayList<>();
    String section = "";
    for (String line : diagnosis.get("advice").toString().lines().toList()) {
      String[] parts = line.strip().split(": *", 2);
      if (line.startsWith("  - name: ")) {
        section += parts[1] + ".";
      } else if (parts[1].isEmpty()) {
        section = parts[0] + ".";
      } else {
        changes.add((line.startsWith(" ") ? section : "") + parts[0] + "=" + parts[1]);
      }
    }
    return changes;
  }
}
