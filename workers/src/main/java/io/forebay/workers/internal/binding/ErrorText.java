package io.forebay.workers.internal.binding;

import io.forebay.workers.api.Completion;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is said about an exception of a function. The text depends only on the exception, not on the
 * run: no addresses, times or line numbers of the engine, so that two runs give the same dead
 * letters.
 */
public final class ErrorText {
  private static final int MOST_MESSAGE_CHARS = 1_000;
  private static final int MOST_FRAMES = 40;
  private static final int MOST_CAUSES = 8;

  /** The classes that call functions, each from before its first call on. */
  private static final Set<String> CALLERS = ConcurrentHashMap.newKeySet();

  private ErrorText() {}

  /** A class that calls functions: in a stack trace, frames from it on are not the user's. */
  public static void endAt(Class<?> caller) {
    CALLERS.add(caller.getName());
  }

  /** Class and message, in one line of bounded length. */
  public static String headline(Throwable error) {
    String message = message(error);
    return message.isEmpty()
        ? error.getClass().getName()
        : error.getClass().getName() + ": " + message;
  }

  /** Why the record is rejected. */
  public static String reason(String function, Throwable error) {
    return "the function " + function + " threw " + headline(error);
  }

  /** What becomes of a batch that an error of the virtual machine has cost. */
  public static Completion lost(String what, Throwable error) {
    return new Completion.Lost(
        -1,
        what
            + " lost a batch to "
            + headline(error)
            + ": give the process more memory, or run the stage on processes",
        detail(error),
        Completion.Cause.VIRTUAL_MACHINE);
  }

  /** The stack trace as far as it is the user's, with its causes. */
  public static String detail(Throwable error) {
    StringBuilder text = new StringBuilder(headline(error));
    Throwable at = error;
    for (int causes = 0; at != null && causes <= MOST_CAUSES; causes++) {
      if (causes > 0) {
        text.append("\nCaused by: ").append(headline(at));
      }
      appendFrames(text, at.getStackTrace());
      at = at.getCause();
    }
    return text.toString();
  }

  private static void appendFrames(StringBuilder text, StackTraceElement[] frames) {
    for (int i = 0; i < frames.length; i++) {
      StackTraceElement frame = frames[i];
      if (CALLERS.contains(frame.getClassName())) {
        return;
      }
      if (i == MOST_FRAMES) {
        text.append("\n  …");
        return;
      }
      text.append("\n  at ")
          .append(frame.getClassName())
          .append('.')
          .append(frame.getMethodName())
          .append('(')
          .append(frame.getFileName() == null ? "unknown source" : frame.getFileName());
      if (frame.getLineNumber() >= 0) {
        text.append(':').append(frame.getLineNumber());
      }
      text.append(')');
    }
  }

  private static String message(Throwable error) {
    String message;
    try {
      message = error.getMessage();
    } catch (RuntimeException e) {
      message = null; // The message is the user's code, too.
    }
    if (message == null) {
      return "";
    }
    String line = message.strip().replaceAll("\\s*\\R\\s*", " ");
    return line.length() <= MOST_MESSAGE_CHARS ? line : line.substring(0, MOST_MESSAGE_CHARS) + "…";
  }
}
