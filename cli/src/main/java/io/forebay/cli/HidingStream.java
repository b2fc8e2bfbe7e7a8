package io.forebay.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * Prints {@code ***} in place of secrets, whoever prints them: an error message of a library, a
 * stack trace, a log line. May be used by any thread.
 */
final class HidingStream extends PrintStream {
  private volatile UnaryOperator<String> hide = UnaryOperator.identity();

  HidingStream(OutputStream out) {
    super(out, true, StandardCharsets.UTF_8);
  }

  /** From now on, what is printed goes through this first. */
  static void hide(PrintStream stream, UnaryOperator<String> secrets) {
    if (stream instanceof HidingStream hiding) {
      hiding.hide = secrets;
    }
  }

  /** All that is text comes through here, because this is not {@link PrintStream} itself. */
  @Override
  public void print(String text) {
    super.print(hide.apply(String.valueOf(text)));
  }

  @Override
  public void print(Object object) {
    print(String.valueOf(object));
  }
}
