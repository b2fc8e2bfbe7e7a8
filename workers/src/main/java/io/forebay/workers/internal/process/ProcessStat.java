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
 * @param ending whether it is on its way out: {@code PF_EXITING} of the kernel's sched.h
 */
public record ProcessStat(long session, boolean ending) {
  /** As much as holds the name and the words that are looked at. */
  private static final int BYTES = 512;

  // Counted from behind the name, which stands in brackets and may hold anything.
  private static final int SESSION = 3;
  private static final int FLAGS = 6;

  private static final long EXITING = 4;

  /** Of the process with that number; null if there is none, or nobody tells. */
  public static @Nullable ProcessStat of(long pid) {
    try (FileInputStream in = new FileInputStream("/proc/" + pid + "/stat")) {
      byte[] bytes = new byte[BYTES];
      int read = Math.max(0, in.read(bytes));
      String stat = new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", FLAGS + 2);
      return new ProcessStat(
          Long.parseLong(words[SESSION]), (Long.parseLong(words[FLAGS]) & EXITING) != 0);
    } catch (IOException e) {
      return null;
    }
  }
}
