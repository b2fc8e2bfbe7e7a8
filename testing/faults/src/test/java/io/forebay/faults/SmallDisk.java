package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk in memory that soon is full, and can be made larger. Only root may have one. */
record SmallDisk(Path path) implements AutoCloseable {
  /** Skips the test where it cannot be had. */
  static SmallDisk mount(Path path, String size) throws IOException, InterruptedException {
    Files.createDirectories(path);
    String answer = command("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path.toString());
    assumeTrue(answer.isEmpty(), "a small disk cannot be mounted here: " + answer);
    return new SmallDisk(path);
  }

  void resize(String size) throws IOException, InterruptedException {
    assertThat(command("mount", "-o", "remount,size=" + size, path.toString())).isEmpty();
  }

  /** Whether hardly anything more can be written; a spool takes back what it could not write. */
  boolean isFull() throws IOException {
    return Files.getFileStore(path).getUsableSpace() < 64 << 10;
  }

  /** Unmounts it. */
  @Override
  public void close() throws IOException {
    try {
      command("umount", path.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the command answers; empty if it went well. */
  private static String command(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : "exit " + process.exitValue() + " " + printed;
  }
}
