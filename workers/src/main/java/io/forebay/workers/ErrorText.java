package io.forebay.workers;

import java.util.Set;

/**
 * What is said about an exception of a function. The text depends only on the exception, not on the
 * run: no addresses, times or line numbers of the engine, so that two runs give the same dead
 * letters.
 */
final class ErrorText {
  private static final int MOST_MESSAGE_CHARS = 1_000;
  private static final int MOST_FRAMES = 40;
  private static final int MOST_CAUSES = 8;

  /** The classes that call functions: frames from these on are not the user's. */
  private static final Set<String> CALLERS =
      Set.of(
          BatchCall.class.getName(),
          RecordCall.class.getName(),
          ValueCall.class.getName(),
          ValueBinding.class.getName(),
          TaskFunction.class.getName(),
          ExpanderCall.class.getName(),
          FunctionClass.class.getName(),
          RecordMapping.class.getName(),
          AsyncPool.class.getName(),
          RowWork.class.getName());

  private ErrorText() {}

  /** Class and message, in one line of bounded length. */
  static String headline(Throwable error) {
    String message = message(error);
    return message.isEmpty()
        ? error.getClass().getName()
        : error.getClass().getName() + ": " + message;
  }

  /** Why the record is rejected. */
  static String reason(String function, Throwable error) {
    return "the function " + function + " threw " + headline(error);
  }

  /** The stack trace as far as it is the user's, with its causes. */
  static String detail(Throwable error) {
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
