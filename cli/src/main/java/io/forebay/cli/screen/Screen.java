package io.forebay.cli.screen;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The terminal, with a block of lines at its bottom that is replaced: whatever else is printed goes
 * above it. All that ends at one terminal has one of these, the standard error, the standard output
 * and the records of a sink, so that nothing is written over. Any thread may call.
 */
public final class Screen {
  private static final String DOES_NOT_WRAP = "\u001b[?7l";
  private static final String WRAPS = "\u001b[?7h";
  private static final String ERASES_BELOW = "\u001b[J";

  private final OutputStream out;

  /** How many lines the block at the bottom has, below the place where printing goes on. */
  @GuardedBy("this")
  private int blockLines;

  @GuardedBy("this")
  private boolean midLine;

  /** What was printed last is a part of a record, whose rest comes. */
  @GuardedBy("this")
  private boolean midRecord;

  /**
   * Without a block.
   *
   * @param out where the block is drawn
   */
  public Screen(OutputStream out) {
    this.out = out;
  }

  /** Shows these lines at the bottom in place of those before, until something is printed. */
  synchronized void block(List<String> lines) {
    if (midRecord) {
      return; // Drawn when its line is complete.
    }
    StringBuilder text = new StringBuilder(midLine ? "\n" : "");
    text.append(DOES_NOT_WRAP);
    if (blockLines > 0) {
      text.append(up(blockLines));
    }
    lines.forEach(line -> text.append("\u001b[2K").append(line).append('\n'));
    text.append(ERASES_BELOW).append(WRAPS);
    try {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      // The terminal is gone: nobody looks.
    }
    midLine = false;
    blockLines = lines.size();
  }

  /** Whether there is no block, as after something was printed. */
  synchronized boolean isBare() {
    return blockLines == 0;
  }

  /** Prints whole lines at the beginning of a line. */
  synchronized void lines(OutputStream to, String text) throws IOException {
    byte[] bytes = (midLine ? "\n" + text : text).getBytes(StandardCharsets.UTF_8);
    print(to, bytes, 0, bytes.length);
    to.flush();
  }

  /** Prints above the block, which is drawn again when it is shown next. */
  synchronized void print(OutputStream to, byte[] bytes, int from, int length) throws IOException {
    if (length == 0) {
      return;
    }
    if (blockLines > 0) {
      String erase = up(blockLines) + ERASES_BELOW;
      blockLines = 0;
      out.write(erase.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
    to.write(bytes, from, length);
    midLine = bytes[from + length - 1] != '\n';
    midRecord = false;
  }

  private synchronized void records(OutputStream to, byte[] bytes, int from, int length)
      throws IOException {
    print(to, bytes, from, length);
    midRecord = midLine;
  }

  private static String up(int lines) {
    return "\u001b[" + lines + "A";
  }

  /** A stream of records that ends at this terminal, too. */
  public OutputStream shared(OutputStream to) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        records(to, bytes, from, length);
      }

      @Override
      public void flush() throws IOException {
        to.flush();
      }

      @Override
      public void close() throws IOException {
        to.close();
      }
    };
  }
}
