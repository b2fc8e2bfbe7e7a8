package io.forebay.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Memory of a process and its descendants, from {@code /proc/<pid>/smaps_rollup}; in MiB.
 *
 * @param engine resident size of the process
 * @param workers resident sizes of its descendants, added up
 * @param together proportional sizes of all, added up: pages that several share count once
 */
record ResidentSize(double engine, double workers, double together) {

  /** Now. */
  static ResidentSize of(ProcessHandle process) {
    double together = kib(process.pid(), "Pss:");
    double workers = 0;
    for (ProcessHandle worker : process.descendants().toList()) {
      workers += kib(worker.pid(), "Rss:");
      together += kib(worker.pid(), "Pss:");
    }
    return new ResidentSize(kib(process.pid(), "Rss:") / 1024, workers / 1024, together / 1024);
  }

  /**
   * Samples until the process ends or {@code seconds} have passed.
   *
   * @param intervalMillis time between two samples
   */
  static List<ResidentSize> sample(Process process, double seconds, long intervalMillis)
      throws InterruptedException {
    List<ResidentSize> samples = new ArrayList<>();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (process.isAlive() && System.nanoTime() < end) {
      ResidentSize now = of(process.toHandle());
      if (now.engine() > 0) {
        samples.add(now);
      }
      Thread.sleep(intervalMillis);
    }
    return samples;
  }

  private static double kib(long pid, String key) {
    try (Stream<String> lines =
        Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"), StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0; // it has ended meanwhile
    }
  }
}
