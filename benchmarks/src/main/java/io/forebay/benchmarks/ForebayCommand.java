package io.forebay.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How {@code forebay run} is started. */
final class ForebayCommand {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final String MAIN = "io.forebay.cli.Main";

  private ForebayCommand() {}

  /**
   * Runs a pipeline file as a user would: through the launcher {@code ./forebay}, which ./bench
   * names in the property {@code forebay.launcher}. Tests have no launcher and start the class.
   */
  static List<String> run(Path pipeline, String... options) {
    String launcher = System.getProperty("forebay.launcher");
    List<String> command = new ArrayList<>();
    if (launcher == null) {
      command.addAll(java(System.getProperty("java.class.path"), MAIN));
    } else {
      command.add(launcher);
    }
    command.addAll(List.of("run", pipeline.toString(), "--no-progress"));
    command.addAll(List.of(options));
    return command;
  }

  /** The same with this module's functions on the class path, without the launcher. */
  static List<String> runWithOwnFunctions(Path pipeline) {
    List<String> command = java(System.getProperty("java.class.path"), MAIN);
    command.addAll(List.of("run", pipeline.toString(), "--no-progress"));
    return command;
  }

  /** A fresh JVM with the launcher's flags. */
  static List<String> java(String classPath, String main) {
    return new ArrayList<>(
        List.of(
            JAVA.toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmn24m",
            "-XX:TrimNativeHeapInterval=10000",
            "-cp",
            classPath,
            main));
  }

  /** Writes a pipeline file. */
  static Path pipeline(Path file, String yaml) throws IOException {
    return Files.writeString(file, yaml, StandardCharsets.UTF_8);
  }
}
