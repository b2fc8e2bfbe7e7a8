package io.forebay.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Senders in a process of their own, so that they do not share the engine's threads. The program
 * says {@code connected} when all of them are, sends until it is given a line, then says {@code
 * sent} and how many messages it has sent.
 */
final class Senders implements AutoCloseable {
  private final Process process;
  private final BufferedReader said;

  private Senders(Process process) {
    this.process = process;
    this.said = process.inputReader(US_ASCII);
  }

  /**
   * Starts {@code program} and waits until all are connected.
   *
   * @param port of this machine, to connect to
   * @param count how many there are to be
   */
  static Senders connect(Class<?> program, int port, int count) throws IOException {
    Senders senders =
        new Senders(
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    program.getName(),
                    String.valueOf(port),
                    String.valueOf(count))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    try {
      assertThat(senders.said.readLine()).isEqualTo("connected");
    } catch (IOException | AssertionError e) {
      senders.close();
      throw e;
    }
    return senders;
  }

  /** Ends the sending; returns how many messages were sent. */
  long stop() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    String last = said.readLine();
    assertThat(last).startsWith("sent ");
    return Long.parseLong(last.substring(5));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
