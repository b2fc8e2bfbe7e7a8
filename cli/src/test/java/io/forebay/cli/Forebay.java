package io.forebay.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The command in a process of its own, in a working directory of its own. */
final class Forebay implements AutoCloseable {
  /** A drain deadline short enough for tests. */
  static final Duration DEADLINE = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path SCRIPT = Path.of("/usr/bin/script");

  private final Process process;
  private final Path out;
  private final Path err;

  private Forebay(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** The main class of the tests: forebay with a short drain deadline. */
  public static void main(String[] args) {
    System.exit(Main.run(DEADLINE, args));
  }

  /** What the command did. */
  record Result(int exitCode, String out, String err) {}

  /** Runs the command to its end. */
  static Result run(Path workingDirectory, String... args) throws Exception {
    try (Forebay forebay = start(workingDirectory, args)) {
      return forebay.await();
    }
  }

  /** Runs the command to its end, with further variables in its environment. */
  static Result run(Path workingDirectory, Map<String, String> environment, String... args)
      throws Exception {
    Path out = Files.createTempFile("forebay", ".out");
    ProcessBuilder.Redirect stdout = ProcessBuilder.Redirect.to(out.toFile());
    try (Forebay forebay = start(workingDirectory, environment, out, stdout, args)) {
      return forebay.await();
    }
  }

  /** Starts the command; what it prints goes to files beside the working directory. */
  static Forebay start(Path workingDirectory, String... args) throws IOException {
    Path out = Files.createTempFile("forebay", ".out");
    return start(workingDirectory, out, ProcessBuilder.Redirect.to(out.toFile()), args);
  }

  /** Starts the command with a standard output that nobody reads. */
  static Forebay startUnread(Path workingDirectory, String... args) throws IOException {
    return start(
        workingDirectory,
        Files.createTempFile("forebay", ".out"),
        ProcessBuilder.Redirect.PIPE,
        args);
  }

  /** Whether there is what makes a terminal for a test: {@code script} of util-linux. */
  static boolean hasTerminals() {
    return Files.isExecutable(SCRIPT);
  }

  /** Starts the command on a terminal of its own, which is its whole output. */
  static Forebay startOnTerminal(Path workingDirectory, String... args) throws IOException {
    Path out = Files.createTempFile("forebay", ".out");
    String command =
        command(args).stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    ProcessBuilder builder =
        new ProcessBuilder(SCRIPT.toString(), "-qfec", command, "/dev/null")
            .directory(workingDirectory.toFile())
            .redirectOutput(out.toFile())
            .redirectErrorStream(true);
    builder.environment().put("TERM", "xterm");
    return new Forebay(builder.start(), out, out);
  }

  private static Forebay start(
      Path workingDirectory, Path out, ProcessBuilder.Redirect stdout, String... args)
      throws IOException {
    return start(workingDirectory, Map.of(), out, stdout, args);
  }

  private static Forebay start(
      Path workingDirectory,
      Map<String, String> environment,
      Path out,
      ProcessBuilder.Redirect stdout,
      String... args)
      throws IOException {
    Path err = Files.createTempFile("forebay", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command(args))
            .directory(workingDirectory.toFile())
            .redirectOutput(stdout)
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    return new Forebay(builder.start(), out, err);
  }

  private static List<String> command(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            absoluteClassPath(),
            Forebay.class.getName()));
    command.addAll(List.of(args));
    return command;
  }

  private static String absoluteClassPath() {
    List<String> entries = new ArrayList<>();
    for (String entry :
        System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(java.io.File.pathSeparator, entries);
  }

  /** Its standard input. */
  void send(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
  }

  /** Whether it has not ended. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** Kills it after so many milliseconds, unless it has ended. */
  void killAfter(long millis) throws InterruptedException {
    if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /** Sends a signal, {@code INT} or {@code TERM}. */
  void signal(String name) throws IOException, InterruptedException {
    int exitCode =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (exitCode != 0) {
      throw new IOException("kill -" + name + " failed");
    }
  }

  /** How many bytes of its standard output wait to be read; a full pipe holds 65,536. */
  int unread() throws IOException {
    return process.getInputStream().available();
  }

  /** What it has printed to the standard error. */
  String err() {
    try {
      return Files.readString(err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Result await() throws Exception {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("forebay did not end; it printed: " + err());
    }
    return new Result(process.exitValue(), Files.readString(out), err());
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(out);
    Files.deleteIfExists(err);
  }
}
