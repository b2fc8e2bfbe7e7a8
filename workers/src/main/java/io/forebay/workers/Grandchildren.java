package io.forebay.workers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Processes that a worker's function has started: they end with their worker. A process whose
 * parent has died is adopted by another one, so that descent does not tell them; a mark in the
 * environment, which is inherited, does. Linux only; a process that clears its environment gets
 * away.
 */
final class Grandchildren {
  /** Names a worker to those that it starts. */
  static final String VARIABLE = "FOREBAY_WORKER";

  private static final int MOST_PASSES = 20;

  private static final Path PROCESSES = Path.of("/proc");

  private Grandchildren() {}

  /** Kills what the ended worker of that mark has left behind; returns how many there were. */
  static int kill(String mark) {
    Set<Long> killed = new HashSet<>();
    // Some may have started others before their turn came; one that is dying counts once.
    boolean more = true;
    for (int pass = 0; more && pass < MOST_PASSES; pass++) {
      more = killOnce(mark, killed);
    }
    return killed.size();
  }

  /** Whether there was one that is not among {@code killed} yet. */
  private static boolean killOnce(String mark, Set<Long> killed) {
    boolean more = false;
    if (Files.isDirectory(PROCESSES)) {
      byte[] wanted = (VARIABLE + "=" + mark).getBytes(StandardCharsets.UTF_8);
      try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
        for (Path process : processes) {
          if (has(process.resolve("environ"), wanted)) {
            long pid = Long.parseLong(process.getFileName().toString());
            if (ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false)) {
              more |= killed.add(pid);
            }
          }
        }
      } catch (IOException | NumberFormatException e) {
        return more; // There is no such file system here.
      }
    }
    return more;
  }

  /** In a worker that ends because its engine is gone. */
  static void killOwn() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  private static boolean has(Path environment, byte[] wanted) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(environment);
    } catch (IOException e) {
      return false; // Another user's, or gone.
    }
    for (int from = 0; from < bytes.length; ) {
      int to = from;
      while (to < bytes.length && bytes[to] != 0) {
        to++;
      }
      if (Arrays.equals(bytes, from, to, wanted, 0, wanted.length)) {
        return true;
      }
      from = to + 1;
    }
    return false;
  }
}
