package io.forebay.workers.internal.launch;

import io.forebay.workers.api.WorkerPriority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * How the Linux kernel shares the cores among sessions. Where it groups processes by session
 * (autogroup, see sched(7)), each session has the same share however nice its processes are: a
 * worker with a session of its own would compete with the whole engine as an equal. So its session
 * is made as nice as it is.
 */
public final class SessionPriority {
  private static final Path PROCESSES = Path.of("/proc");

  private SessionPriority() {}

  /**
   * Gives the session of a worker its priority, unless it is that of this process.
   *
   * @return whether there is nothing left to do; if not, it is worth another call after 100 ms, as
   *     the kernel takes only so many from who has no rights
   */
  public static boolean lower(long pid, WorkerPriority priority) {
    if (priority == WorkerPriority.NORMAL) {
      return true;
    }
    int nice =
        priority == WorkerPriority.LOW ? SchedulingClass.lowNice() : SchedulingClass.MOST_NICE;
    Path session = PROCESSES.resolve(Long.toString(pid)).resolve("autogroup");
    try {
      String theirs = Files.readString(session).strip();
      String own = Files.readString(PROCESSES.resolve("self/autogroup")).strip();
      if (!group(theirs).equals(group(own)) && !theirs.endsWith(" nice " + nice)) {
        Files.writeString(session, Integer.toString(nice));
      }
      return true;
    } catch (NoSuchFileException e) {
      return true; // A kernel that does not group by session, or the worker is gone.
    } catch (IOException e) {
      return false;
    }
  }

  /** Of a line such as {@code /autogroup-123 nice 0}. */
  private static String group(String line) {
    return line.substring(0, Math.max(0, line.indexOf(' ')));
  }
}
