package io.forebay.formats.internal.csv;

import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.Utf8;
import io.forebay.formats.internal.bytes.Words;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts CSV records (RFC 4180) into cells. Strict: a quote stands only around a cell or doubled
 * within quotes, a carriage return only before a newline or within quotes, and UTF-8 is valid.
 */
public final class CsvCells {
  /** The record goes on behind what is in the buffer. */
  public static final int MORE = -1;

  private final byte separator;
  private final int cellBytes;
  private int count;
  private int lines;
  private int[] starts = new int[16];
  private int[] ends = new int[16];

  /** Whether the cell has quotes; and whether some of them are doubled. */
  private boolean[] quoted = new boolean[16];

  private boolean[] doubled = new boolean[16];
  private byte[] undoubled = new byte[64];
  private int undoubledLength;

  public CsvCells(char separator, FormatLimits limits) {
    this.separator = (byte) separator;
    this.cellBytes = limits.stringBytes();
  }

  /**
   * Cuts the record at {@code from}.
   *
   * @param end behind the last newline in the buffer
   * @return the index behind the record's newline, or {@link #MORE}
   */
  public int cut(byte[] bytes, int from, int end) throws BadRecord {
    count = 0;
    lines = 1;
    int p = from;
    while (true) {
      if (count == starts.length) {
        grow();
      }
      int start = p;
      boolean quotes = bytes[p] == '"';
      p = quotes ? quotedCell(bytes, p + 1, end) : plainCell(bytes, p);
      if (p == MORE) {
        return MORE;
      }
      quoted[count] = quotes;
      starts[count] = quotes ? start + 1 : start;
      ends[count] = quotes ? p - 1 : p;
      if (ends[count] - starts[count] > cellBytes) {
        throw new BadRecord(start, "a cell is longer than " + cellBytes + " bytes");
      }
      count++;
      byte b = bytes[p];
      if (b == separator) {
        p++;
      } else if (b == '\n') {
        return p + 1;
      } else if (b == '\r' && bytes[p + 1] == '\n') {
        return p + 2;
      } else {
        throw new BadRecord(p, "expected a separator behind the quoted cell");
      }
    }
  }

  private int plainCell(byte[] bytes, int from) throws BadRecord {
    doubled[count] = false;
    int p = from;
    while (true) {
      byte b = bytes[p];
      if (b == separator || b == '\n') {
        return p;
      }
      if (b < 0) {
        p = character(bytes, p);
        continue;
      }
      if (b == '"') {
        throw new BadRecord(p, "a quote in a cell that does not begin with one");
      }
      if (b == 0) {
        throw new BadRecord(p, "a NUL outside of quotes: is the text UTF-16? Only UTF-8 is read");
      }
      if (b == '\r') {
        if (bytes[p + 1] == '\n') {
          return p;
        }
        throw new BadRecord(p, "a carriage return outside of quotes");
      }
      p++;
    }
  }

  /** Returns the index behind the closing quote. */
  private int quotedCell(byte[] bytes, int from, int end) throws BadRecord {
    doubled[count] = false;
    int p = from;
    while (p < end) {
      byte b = bytes[p];
      if (b < 0) {
        p = character(bytes, p);
        continue;
      }
      if (b == '\n') {
        lines++;
      } else if (b == '"') {
        if (bytes[p + 1] != '"') {
          return p + 1;
        }
        doubled[count] = true;
        p++;
      }
      p++;
    }
    return MORE;
  }

  private static int character(byte[] bytes, int p) throws BadRecord {
    int next = Utf8.next(bytes, p);
    if (next < 0) {
      throw new BadRecord(p, "broken UTF-8");
    }
    return next;
  }

  private void grow() {
    int size = 2 * count;
    starts = Arrays.copyOf(starts, size);
    ends = Arrays.copyOf(ends, size);
    quoted = Arrays.copyOf(quoted, size);
    doubled = Arrays.copyOf(doubled, size);
  }

  public int count() {
    return count;
  }

  /** How many lines the record has. */
  public int lines() {
    return lines;
  }

  /** Whether the cell has nothing in it and no quotes. */
  public boolean isNull(int cell) {
    return starts[cell] == ends[cell] && !quoted[cell];
  }

  public boolean isEmpty(int cell) {
    return starts[cell] == ends[cell];
  }

  public int start(int cell) {
    return starts[cell];
  }

  public int end(int cell) {
    return ends[cell];
  }

  boolean isDoubled(int cell) {
    return doubled[cell];
  }

  /**
   * The text of a cell with doubled quotes, each of them once; {@link #undoubledLength} bytes, then
   * something that is no digit.
   */
  byte[] undoubled(byte[] bytes, int cell) {
    int length = ends[cell] - starts[cell];
    if (undoubled.length < length + Words.PADDING) {
      undoubled = new byte[2 * length + Words.PADDING];
    }
    int to = 0;
    for (int i = starts[cell]; i < ends[cell]; i++) {
      undoubled[to++] = bytes[i];
      i += bytes[i] == '"' ? 1 : 0;
    }
    undoubled[to] = '\n';
    undoubledLength = to;
    return undoubled;
  }

  int undoubledLength() {
    return undoubledLength;
  }

  /** The texts of all cells. */
  public List<String> texts(byte[] bytes) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = new String(bytes, starts[i], ends[i] - starts[i], StandardCharsets.UTF_8);
      texts.add(doubled[i] ? text.replace("\"\"", "\"") : text);
    }
    return texts;
  }
}
