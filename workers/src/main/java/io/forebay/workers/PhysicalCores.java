package io.forebay.workers;

/**
 * How many physical cores this process may use: sockets and hyper-threads counted from the system,
 * within the CPU quota of the container (cgroup) and the affinity of the process; at least 1.
 */
public final class PhysicalCores {
  private PhysicalCores() {}

  /** Counted once and kept. */
  public static int count() {
    throw new UnsupportedOperationException();
  }
}
