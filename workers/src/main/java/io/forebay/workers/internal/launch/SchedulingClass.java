package io.forebay.workers.internal.launch;

import io.forebay.workers.api.WorkerPriority;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the Linux kernel schedules the calling thread, and every process that it starts from then on:
 * a new process inherits it from the thread that forks. So workers have their class before their
 * first instruction, and spend no time on it.
 *
 * <p>{@link WorkerPriority#LOW} is a long slice: since Linux 6.12 a thread with a shorter slice
 * that wakes up takes the core at once from one with a longer slice, if it has used less than its
 * share (kernel/sched/fair.c, PREEMPT_SHORT), and the share of the worker stays what it is. Older
 * kernels ignore the slice; there it is nice + 10, and a smaller share.
 */
final class SchedulingClass {
  private static final int POLICY_OTHER = 0;
  private static final int POLICY_IDLE = 5;
  static final int MOST_NICE = 19;
  private static final int NICE_WITHOUT_SLICES = 10;
  private static final Pattern RELEASE = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");
  private static final long LONG_SLICE_NANOS = 20_000_000;

  /** Of {@code struct sched_attr} in its first version (linux/sched/types.h). */
  private static final long ATTRIBUTE_BYTES = 48;

  private static final long POLICY = 4;
  private static final long NICE = 16;
  private static final long SLICE = 24;

  /** Numbers of the system calls sched_setattr and sched_getattr; not all C libraries have them. */
  private record Calls(long set, long get) {}

  private static final Map<String, Calls> CALLS =
      Map.of("amd64", new Calls(314, 315), "aarch64", new Calls(274, 275));

  private static final int LOW_NICE = lowNice(System.getProperty("os.version", ""));

  private SchedulingClass() {}

  /** How much nicer than this process {@link WorkerPriority#LOW} is, on this kernel. */
  static int lowNice() {
    return LOW_NICE;
  }

  /**
   * @param release of a kernel, such as {@code 6.12.3-amd64}; what is no such thing is taken for
   *     old
   */
  static int lowNice(String release) {
    Matcher version = RELEASE.matcher(release);
    if (!version.lookingAt()) {
      return NICE_WITHOUT_SLICES;
    }
    int major = Integer.parseInt(version.group(1));
    int minor = Integer.parseInt(version.group(2));
    return major > 6 || (major == 6 && minor >= 12) ? 0 : NICE_WITHOUT_SLICES;
  }

  /**
   * The calling thread is of this class from now on, if the kernel can do that: where it cannot,
   * the thread stays as it is.
   */
  static void enter(WorkerPriority priority) {
    Calls calls = CALLS.get(System.getProperty("os.arch", ""));
    if (priority == WorkerPriority.NORMAL
        || calls == null
        || !System.getProperty("os.name", "").equals("Linux")) {
      return;
    }
    try {
      enter(priority, calls);
    } catch (RuntimeException | LinkageError e) {
      // Native calls are not allowed here, or the C library has no syscall(): it stays as it is.
    }
  }

  private static void enter(WorkerPriority priority, Calls calls) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, 8);
      if (call(calls.get, attributes, (int) ATTRIBUTE_BYTES) != 0) {
        return;
      }
      int nice = attributes.get(ValueLayout.JAVA_INT, NICE);
      attributes.fill((byte) 0);
      attributes.set(ValueLayout.JAVA_INT, 0, (int) ATTRIBUTE_BYTES);
      if (priority == WorkerPriority.IDLE) {
        attributes.set(ValueLayout.JAVA_INT, POLICY, POLICY_IDLE);
        attributes.set(ValueLayout.JAVA_INT, NICE, nice);
      } else {
        attributes.set(ValueLayout.JAVA_INT, POLICY, POLICY_OTHER);
        attributes.set(ValueLayout.JAVA_INT, NICE, Math.min(MOST_NICE, nice + LOW_NICE));
        attributes.set(ValueLayout.JAVA_LONG, SLICE, LONG_SLICE_NANOS);
      }
      call(calls.set, attributes, 0);
    }
  }

  /** A system call on the calling thread (0); not 0 if it failed. */
  private static long call(long number, MemorySegment attributes, int sizeOrFlags) {
    try {
      return (long) Syscall.HANDLE.invokeExact(number, 0, attributes, sizeOrFlags, 0);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Syscall {
    @SuppressWarnings("restricted") // declared as the C library does
    static final MethodHandle HANDLE =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(1));
  }
}
