package io.forebay.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Other programs: run once and timed, or kept and asked line by line. */
final class Subprocess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /**
   * A program that has ended.
   *
   * @param seconds from before its start to after its end
   * @param cpuSeconds of it and of the children that it waited for; NaN where the system does not
   *     tell
   */
  record Ended(int exitCode, String output, double seconds, double cpuSeconds) {}

  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  private Subprocess(Process process) {
    this.process = process;
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Runs a program to its end; an exit code other than 0 throws with what it printed. */
  static Ended run(List<String> command) throws IOException {
    return run(command, Path.of(""));
  }

  /** As the other one, in a working directory. */
  static Ended run(List<String> command, Path directory) throws IOException {
    Path output = Files.createTempFile("forebay-bench", ".out");
    try {
      double cpuBefore = childrenCpuSeconds();
      long begin = System.nanoTime();
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toAbsolutePath().toFile())
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(output.toFile())
              .start();
      await(process, command);
      double seconds = (System.nanoTime() - begin) / 1e9;
      double cpu = childrenCpuSeconds() - cpuBefore;
      String text = Files.readString(output, StandardCharsets.UTF_8);
      if (process.exitValue() != 0) {
        throw new IOException(
            String.join(" ", command) + " ended with " + process.exitValue() + ":\n" + text);
      }
      return new Ended(process.exitValue(), text, seconds, cpu);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static void await(Process process, List<String> command) throws IOException {
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(String.join(" ", command) + " did not end within " + LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + String.join(" ", command), e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Starts a program that answers each line on its input with one on its output. */
  static Subprocess start(List<String> command) throws IOException {
    return new Subprocess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Asks and waits for the answer. */
  String ask(String request) throws IOException {
    requests.write(request);
    requests.newLine();
    requests.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the process asked '" + request + "' has ended");
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    requests.close();
    await(process, List.of(process.info().command().orElse("a process")));
  }

  /** CPU time of all ended children of this process, in seconds. */
  private static double childrenCpuSeconds() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.UTF_8);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / 100.0;
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
