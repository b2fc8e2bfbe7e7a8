package io.forebay.workers.internal.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel tells of a process: {@code proc_pid_stat(5)}. Linux only. Plain files, which take
 * the least code.
 *
 * @param session its session
 * @param cpuNanos CPU time of all its threads, in steps of 10 ms
 * @param ending whether it is on its way out: {@code PF_EXITING} of the kernel's sched.h
 */
public record ProcessStat(long session, long cpuNanos, boolean ending) {
  /** As much as holds the name and the words that are looked at. */
  private static final int BYTES = 512;

  // Counted from behind the name, which stands in brackets and may hold anything.
  private static final int SESSION = 3;
  private static final int FLAGS = 6;
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  /** {@code USER_HZ} is 100 wherever programs look at it. */
  private static final long TICK_NANOS = 10_000_000;

  private static final long EXITING = 4;

  /** Of the process with that number; null if there is none, or nobody tells. */
  public static @Nullable ProcessStat of(long pid) {
    try (FileInputStream in = new FileInputStream("/proc/" + pid + "/stat")) {
      byte[] bytes = new byte[BYTES];
      int read = Math.max(0, in.read(bytes));
      String stat = new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
      int name = stat.lastIndexOf(')');
      if (name < 0) {
        return null;
      }
      String[] words = stat.substring(name + 2).split(" ", SYSTEM_TICKS + 2);
      return new ProcessStat(
          Long.parseLong(words[SESSION]),
          (Long.parseLong(words[USER_TICKS]) + Long.parseLong(words[SYSTEM_TICKS])) * TICK_NANOS,
          (Long.parseLong(words[FLAGS]) & EXITING) != 0);
    } catch (IOException e) {
      return null;
    }
  }
}
