package io.forebay.engine.internal.run;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.sun.management.OperatingSystemMXBean;
import io.forebay.engine.internal.intake.Intake;
import io.forebay.engine.internal.measure.HostMeter;
import io.forebay.internal.meters.GarbageCollections;
import io.forebay.snapshot.EngineTimes;
import io.forebay.snapshot.HostTimes;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.snapshot.StageTimes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the engine's process and its machine have spent since the run started. Any thread may ask;
 * {@link #sample} is called from time to time, so that threads that end are not forgotten.
 */
final class EngineMeter {
  /**
   * The groups of those that sources use: what carries virtual threads, and what a virtual thread
   * has started, as each source is one. The engine, its workers and sinks, the dashboard and the
   * JDK start theirs on platform threads.
   */
  private static final Set<String> INGEST = Set.of("CarrierThreads", "VirtualThreads");

  /** What the system calls threads that carry sources: the first 15 characters of their names. */
  private static final Pattern CARRIERS =
      Pattern.compile("ForkJoinPool-1-|vert\\.x-.*|forebay-(kafka-|read ).*");

  /** To look at every thread costs about a millisecond: not for each who asks. */
  private static final long EVERY_NANOS = 250_000_000;

  private static final Path TASKS = Path.of("/proc/self/task");

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final HostMeter host = new HostMeter();
  private final long gcAtStart = GarbageCollections.nanos();
  private final long cpuAtStart = processCpuNanos();
  private final long workersAtStart;

  /** Of each thread that may be a source's, its CPU time when it was looked at last. */
  @GuardedBy("this")
  private final Map<Long, Long> ingest = new HashMap<>();

  @GuardedBy("this")
  private long ingestNanos;

  @GuardedBy("this")
  private final Map<String, Long> delays = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, Boolean> carry = new HashMap<>();

  @GuardedBy("this")
  private long delayNanos = StageTimes.UNKNOWN;

  @GuardedBy("this")
  private long sampledAt;

  /**
   * @param workersNanos CPU time of workers that is not to be counted
   */
  EngineMeter(long now, long workersNanos) {
    workersAtStart = workersNanos;
    synchronized (this) {
      sampledAt = now - EVERY_NANOS;
      sample(now);
      ingestNanos = 0;
      delayNanos = Math.min(0, delayNanos);
    }
  }

  /** Adds what threads have spent since they were looked at before. */
  final synchronized void sample(long now) {
    if (now - sampledAt >= EVERY_NANOS) {
      sampledAt = now;
      sampleIngest();
      sampleDelays();
    }
  }

  @GuardedBy("this")
  private void sampleIngest() {
    Set<Long> living = new HashSet<>();
    for (Thread thread : platformThreads()) {
      ThreadGroup group = thread == null ? null : thread.getThreadGroup();
      if (thread != null && group != null && INGEST.contains(group.getName())) {
        long id = thread.threadId();
        living.add(id);
        long cpu = threads.getThreadCpuTime(id);
        long before = ingest.getOrDefault(id, 0L);
        if (cpu > before) {
          ingestNanos += cpu - before;
          ingest.put(id, cpu);
        }
      }
    }
    ingest.keySet().retainAll(living);
  }

  /** All, and null behind the last. */
  private static @Nullable Thread[] platformThreads() {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    @Nullable Thread[] all = new Thread[2 * root.activeCount() + 16];
    root.enumerate(all, true);
    return all;
  }

  @GuardedBy("this")
  private void sampleDelays() {
    Set<String> living = new HashSet<>();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        living.add(task.toString());
        if (!carry.computeIfAbsent(task.toString(), EngineMeter::mayCarry)) {
          continue;
        }
        long delay = delayOf(task.resolve("schedstat"));
        if (delay >= 0) {
          long before = delays.getOrDefault(task.toString(), 0L);
          delays.put(task.toString(), delay);
          delayNanos = Math.max(0, delayNanos) + Math.max(0, delay - before);
        }
      }
      delays.keySet().retainAll(living);
      carry.keySet().retainAll(living);
    } catch (IOException e) {
      // Not told here.
    }
  }

  private static boolean mayCarry(String task) {
    try {
      return CARRIERS.matcher(Files.readString(Path.of(task, "comm")).strip()).matches();
    } catch (IOException e) {
      return false; // The thread has ended, or nobody tells.
    }
  }

  private static long delayOf(Path schedstat) {
    try {
      String[] words = Files.readString(schedstat).split(" ", -1);
      return words.length > 1 ? Long.parseLong(words[1].strip()) : StageTimes.UNKNOWN;
    } catch (IOException e) {
      return StageTimes.UNKNOWN; // The thread has ended, or nobody tells.
    }
  }

  /** What the engine's process has spent. */
  synchronized EngineTimes times(
      long now, long starting, long dispatcherNanos, Intake.Snapshot intake) {
    sample(now);
    return new EngineTimes(
        starting,
        dispatcherNanos,
        intake.roomWait(),
        intake.creditWait(),
        Math.max(0, GarbageCollections.nanos() - gcAtStart),
        ingestNanos,
        delayNanos);
  }

  /** What the machine has done besides. */
  HostTimes host(List<StageSnapshot> stages) {
    long cpu = processCpuNanos();
    long workers = 0;
    for (StageSnapshot stage : stages) {
      workers += Math.max(0, stage.times().processCpu());
    }
    return host.since(
        cpu < 0 ? StageTimes.UNKNOWN : cpu - cpuAtStart + Math.max(0, workers - workersAtStart));
  }

  private static long processCpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : StageTimes.UNKNOWN;
  }
}
