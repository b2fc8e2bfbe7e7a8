package io.forebay.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How {@code forebay run} is started. */
final class ForebayCommand {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final @Nullable String LAUNCHER = System.getProperty("forebay.launcher");
  private static final Pattern FLAGS = Pattern.compile("JVM_FLAGS='([^']*)'");
  private static final String MAIN = "io.forebay.cli.Main";

  private ForebayCommand() {}

  /**
   * Runs a pipeline file as a user would: through the launcher {@code ./forebay}, which tools/bench
   * names in the property {@code forebay.launcher}. Tests have no launcher and start the class.
   */
  static List<String> run(Path pipeline, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    if (LAUNCHER == null) {
      command.addAll(java(System.getProperty("java.class.path"), MAIN));
    } else {
      command.add(LAUNCHER);
    }
    command.addAll(List.of("run", pipeline.toString(), "--no-progress"));
    command.addAll(List.of(options));
    return command;
  }

  /** The same with this module's functions on the class path, without the launcher. */
  static List<String> runWithOwnFunctions(Path pipeline) throws IOException {
    List<String> command = java(System.getProperty("java.class.path"), MAIN);
    command.addAll(List.of("run", pipeline.toString(), "--no-progress"));
    return command;
  }

  /** A fresh JVM with the launcher's flags, where there is a launcher. */
  static List<String> java(String classPath, String main) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(JAVA.toString());
    if (LAUNCHER == null) {
      command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"));
    } else {
      Matcher flags = FLAGS.matcher(Files.readString(Path.of(LAUNCHER)));
      if (!flags.find()) {
        throw new IOException(LAUNCHER + " has no JVM_FLAGS");
      }
      command.addAll(List.of(flags.group(1).split("\\s+")));
    }
    command.addAll(List.of("-cp", classPath, main));
    return command;
  }

  /** Writes a pipeline file. */
  static Path pipeline(Path file, String yaml) throws IOException {
    return Files.writeString(file, yaml, StandardCharsets.UTF_8);
  }
}
