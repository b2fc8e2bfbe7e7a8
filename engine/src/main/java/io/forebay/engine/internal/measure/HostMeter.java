package io.forebay.engine.internal.measure;

import io.forebay.snapshot.HostTimes;
import io.forebay.snapshot.StageTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the cores that this process may use have done: {@code proc_stat(5)}, and the control group's
 * {@code cpu.stat} (cgroup v2). Linux only; elsewhere everything is unknown.
 */
public final class HostMeter {
  /** {@code USER_HZ} is 100 wherever programs look at it. */
  private static final long TICK_NANOS = 10_000_000;

  private static final int IDLE = 4;
  private static final int IO_WAIT = 5;
  private static final int STEAL = 8;

  private final Path root;
  private final int cores;
  private final List<String> cpus;
  private final Path cpuStat;
  private final Reading start;

  /** Nanoseconds since the machine's start; unknown where nobody tells. */
  private record Reading(long busy, long steal, long throttled) {}

  /** Of this machine. */
  public HostMeter() {
    this(Path.of("/"), Runtime.getRuntime().availableProcessors());
  }

  /** Of the machine whose {@code /proc} and {@code /sys} are below a root. */
  HostMeter(Path root, int cores) {
    this.root = root;
    this.cores = cores;
    this.cpus = allowed();
    this.cpuStat = cpuStat();
    this.start = read();
  }

  /**
   * Since this was made.
   *
   * @param own CPU time of the engine's process and its workers', unknown if it is not known
   */
  public HostTimes since(long own) {
    Reading now = read();
    long busy = difference(now.busy, start.busy);
    return new HostTimes(
        cores,
        own,
        busy < 0 || own < 0 ? StageTimes.UNKNOWN : Math.max(0, busy - own),
        difference(now.steal, start.steal),
        difference(now.throttled, start.throttled));
  }

  private static long difference(long now, long before) {
    return now < 0 || before < 0 ? StageTimes.UNKNOWN : Math.max(0, now - before);
  }

  private Reading read() {
    long busy = StageTimes.UNKNOWN;
    long steal = StageTimes.UNKNOWN;
    for (String line : lines(root.resolve("proc/stat"))) {
      String[] words = line.split(" +", -1);
      if (words.length > STEAL && cpus.contains(words[0])) {
        steal = Math.max(0, steal) + Long.parseLong(words[STEAL]) * TICK_NANOS;
        long here = 0;
        for (int i = 1; i < STEAL; i++) {
          here += i == IDLE || i == IO_WAIT ? 0 : Long.parseLong(words[i]);
        }
        busy = Math.max(0, busy) + here * TICK_NANOS;
      }
    }
    long throttled = StageTimes.UNKNOWN;
    for (String line : lines(cpuStat)) {
      if (line.startsWith("throttled_usec ")) {
        throttled = Long.parseLong(line.substring("throttled_usec ".length()).strip()) * 1000;
      }
    }
    return new Reading(busy, steal, throttled);
  }

  /** The processors that this process may run on, as {@code /proc/stat} names them. */
  private List<String> allowed() {
    List<String> names = new ArrayList<>();
    for (String line : lines(root.resolve("proc/self/status"))) {
      if (line.startsWith("Cpus_allowed_list:")) {
        for (String part : line.substring(line.indexOf(':') + 1).strip().split(",", -1)) {
          String[] ends = part.split("-", -1);
          for (int i = Integer.parseInt(ends[0]);
              i <= Integer.parseInt(ends[ends.length - 1]);
              i++) {
            names.add("cpu" + i);
          }
        }
      }
    }
    return names;
  }

  private Path cpuStat() {
    Path groups = root.resolve("sys/fs/cgroup");
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      if (line.startsWith("0::")) {
        Path own = groups.resolve(line.substring(3).replaceFirst("^/+", "")).normalize();
        if (own.startsWith(groups) && Files.isReadable(own.resolve("cpu.stat"))) {
          return own.resolve("cpu.stat");
        }
      }
    }
    return groups.resolve("cpu.stat");
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
