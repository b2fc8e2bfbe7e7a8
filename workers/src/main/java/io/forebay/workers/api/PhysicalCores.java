package io.forebay.workers.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * How many physical cores this process may use: sockets and hyper-threads counted from the system,
 * within the CPU quota of the container (cgroup) and the affinity of the process; at least 1.
 *
 * <p>Where the system does not tell (anything but Linux), the processors that Java sees.
 */
public final class PhysicalCores {
  private static final int COUNT = count(Path.of("/"), Runtime.getRuntime().availableProcessors());

  private PhysicalCores() {}

  /** Counted once and kept. */
  public static int count() {
    return COUNT;
  }

  /** As {@link #count()}, on the system whose {@code /proc} and {@code /sys} are below a root. */
  static int count(Path root, int processors) {
    int cores = cores(root);
    int within = cores == 0 ? processors : Math.min(cores, processors);
    OptionalDouble quota = quota(root);
    if (quota.isPresent()) {
      within = Math.min(within, (int) Math.floor(quota.getAsDouble()));
    }
    return Math.max(1, within);
  }

  /** Cores with at least one processor on which this process may run; 0 if that is not known. */
  private static int cores(Path root) {
    Set<String> cores = new HashSet<>();
    for (int cpu : allowed(root)) {
      Path topology = root.resolve("sys/devices/system/cpu/cpu" + cpu + "/topology");
      // All hyper-threads of a core name the same list of siblings.
      String siblings = firstLine(topology.resolve("core_cpus_list"));
      if (siblings.isEmpty()) {
        siblings = firstLine(topology.resolve("thread_siblings_list"));
      }
      if (siblings.isEmpty()) {
        return 0;
      }
      cores.add(siblings);
    }
    return cores.size();
  }

  private static List<Integer> allowed(Path root) {
    for (String line : lines(root.resolve("proc/self/status"))) {
      if (line.startsWith("Cpus_allowed_list:")) {
        return parseList(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    return List.of();
  }

  /** {@code 0-3,8,10-11}. */
  static List<Integer> parseList(String text) {
    List<Integer> numbers = new ArrayList<>();
    try {
      for (String range : text.split(",", -1)) {
        int dash = range.indexOf('-');
        int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
        int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1));
        for (int i = from; i <= to && numbers.size() < 1 << 16; i++) {
          numbers.add(i);
        }
      }
    } catch (NumberFormatException e) {
      return List.of();
    }
    return numbers;
  }

  /** The least quota of the process's control groups, in processors. */
  private static OptionalDouble quota(Path root) {
    Path groups = root.resolve("sys/fs/cgroup");
    double least = Double.POSITIVE_INFINITY;
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length < 3) {
        continue;
      }
      boolean unified = parts[1].isEmpty();
      if (!unified && !List.of(parts[1].split(",")).contains("cpu")) {
        continue;
      }
      Path base = unified ? groups : groups.resolve(parts[1]);
      if (!Files.isDirectory(base)) {
        base = groups.resolve("cpu");
      }
      // The path may be one of the host that is not visible here: then the mount's own group is it.
      Path at = base.resolve(parts[2].replaceFirst("^/+", "")).normalize();
      if (!at.startsWith(base) || !Files.isDirectory(at)) {
        at = base;
      }
      for (; at != null && at.startsWith(base); at = at.getParent()) {
        least = Math.min(least, unified ? quotaV2(at) : quotaV1(at));
      }
    }
    return Double.isInfinite(least) ? OptionalDouble.empty() : OptionalDouble.of(least);
  }

  private static double quotaV2(Path group) {
    String[] parts = firstLine(group.resolve("cpu.max")).split(" ", -1);
    return parts.length == 2 ? ratio(parts[0], parts[1]) : Double.POSITIVE_INFINITY;
  }

  private static double quotaV1(Path group) {
    return ratio(
        firstLine(group.resolve("cpu.cfs_quota_us")),
        firstLine(group.resolve("cpu.cfs_period_us")));
  }

  private static double ratio(String quota, String period) {
    try {
      long micros = Long.parseLong(quota);
      return micros <= 0
          ? Double.POSITIVE_INFINITY
          : (double) micros / Math.max(1, Long.parseLong(period));
    } catch (NumberFormatException e) {
      return Double.POSITIVE_INFINITY; // "max", or no such file.
    }
  }

  private static String firstLine(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? "" : lines.get(0).strip();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of(); // Not told is the same as not there.
    }
  }
}
