package io.forebay.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.config.secrets.Secrets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Prints {@code ***} in place of secrets, whoever prints them: an error message of a library, a
 * stack trace, a line of a log, whether it comes as text or as bytes. May be used by any thread.
 */
final class HidingStream extends PrintStream {
  private final Hiding hiding;

  HidingStream(OutputStream out) {
    this(new Hiding(out));
  }

  private HidingStream(Hiding hiding) {
    super(hiding, true, StandardCharsets.UTF_8);
    this.hiding = hiding;
  }

  /** From now on, these are hidden. */
  static void hide(PrintStream stream, Secrets secrets) {
    if (stream instanceof HidingStream hidden) {
      hidden.hiding.secrets = secrets;
    }
  }

  /** Prints what was held back, as the last thing. */
  void end() {
    flush();
    hiding.end();
  }

  /**
   * Looks at whole lines, and at what there is of one when it is flushed; then holds back what may
   * be the beginning of a secret whose rest has not been written yet.
   */
  private static final class Hiding extends OutputStream {
    private final OutputStream out;

    @GuardedBy("this")
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

    private volatile Secrets secrets = new Secrets();

    Hiding(OutputStream out) {
      this.out = out;
    }

    @Override
    public synchronized void write(int b) throws IOException {
      waiting.write(b);
      if (b == '\n') {
        pass(0);
      }
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
      waiting.write(bytes, from, length);
      for (int i = from + length - 1; i >= from; i--) {
        if (bytes[i] == '\n') {
          pass(from + length - 1 - i);
          return;
        }
      }
    }

    /** Prints all but so many bytes at the end, and what may be the beginning of a secret. */
    @GuardedBy("this")
    private void pass(int rest) throws IOException {
      // Byte by byte as characters, so that bytes which are no text come out as they were.
      String text = waiting.toString(StandardCharsets.ISO_8859_1);
      int end = text.length() - rest;
      end -= Math.min(end, secrets.begun(text.substring(0, end)));
      print(text, end);
    }

    @GuardedBy("this")
    private void print(String text, int end) throws IOException {
      waiting.reset();
      waiting.write(text.substring(end).getBytes(StandardCharsets.ISO_8859_1));
      out.write(secrets.hide(text.substring(0, end)).getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public synchronized void flush() throws IOException {
      if (waiting.size() > 0) {
        pass(0);
      }
      out.flush();
    }

    synchronized void end() {
      try {
        String text = waiting.toString(StandardCharsets.ISO_8859_1);
        print(text, text.length());
        out.flush();
      } catch (IOException e) {
        // Nobody is left who could be told.
      }
    }

    @Override
    public synchronized void close() throws IOException {
      end();
      out.close();
    }
  }
}
