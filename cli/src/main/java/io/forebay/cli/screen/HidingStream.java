package io.forebay.cli.screen;

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
 * <p>What it prints goes above the block at the bottom of its {@link Screen}.
 */
public final class HidingStream extends PrintStream {
  private final Hiding hiding;

  /** With a terminal of its own, if it is one. */
  public HidingStream(OutputStream out) {
    this(out, new Screen(out));
  }

  /** With a terminal that others print on, too. */
  public HidingStream(OutputStream out, Screen screen) {
    this(new Hiding(out, screen));
  }

  private HidingStream(Hiding hiding) {
    super(hiding, true, StandardCharsets.UTF_8);
    this.hiding = hiding;
  }

  /** From now on, these are hidden. */
  public static void hide(PrintStream stream, Secrets secrets) {
    if (stream instanceof HidingStream hidden) {
      hidden.hiding.secrets = secrets;
    }
  }

  /** From now on, each line that is printed is given away instead; {@link #entry} prints. */
  public void divert(Consumer<String> lines) {
    hiding.lines = lines;
  }

  /** Prints whole lines, in which secrets are hidden, at the beginning of a line. */
  public void entry(String lines) {
    hiding.entry(lines);
  }

  /** Shows these lines at the bottom in place of those before, until something is printed. */
  public void block(List<String> lines) {
    flush();
    hiding.block(lines);
  }

  /** Whether there is no block. */
  public boolean isBare() {
    return hiding.screen.isBare();
  }

  /** Prints what was held back, as the last thing. */
  public void end() {
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
    private final Screen screen;

    @GuardedBy("this")
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

    private volatile Secrets secrets = new Secrets();
    private volatile @Nullable Consumer<String> lines;

    Hiding(OutputStream out, Screen screen) {
      this.out = out;
      this.screen = screen;
    }

    void block(List<String> block) {
      screen.block(block.stream().map(secrets::hide).toList());
    }

    synchronized void entry(String text) {
      try {
        screen.lines(out, text);
      } catch (IOException e) {
        // Nobody is left who could be told.
      }
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
      byte[] bytes = secrets.hide(text.substring(0, end)).getBytes(StandardCharsets.ISO_8859_1);
      screen.print(out, bytes, 0, bytes.length);
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
