package io.forebay.slots;

import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * How much memory slots can take: three quarters of what the machine has, or of what the control
 * groups of this process allow, because the engine and its workers need some, too; and no more than
 * the process may map. Slots take their memory when it is written to, so without a look at this the
 * process would be killed in the middle of its work.
 *
 * @param bytes all that there is
 * @param what of what, for messages
 */
record MemoryLimit(long bytes, String what) {
  /** Of one slot: places within it are int32. */
  static final long MAX_SLOT_BYTES = 1L << 30;

  private static final MemoryLimit UNKNOWN = new MemoryLimit(Long.MAX_VALUE, "");

  /** This process's; not known but on Linux. */
  static MemoryLimit here() {
    return of(Path.of("/"));
  }

  /** On the system whose {@code /proc} and {@code /sys} are below a root. */
  static MemoryLimit of(Path root) {
    MemoryLimit least = UNKNOWN;
    for (String line : lines(root.resolve("proc/meminfo"))) {
      if (line.startsWith("MemTotal:")) {
        least = least.or(number(line.replaceAll("\\D", ""), 1024), "this machine has");
      }
    }
    Path groups = root.resolve("sys/fs/cgroup");
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3
          && (parts[1].isEmpty() || List.of(parts[1].split(",")).contains("memory"))) {
        boolean unified = parts[1].isEmpty();
        Path base = unified ? groups : groups.resolve("memory");
        String file = unified ? "memory.max" : "memory.limit_in_bytes";
        // The path may be one of the host that is not visible here: then the mount's own is it.
        Path at = base.resolve(parts[2].replaceFirst("^/+", "")).normalize();
        for (at = at.startsWith(base) ? at : base; at.startsWith(base); at = parent(at)) {
          String text = String.join("", lines(at.resolve(file))).strip();
          least = least.or(number(text, 1), "the control group (container) of this process allows");
        }
      }
    }
    for (String line : lines(root.resolve("proc/self/limits"))) {
      if (line.startsWith("Max address space")) {
        String soft = line.substring("Max address space".length()).strip().split("\\s+", 2)[0];
        least = least.or(number(soft, 1), "this process may map (ulimit -v)");
      }
    }
    return least;
  }

  private static Path parent(Path path) {
    return Objects.requireNonNullElse(path.getParent(), Path.of(""));
  }

  private MemoryLimit or(long other, String ofWhat) {
    return other > 0 && other < bytes ? new MemoryLimit(other, ofWhat) : this;
  }

  /** 0 if it is none, as {@code max} and {@code unlimited}. */
  private static long number(String text, long unit) {
    try {
      return Math.multiplyExact(Long.parseLong(text), unit);
    } catch (NumberFormatException | ArithmeticException e) {
      return 0;
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of(); // Not told is the same as not there.
    }
  }

  /** The most that slots can take. */
  private long usable() {
    return bytes == Long.MAX_VALUE ? bytes : bytes / 4 * 3;
  }

  /**
   * Refuses slots that have no room.
   *
   * @throws ConfigurationException in one sentence, with what fits
   */
  void check(int slots, long slotBytes) {
    // In this order nothing overflows: a slot has 1 GiB at most.
    if (slots <= usable() / slotBytes) {
      return;
    }
    long most = usable() / slotBytes;
    long each = Math.min(MAX_SLOT_BYTES, usable() / slots) & -4096L;
    StringBuilder fits = new StringBuilder();
    if (most >= 2) {
      fits.append(most).append(" slots of that size fit");
    }
    if (each >= 4096) {
      fits.append(fits.isEmpty() ? "" : ", or ").append(slots + " slots of " + text(each) + " fit");
    }
    throw new ConfigurationException(
        slots
            + " slots of "
            + text(slotBytes)
            + " take "
            + text(slots * slotBytes)
            + ", but slots can take three quarters of the "
            + text(bytes)
            + " that "
            + what
            + ": make the forebay smaller ("
            + (fits.isEmpty() ? "fewer and smaller slots" : fits)
            + ")");
  }

  /** Rounded down to a tenth of the largest unit. */
  static String text(long bytes) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int unit = bytes < 1024 ? 0 : (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    long tenths = unit == 0 ? bytes * 10 : (bytes >> (10 * (unit - 1))) * 10 / 1024;
    return (tenths % 10 == 0 ? "" + tenths / 10 : String.format(Locale.ROOT, "%.1f", tenths / 10.0))
        + " "
        + units[unit];
  }
}
