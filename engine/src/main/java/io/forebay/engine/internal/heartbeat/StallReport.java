package io.forebay.engine.internal.heartbeat;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.forebay.engine.internal.loops.Ticker;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says who holds up a thread that receives: one warning with the culprit's stack, and no more than
 * one about the same thread in ten seconds. Used by the heartbeat's thread.
 */
final class StallReport {
  private static final int MOST_OTHERS = 3;

  /**
   * Classes that run others' code or hold their values, and hold up nothing by themselves: those of
   * the JDK, of the engine and the workers, and those that functions are written against.
   */
  private static final Pattern NOT_TO_BLAME =
      Pattern.compile(
          "(java|javax|jdk|sun)\\..*"
              + "|io\\.forebay\\.([A-Z]|(columns|errors|internal|slots|workers|engine\\.internal)\\.).*");

  /** Sources that read as fast as they can have their threads' cores, and are not held up. */
  private static final List<String> READING =
      List.of("io.forebay.connectors.", "io.forebay.formats.", "io.forebay.spool.");

  static final long SELDOM_NANOS = 10_000_000_000L;

  /** Where someone holds something up. */
  static final class HeldUpHere extends Exception {
    private static final long serialVersionUID = 1;

    HeldUpHere(String thread, StackTraceElement[] stack) {
      super(thread);
      setStackTrace(stack);
    }
  }

  private final Ticker ticker;
  private final Map<String, Long> toldAt = new HashMap<>();
  private final Map<String, Integer> untold = new HashMap<>();

  StallReport(Ticker ticker) {
    this.ticker = ticker;
  }

  /** A thread does not run its beat. */
  void stalled(Beat beat, long nanos) {
    if (!isTimeFor(beat.name())) {
      return;
    }
    Thread thread = beat.thread();
    switch (beat.name()) {
      case Heartbeats.DISPATCHER ->
          tell(
              "the dispatcher has been",
              nanos,
              "no batch is handed out meanwhile, and none is lost; a function that blocks or"
                  + " computes for long is not for 'on: inline', but for 'on: threads' or 'on:"
                  + " processes'",
              stack(thread),
              beat.name());
      case Heartbeats.VIRTUAL -> {
        List<HeldUpHere> mounted = mounted();
        tell(
            "the virtual threads on which sources receive have been",
            nanos,
            "what they receive waits meanwhile; a function that computes is for a 'cpu' stage, and"
                + " native code that waits for a thread of its own",
            together(mounted),
            beat.name());
      }
      default ->
          tell(
              "one of the " + beat.name() + " has been",
              nanos,
              "its connections wait meanwhile",
              stack(thread),
              beat.name());
    }
  }

  /** A source's thread computes and hands in nothing. */
  void computes(String source, Thread thread, long nanos) {
    HeldUpHere at = stack(thread);
    String key = "source " + source;
    if (at != null && !isReading(at) && !at.getStackTrace()[0].isNativeMethod() && isTimeFor(key)) {
      tell(
          "the source '" + source + "' has been",
          nanos,
          "it has handed in nothing and waited for nothing; what it is to receive waits meanwhile,"
              + " so have a 'cpu' stage do what takes long",
          at,
          key);
    }
  }

  private boolean isTimeFor(String key) {
    long now = ticker.nanos();
    Long before = toldAt.get(key);
    if (before != null && now - before < SELDOM_NANOS) {
      untold.merge(key, 1, Integer::sum);
      return false;
    }
    return true;
  }

  private void tell(
      String who, long nanos, String consequence, @Nullable HeldUpHere at, String key) {
    if (at == null) {
      return; // It is over, or nobody holds it up but a machine that is busy elsewhere.
    }
    toldAt.put(key, ticker.nanos());
    Integer more = untold.remove(key);
    // Only now: the first logger of a process is looked for in each jar of the class path.
    System.getLogger(StallReport.class.getName())
        .log(
            Level.WARNING,
            who
                + " held up for "
                + nanos / 1_000_000
                + " ms"
                + " by "
                + culprits(at)
                + (more == null ? "" : ", and " + more + " times since this was said last")
                + ": "
                + consequence,
            at);
  }

  private static String culprits(HeldUpHere at) {
    StringBuilder all = new StringBuilder(plain(culprit(at.getStackTrace())));
    for (Throwable other : at.getSuppressed()) {
      all.append(" and ").append(plain(culprit(other.getStackTrace())));
    }
    return all.toString();
  }

  /** The first, with some of the others. */
  private static @Nullable HeldUpHere together(List<HeldUpHere> all) {
    List<HeldUpHere> culprits =
        all.stream()
            .filter(each -> culprit(each.getStackTrace()) != null && !isReading(each))
            .toList();
    if (culprits.isEmpty()) {
      return null;
    }
    HeldUpHere first = culprits.getFirst();
    culprits.stream().skip(1).limit(MOST_OTHERS).forEach(first::addSuppressed);
    return first;
  }

  /** The first that is neither of the JDK nor of the engine; null if there is none. */
  static @Nullable StackTraceElement culprit(StackTraceElement... stack) {
    for (StackTraceElement frame : stack) {
      if (!NOT_TO_BLAME.matcher(frame.getClassName()).matches()) {
        return frame;
      }
    }
    return null;
  }

  /** {@code com.acme.Slow.apply(Slow.java:12)}. */
  private static String plain(@Nullable StackTraceElement frame) {
    return frame == null
        ? "itself"
        : frame.getClassName()
            + "."
            + frame.getMethodName()
            + (frame.getFileName() == null
                ? ""
                : "(" + frame.getFileName() + ":" + frame.getLineNumber() + ")");
  }

  private static boolean isReading(HeldUpHere at) {
    StackTraceElement culprit = culprit(at.getStackTrace());
    return culprit != null && READING.stream().anyMatch(culprit.getClassName()::startsWith);
  }

  private static @Nullable HeldUpHere stack(@Nullable Thread thread) {
    StackTraceElement[] stack = thread == null ? new StackTraceElement[0] : thread.getStackTrace();
    return thread == null || culprit(stack) == null
        ? null
        : new HeldUpHere(thread.getName(), stack);
  }

  /** The virtual threads that have a carrier now. */
  private static List<HeldUpHere> mounted() {
    try {
      Path folder = Files.createTempDirectory("forebay-threads");
      Path file = folder.resolve("threads.txt");
      try {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
        return ThreadDump.mounted(Files.readAllLines(file));
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(folder);
      }
    } catch (IOException | RuntimeException e) {
      return List.of(); // It is told without.
    }
  }
}
