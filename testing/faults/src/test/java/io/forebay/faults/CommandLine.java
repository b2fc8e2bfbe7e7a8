package io.forebay.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The command {@code forebay} in processes of its own, started as the launcher starts it. */
final class CommandLine {
  private final Path folder;
  private final Path java;
  private final String main;
  private final Map<String, String> environment;

  /** Commands run in {@code folder}; what they print goes to {@code folder/log}. */
  CommandLine(Path folder) {
    this(folder, Map.of());
  }

  /**
   * @param environment variables that the commands have besides those of this process
   */
  CommandLine(Path folder, Map<String, String> environment) {
    this(
        folder,
        Path.of(System.getProperty("java.home"), "bin", "java"),
        "io.forebay.cli.Main",
        environment);
  }

  /** Commands that show a wall clock of their own to themselves and their workers. */
  CommandLine(Path folder, WallClock clock) {
    this(folder, clock.java(), WallClock.Main.class.getName(), Map.of());
  }

  private CommandLine(Path folder, Path java, String main, Map<String, String> environment) {
    this.folder = folder;
    this.java = java;
    this.main = main;
    this.environment = environment;
  }

  Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:-OmitStackTraceInFastThrow");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Runs the command to its end. */
  int run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).waitFor();
  }

  /**
   * What a summary file in the folder counts over all runs: read, delivered, dead-lettered,
   * filtered, dropped, in flight.
   */
  List<Long> acrossRuns(String summaryFile) throws IOException {
    String json = Files.readString(folder.resolve(summaryFile));
    int from = json.indexOf("\"recordsAcrossRuns\"");
    String counts = json.substring(from, json.indexOf('}', from));
    return Pattern.compile("\\d+")
        .matcher(counts)
        .results()
        .map(each -> Long.valueOf(each.group()))
        .toList();
  }

  /** A port of this machine that nobody listens on now. */
  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** What all commands printed so far. */
  String printed() throws IOException {
    return Files.exists(log()) ? Files.readString(log()) : "";
  }

  Path log() {
    return folder.resolve("log");
  }

  /** Processes of any kind that work in the folder: the command's own and its workers. */
  List<String> processes() throws IOException {
    List<String> found = new ArrayList<>();
    Path here = folder.toRealPath();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : (Iterable<Path>) processes::iterator) {
        try {
          if (Files.isSymbolicLink(process.resolve("cwd"))
              && Files.readSymbolicLink(process.resolve("cwd")).equals(here)) {
            found.add(
                process.getFileName()
                    + " "
                    + Files.readString(process.resolve("cmdline")).replace('\0', ' '));
          }
        } catch (IOException e) {
          // It has ended meanwhile, or is none of ours.
        }
      }
    }
    return found;
  }
}
