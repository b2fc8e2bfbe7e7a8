package io.forebay.workers.internal.launch;

import io.forebay.workers.internal.protocol.WorkerExitCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a worker process ended.
 *
 * @param what the sentence without its subject: {@code was killed by SIGKILL}
 * @param advice what to change
 * @param evidence exit code, crash report, last lines printed
 */
public record WorkerEnd(Kind kind, String what, String advice, String evidence) {

  /** The ways to end. */
  public enum Kind {
    /** It could not bind the function, and said why. */
    REFUSED,
    /** It ended itself: {@code System.exit}. */
    EXITED,
    /** A signal of its own making: a native crash. */
    CRASHED,
    /** Killed by someone else, or by the kernel for want of memory. */
    KILLED,
    /** No memory left within its limit. */
    OUT_OF_MEMORY,
    /** No descriptors or threads left. */
    EXHAUSTED,
    /** A function has taken from it what it needs: its channel, its limits. */
    HARMED,
    /** Killed by the pool because a call took too long. */
    TIMED_OUT,
    /** Killed by the pool because it gave no sign of life. */
    UNRESPONSIVE,
    /** Killed by the pool because its answer made no sense. */
    NONSENSE,
    /** Killed by the pool because it could not be reached in time when it started. */
    NOT_STARTED,
    /** Killed by the pool because the call that it had in work was cancelled. */
    CANCELLED,
    /** Ended by the pool because it had worked enough. */
    RECYCLED;

    /** Whether the pool wanted it so: nobody is to blame. */
    public boolean planned() {
      return this == CANCELLED || this == RECYCLED;
    }

    /** Whether the code in the worker did it, as far as one can tell. */
    public boolean ownFault() {
      return this != KILLED && this != UNRESPONSIVE && !planned();
    }
  }

  private static final int SIGNAL_BASE = 128;

  /** A line of a Python traceback that is not of an inner part of Python. */
  private static final Pattern PYTHON_LINE =
      Pattern.compile("File \"(?:[^\"<>]*/)?([^\"/<>]+)\", line (\\d+) in (\\S+)");

  private static final Map<Integer, String> SIGNALS =
      Map.of(
          4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV", 5,
          "SIGTRAP", 31, "SIGSYS");

  /** By these somebody asks a process to end; a worker passes over them, but not from its birth. */
  private static final Map<Integer, String> REQUESTS =
      Map.of(1, "SIGHUP", 2, "SIGINT", 15, "SIGTERM");

  /** The end of a process that the pool did not kill. */
  public static WorkerEnd ofExit(int code, OutputTail output, long memoryBytes) {
    String evidence = evidence(code, output);
    Optional<String> outOfMemory =
        output.lines().stream()
            .filter(line ->
                line.contains("java.lang.OutOfMemoryError") || line.startsWith("MemoryError"))
            .reduce((a, b) -> b);
    if (code == WorkerExitCode.OUT_OF_MEMORY && outOfMemory.isPresent()) {
      return new WorkerEnd(
          Kind.OUT_OF_MEMORY,
          "ran out of memory (limit " + megabytes(memoryBytes) + ")",
          "give the stage more memory or make its batches smaller",
          evidence);
    }
    if (code == WorkerExitCode.EXHAUSTED || code == WorkerExitCode.HARMED) {
      String last = output.lines().isEmpty() ? "" : output.lines().getLast();
      return code == WorkerExitCode.EXHAUSTED
          ? new WorkerEnd(
              Kind.EXHAUSTED,
              "ran out of descriptors or threads (" + last.replaceFirst("^Exhausted: ", "") + ")",
              "let the function close what it opens",
              evidence)
          : new WorkerEnd(
              Kind.HARMED,
              "cannot go on because " + last.replaceFirst("^Harmed: ", ""),
              "let the function leave its process's own descriptors and limits alone",
              evidence);
    }
    if (!output.crash().isEmpty()) {
      return new WorkerEnd(
          Kind.CRASHED,
          output.crash().getFirst().startsWith(OutputTail.PYTHON_CRASH)
              ? pythonCrash(code, output.crash())
              : "crashed in native code" + problem(output.crash()),
          "look at the native library that the function calls",
          evidence);
    }
    if (code > SIGNAL_BASE) {
      int signal = code - SIGNAL_BASE;
      String request = REQUESTS.get(signal);
      if (request != null) {
        return new WorkerEnd(
            Kind.KILLED,
            "was ended by " + request + " just after its start",
            "if it was to stop the pipeline, send it to the engine alone",
            evidence);
      }
      String name = SIGNALS.getOrDefault(signal, "signal " + signal);
      return signal == 9
          ? new WorkerEnd(
              Kind.KILLED,
              "was killed by " + name,
              "if nobody did that, the system was short of memory: give the stage fewer workers or"
                  + " less memory",
              evidence)
          : new WorkerEnd(
              Kind.CRASHED,
              "crashed with " + name,
              "look at the native library that the function calls",
              evidence);
    }
    return new WorkerEnd(
        Kind.EXITED,
        "ended itself with exit code " + code,
        "let the function throw an exception in place of ending its process",
        evidence);
  }

  public static WorkerEnd timedOut(Duration timeout, boolean singly, OutputTail output) {
    return new WorkerEnd(
        Kind.TIMED_OUT,
        "was killed because "
            + (singly ? "a call with one record" : "a call")
            + " took longer than "
            + text(timeout),
        "make the function end, or give the stage a longer timeout",
        evidence(SIGNAL_BASE + 9, output));
  }

  public static WorkerEnd unresponsive(Duration silence, OutputTail output) {
    return new WorkerEnd(
        Kind.UNRESPONSIVE,
        "was killed because it gave no sign of life for " + text(silence),
        "look for what stopped the process",
        evidence(SIGNAL_BASE + 9, output));
  }

  public static WorkerEnd hungUp(OutputTail output) {
    return new WorkerEnd(
        Kind.HARMED,
        "was killed because its channel to the engine was closed",
        "let the function leave its process's own descriptors alone",
        evidence(SIGNAL_BASE + 9, output));
  }

  public static WorkerEnd nearLimit() {
    return new WorkerEnd(
        Kind.RECYCLED,
        "ended before it reached a limit: of memory, descriptors or threads",
        "look for what the function keeps from call to call",
        "");
  }

  public static WorkerEnd cancelled() {
    return new WorkerEnd(Kind.CANCELLED, "was killed because its call was cancelled", "", "");
  }

  public static WorkerEnd recycled() {
    return new WorkerEnd(Kind.RECYCLED, "was ended because it had worked enough", "", "");
  }

  public static WorkerEnd nonsense(String what, OutputTail output) {
    return new WorkerEnd(
        Kind.NONSENSE,
        "was killed because its answer made no sense (" + what + ")",
        "look for native code that writes where it should not",
        evidence(SIGNAL_BASE + 9, output));
  }

  public static String text(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }

  private static String megabytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  /** The signal, and the innermost line of Python, by the report of its faulthandler. */
  private static String pythonCrash(int code, List<String> report) {
    String signal = SIGNALS.get(code - SIGNAL_BASE);
    String place =
        report.stream()
            .map(PYTHON_LINE::matcher)
            .filter(Matcher::find)
            .findFirst()
            .map(line -> ", in " + line.group(3) + " (" + line.group(1) + ":" + line.group(2) + ")")
            .orElse("");
    return "crashed in native code" + (signal == null ? "" : " with " + signal) + place;
  }

  /** The problematic frame of the virtual machine's crash report. */
  private static String problem(List<String> report) {
    String signal = "";
    String frame = "";
    for (int i = 0; i < report.size(); i++) {
      String line = report.get(i).replaceFirst("^#\\s*", "");
      if (line.startsWith("SIG") && signal.isEmpty()) {
        signal = line.replaceFirst("[ (].*", "");
      }
      if (line.startsWith("Problematic frame:") && i + 1 < report.size()) {
        frame = report.get(i + 1).replaceFirst("^#\\s*", "");
      }
    }
    return (signal.isEmpty() ? "" : " with " + signal) + (frame.isEmpty() ? "" : ", in " + frame);
  }

  private static String evidence(int code, OutputTail output) {
    StringBuilder text = new StringBuilder("exit code ").append(code);
    output.crash().forEach(line -> text.append('\n').append(line));
    if (!output.lines().isEmpty()) {
      text.append("\nlast lines printed:");
      output.lines().forEach(line -> text.append("\n  ").append(line));
    }
    return text.toString();
  }
}
