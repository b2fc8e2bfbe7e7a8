package io.forebay.formats.internal.json;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.ByteStream;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.internal.bytes.ByteOrderMark;
import io.forebay.formats.internal.bytes.Words;
import java.io.IOException;
import java.util.Arrays;

/**
 * A window over a file in which whole lines lie: the reader takes them straight from {@link
 * #bytes}, and every line ends with a newline there, also the last one of a file that has none.
 */
public final class LineBuffer {
  private static final int BLOCK_BYTES = 256 << 10;

  /** The line end {@code \r\n}, which does not count as part of the line. */
  private static final int LINE_END = 2;

  private final ByteStream input;
  private final int lineBytes;
  private byte[] bytes;
  private int position;
  private int limit;
  private int lastNewline = -1;

  /** Where in the file {@code bytes[0]} is. */
  private long base;

  private boolean ended;

  /** Where the newline that the file does not have was added, or -1. */
  private int addedNewline = -1;

  /**
   * @param base where in the file {@code input} stands
   */
  public LineBuffer(ByteStream input, int lineBytes, long base) {
    this.input = input;
    this.lineBytes = lineBytes;
    this.base = base;
    this.bytes = new byte[BLOCK_BYTES + Words.PADDING];
  }

  /**
   * Makes a line lie at {@link #position}, whole unless it is longer than the limit.
   *
   * @return false at the end of the file
   */
  public boolean next() throws IOException, InterruptedException {
    return position <= lastNewline || fill();
  }

  /** Whether only the start of the line is in the buffer, because it is too long. */
  public boolean isCut() {
    return position > lastNewline;
  }

  /**
   * Makes more lines lie behind the ones that are there already, for a record of several lines;
   * {@link #position} may move to another index.
   *
   * @return false if the file has no more, or if the record is longer than the limit
   */
  public boolean more() throws IOException, InterruptedException {
    if (ended || limit - position > lineBytes + LINE_END) {
      return false;
    }
    int before = lastNewline - position;
    do {
      if (!read()) {
        return lastNewline - position > before;
      }
    } while (lastNewline - position <= before && limit - position <= lineBytes + LINE_END);
    return lastNewline - position > before;
  }

  private boolean fill() throws IOException, InterruptedException {
    if (ended) {
      return false;
    }
    do {
      if (!read()) {
        return position <= lastNewline;
      }
    } while (position > lastNewline && limit - position <= lineBytes + LINE_END);
    return true;
  }

  /** Reads a block behind what is left; at the end of the file, closes the last line. */
  private boolean read() throws IOException, InterruptedException {
    int left = limit - position;
    System.arraycopy(bytes, position, bytes, 0, left);
    base += position;
    lastNewline -= position;
    position = 0;
    limit = left;
    int room = bytes.length - Words.PADDING - 1 - limit;
    if (room < BLOCK_BYTES / 2) {
      bytes = Arrays.copyOf(bytes, bytes.length + Math.max(BLOCK_BYTES, bytes.length / 2));
      room = bytes.length - Words.PADDING - 1 - limit;
    }
    int read = input.read(bytes, limit, Math.min(room, BLOCK_BYTES));
    if (read < 0) {
      ended = true;
      if (left > 0 && bytes[left - 1] != '\n') {
        addedNewline = limit;
        bytes[limit++] = '\n';
        lastNewline = addedNewline;
      }
      return false;
    }
    for (int i = limit + read - 1; i >= limit; i--) {
      if (bytes[i] == '\n') {
        lastNewline = i;
        break;
      }
    }
    limit += read;
    return true;
  }

  /** Rejects the line of which only the start is in the buffer. */
  public void rejectCut(long line, FormatLimits limits, RecordWriter out)
      throws IOException, InterruptedException {
    Rejection.Text text = Rejection.Text.of(bytes, position, position + lineBytes);
    long cut = discardLine() - lineBytes;
    out.reject(
        line, input.offset(base + position, bytes, 0), limits.tooLong(), text.followedBy(cut));
  }

  /** Throws the line away up to its newline; how many bytes it had. */
  private long discardLine() throws IOException, InterruptedException {
    long discarded = 0;
    while (true) {
      for (int i = position; i < limit; i++) {
        if (bytes[i] == '\n') {
          discarded += i - position;
          position = i + 1;
          return discarded;
        }
      }
      discarded += limit - position;
      position = limit;
      if (ended || (!read() && position > lastNewline)) {
        return discarded;
      }
    }
  }

  /** Skips the byte order mark that some programs put before a line of UTF-8. */
  public void skipByteOrderMark() throws IOException, InterruptedException {
    if (next()) {
      position = ByteOrderMark.skip(bytes, position);
    }
  }

  /**
   * Looks at the first bytes of a file.
   *
   * @throws ConfigurationException if they say that it is not UTF-8
   */
  public void checkEncoding(String name) throws IOException, InterruptedException {
    if (next() && ByteOrderMark.isOther(bytes, position, limit)) {
      throw new ConfigurationException(
          "'"
              + name
              + "' cannot be read: it is UTF-16 or UTF-32, as its byte order mark says, and only"
              + " UTF-8 is read: convert it, for example with iconv -f UTF-16 -t UTF-8");
    }
  }

  /** The first newline at or behind {@code from}. */
  public static int newline(byte[] bytes, int from) {
    int at = from;
    while (bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  /** Whether a line holds nothing but whitespace. */
  public static boolean isBlank(byte[] bytes, int from, int to) {
    return JsonScanner.space(bytes, from) == to;
  }

  public byte[] bytes() {
    return bytes;
  }

  /** Where the line begins. */
  public int position() {
    return position;
  }

  /** Behind the last newline that is in the buffer. */
  public int end() {
    return lastNewline + 1;
  }

  /** Behind the last byte that is in the buffer. */
  public int limit() {
    return limit;
  }

  /** Goes on at {@code position}, behind a newline. */
  public void position(int position) {
    this.position = position;
  }

  /** The offset behind a record that ends before {@code index}. */
  public long offset(int index) {
    int end = addedNewline >= 0 && index > addedNewline ? addedNewline : index;
    return input.offset(base + end, bytes, end);
  }
}
