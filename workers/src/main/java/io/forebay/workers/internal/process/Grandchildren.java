package io.forebay.workers.internal.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Processes that a worker's function has started: they end with their worker. A process whose
 * parent has died is adopted by another one, so that descent does not tell them; two things that
 * are inherited do: a mark in the environment, and the session, which has the worker's number. Each
 * alone misses some: who becomes another program shows no environment for a moment, and a daemon
 * has a session of its own. Linux only; who clears its environment and leaves its session gets
 * away.
 *
 * <p>This is between a death and the next result: plain files, which take the least code.
 */
public final class Grandchildren {
  /** Names a worker to those that it starts. */
  public static final String VARIABLE = "FOREBAY_WORKER";

  private static final int MOST_PASSES = 20;

  private static final File PROCESSES = new File("/proc");

  /** As much as is read without a detour through native memory. */
  private static final int CHUNK = 8192;

  private Grandchildren() {}

  /**
   * Kills what an ended worker has left behind.
   *
   * @param pid the worker's, whose session is its own or has another number
   * @return how many there were
   */
  public static int kill(String mark, long pid) {
    Set<Long> killed = new HashSet<>();
    // Some may have started others before their turn came; one that is dying counts once.
    boolean more = true;
    for (int pass = 0; more && pass < MOST_PASSES; pass++) {
      more = killOnce(mark, pid, killed);
    }
    return killed.size();
  }

  /** Whether there was one that is not among {@code killed} yet. */
  private static boolean killOnce(String mark, long session, Set<Long> killed) {
    boolean more = false;
    String[] names = PROCESSES.list();
    byte[] wanted = ("\0" + VARIABLE + "=" + mark + "\0").getBytes(StandardCharsets.UTF_8);
    byte[] environment = new byte[CHUNK];
    for (String name : names == null ? new String[0] : names) {
      if (!Character.isDigit(name.charAt(0))) {
        continue;
      }
      long pid = Long.parseLong(name);
      if (has(name, wanted, environment) || isIn(session, pid)) {
        if (ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false)) {
          more |= killed.add(pid);
        }
      }
    }
    return more;
  }

  /** In a worker that ends because its engine is gone. */
  static void killOwn() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  private static boolean isIn(long session, long pid) {
    ProcessStat stat = ProcessStat.of(pid);
    return stat != null && stat.session() == session;
  }

  /** Whether the variable is among those of a process, each of which ends with a zero. */
  private static boolean has(String process, byte[] wanted, byte[] chunk) {
    try (FileInputStream in = new FileInputStream(PROCESSES + "/" + process + "/environ")) {
      int matched = 1; // As if there were a zero before the first one.
      for (int read = in.read(chunk); read > 0; read = in.read(chunk)) {
        for (int i = 0; i < read; i++) {
          if (chunk[i] == wanted[matched]) {
            matched++;
            if (matched == wanted.length) {
              return true;
            }
          } else {
            matched = chunk[i] == 0 ? 1 : 0;
          }
        }
      }
      return false;
    } catch (IOException e) {
      return false; // Another user's, or gone.
    }
  }
}
