package io.forebay.engine.internal.heartbeat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text of {@code HotSpotDiagnosticMXBean.dumpThreads}. */
final class ThreadDump {
  private static final Pattern THREAD = Pattern.compile("#\\d+ \"(.*)\" virtual RUNNABLE .*");
  private static final Pattern FRAME =
      Pattern.compile("\\s+at (?:.*/)?([\\w.$]+)\\.([\\w$<>]+)\\((?:([^:)]+)(?::(\\d+))?)?\\)");

  private ThreadDump() {}

  /** The virtual threads that run, with their stacks; those that wait for a carrier have none. */
  static List<StallReport.HeldUpHere> mounted(List<String> lines) {
    List<StallReport.HeldUpHere> threads = new ArrayList<>();
    String name = null;
    List<StackTraceElement> stack = new ArrayList<>();
    for (String line : lines) {
      Matcher thread = THREAD.matcher(line);
      Matcher frame = FRAME.matcher(line);
      if (thread.matches()) {
        name = thread.group(1);
      } else if (name != null && frame.matches()) {
        int at = frame.group(4) == null ? -1 : Integer.parseInt(frame.group(4));
        stack.add(new StackTraceElement(frame.group(1), frame.group(2), frame.group(3), at));
      } else if (line.isBlank() && name != null) {
        if (!stack.isEmpty()
            && !stack.getFirst().getClassName().equals("java.lang.VirtualThread")) {
          threads.add(new StallReport.HeldUpHere(name, stack.toArray(new StackTraceElement[0])));
        }
        name = null;
        stack.clear();
      }
    }
    return threads;
  }
}
