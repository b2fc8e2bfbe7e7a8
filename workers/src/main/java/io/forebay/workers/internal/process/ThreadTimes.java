package io.forebay.workers.internal.process;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * How long each thread of a process has computed, and how long it could have but had no core:
 * {@code schedstat} of each (Linux, Documentation/scheduler/sched-stats.rst).
 *
 * @param byThread by the thread's number; empty where nobody tells
 */
public record ThreadTimes(Map<Long, Time> byThread) {
  private static final Path PROCESSES = Path.of("/proc");

  /** Of one thread since it began. */
  public record Time(long computedNanos, long waitedNanos) {}

  /** Of the process with that number. */
  public static ThreadTimes of(long pid) {
    Map<Long, Time> times = new HashMap<>();
    Path threads = PROCESSES.resolve(Long.toString(pid)).resolve("task");
    try (DirectoryStream<Path> each = Files.newDirectoryStream(threads)) {
      for (Path thread : each) {
        String[] words = Files.readString(thread.resolve("schedstat")).strip().split(" ", -1);
        times.put(
            Long.parseLong(thread.getFileName().toString()),
            new Time(Long.parseLong(words[0]), Long.parseLong(words[1])));
      }
    } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
      return new ThreadTimes(Map.of()); // It ends, or this is no Linux that counts.
    }
    return new ThreadTimes(times);
  }

  /**
   * How long the thread that has computed most since {@code before} was kept from the cores by
   * other processes: what it waited, less what the threads beside it have computed meanwhile, for
   * which it may have waited as well.
   */
  public long keptByOthersSince(ThreadTimes before) {
    long all = 0;
    Time most = new Time(0, 0);
    for (Map.Entry<Long, Time> thread : byThread.entrySet()) {
      Time then = before.byThread.getOrDefault(thread.getKey(), new Time(0, 0));
      Time since =
          new Time(
              thread.getValue().computedNanos - then.computedNanos,
              thread.getValue().waitedNanos - then.waitedNanos);
      all += since.computedNanos;
      if (since.computedNanos > most.computedNanos) {
        most = since;
      }
    }
    return Math.max(0, most.waitedNanos - (all - most.computedNanos));
  }
}
