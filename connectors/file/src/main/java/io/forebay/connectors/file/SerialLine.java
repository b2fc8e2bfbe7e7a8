package io.forebay.connectors.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Sets a serial line to a speed, and to hand on bytes as they are: with {@code stty}. */
final class SerialLine {
  private SerialLine() {}

  /**
   * Sets the line.
   *
   * @throws IOException with what {@code stty} says, if it cannot be set
   */
  static void set(Path device, int baud) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("stty", "-F", device.toString(), Integer.toString(baud), "raw", "-echo")
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("it cannot be set to " + baud + " baud: " + said);
    }
  }
}
