package io.forebay.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.config.secrets.Secrets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prints {@code ***} in place of secrets, whoever prints them: an error message of a library, a
 * stack trace, a line of a log, whether it comes as text or as bytes. May be used by any thread.
 *
 * <p>At the bottom of a terminal it keeps a block of lines that is replaced: whatever else is
 * printed goes above it.
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

  /** From now on, each line that is printed is given away instead; {@link #entry} prints. */
  void divert(Consumer<String> lines) {
    hiding.lines = lines;
  }

  /** Prints whole lines, in which secrets are hidden, at the beginning of a line. */
  void entry(String lines) {
    hiding.entry(lines);
  }

  /** Shows these lines at the bottom in place of those before, until something is printed. */
  void block(List<String> lines) {
    flush();
    hiding.block(lines);
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
    /** What is printed without an end of line is given away at this length. */
    private static final int LONGEST_LINE = 64 << 10;

    private final OutputStream out;

    @GuardedBy("this")
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

    private volatile Secrets secrets = new Secrets();
    private volatile @Nullable Consumer<String> lines;

    /** How many lines the block at the bottom has, below the place where printing goes on. */
    @GuardedBy("this")
    private int blockLines;

    @GuardedBy("this")
    private boolean midLine;

    Hiding(OutputStream out) {
      this.out = out;
    }

    synchronized void block(List<String> block) {
      StringBuilder text = new StringBuilder(midLine ? "\n" : "");
      text.append("\u001b[?7l"); // a long line is cut, not wrapped
      if (blockLines > 0) {
        text.append("\u001b[").append(blockLines).append('A');
      }
      block.forEach(line -> text.append("\u001b[2K").append(line).append('\n'));
      text.append("\u001b[J\u001b[?7h");
      try {
        out.write(secrets.hide(text.toString()).getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException e) {
        // The terminal is gone: nobody looks.
      }
      midLine = false;
      blockLines = block.size();
    }

    synchronized void entry(String text) {
      try {
        put((midLine ? "\n" + text : text).getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException e) {
        // Nobody is left who could be told.
      }
    }

    /** Prints above the block, which is drawn again when it is shown next. */
    @GuardedBy("this")
    private void put(byte[] bytes) throws IOException {
      if (bytes.length == 0) {
        return;
      }
      if (blockLines > 0) {
        String erase = "\u001b[" + blockLines + "A\u001b[J";
        blockLines = 0;
        out.write(erase.getBytes(StandardCharsets.US_ASCII));
      }
      out.write(bytes);
      midLine = bytes[bytes.length - 1] != '\n';
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
      Consumer<String> diverted = lines;
      if (diverted != null) {
        end = text.length() > LONGEST_LINE ? end : text.lastIndexOf('\n', end - 1) + 1;
        giveAway(text, end, diverted);
        return;
      }
      end -= Math.min(end, secrets.begun(text.substring(0, end)));
      print(text, end);
    }

    @GuardedBy("this")
    private void giveAway(String text, int end, Consumer<String> to) {
      keep(text.substring(end));
      String printed =
          new String(
              text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      printed.lines().forEach(to);
    }

    @GuardedBy("this")
    private void keep(String rest) {
      waiting.reset();
      waiting.writeBytes(rest.getBytes(StandardCharsets.ISO_8859_1));
    }

    @GuardedBy("this")
    private void print(String text, int end) throws IOException {
      keep(text.substring(end));
      put(secrets.hide(text.substring(0, end)).getBytes(StandardCharsets.ISO_8859_1));
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
        Consumer<String> diverted = lines;
        if (diverted != null) {
          giveAway(text, text.length(), diverted);
        } else {
          print(text, text.length());
        }
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
