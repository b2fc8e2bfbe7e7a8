package io.forebay.formats;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** CSV files of random cells, written in any way that RFC 4180 allows. */
final class RandomCsv {
  private static final String[] PIECES = {
    "a", "B", "7", "-1.5", " ", "  x", "é", "温", "🌡", "\"", "\"\"", ",", ";", "\t", "\n", "\r\n",
    "\r", "'", "\\", "null", "#", "=", "\u0000", "\ufeff", "\u2028"
  };
  private static final String BYTE_ORDER_MARK = "\ufeff";

  /** A row: its cells (empty: nothing between separators), its first line, the byte behind it. */
  record Row(List<Optional<String>> cells, long line, long end) {}

  /** A file: its names and rows, and the bytes that hold them; files are not compared. */
  @SuppressWarnings("ArrayRecordComponent")
  record File(char separator, List<String> header, List<Row> rows, byte[] bytes, boolean marked) {
    /** The text behind a byte order mark. */
    String text() {
      int from = marked ? BYTE_ORDER_MARK.getBytes(StandardCharsets.UTF_8).length : 0;
      return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
    }
  }

  private final SplittableRandom random;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private long line;

  RandomCsv(SplittableRandom random) {
    this.random = random;
  }

  /** The next file, of at most {@code most} rows. */
  File file(int most) {
    out.reset();
    line = 1;
    char separator = ",;\t".charAt(random.nextInt(3));
    int columns = 1 + random.nextInt(6);
    boolean marked = random.nextInt(4) == 0;
    if (marked) {
      write(BYTE_ORDER_MARK);
    }
    List<String> header = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      String name = "c" + i + (random.nextInt(5) == 0 ? "\"" + separator + "é" : "");
      header.add(name);
      write(i == 0 ? "" : String.valueOf(separator));
      write(random.nextBoolean() || name.length() > 2 ? quoted(name) : name);
    }
    int rows = random.nextInt(most + 1);
    boolean ended = rows > 0 || random.nextBoolean();
    if (ended) {
      lineEnd();
    }
    List<Row> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      // Elsewhere an empty line is a row with an empty cell.
      while (columns > 1 && random.nextInt(20) == 0) {
        lineEnd();
      }
      all.add(row(columns, separator, i == rows - 1 && random.nextInt(3) == 0));
    }
    return new File(separator, header, all, out.toByteArray(), marked);
  }

  private Row row(int columns, char separator, boolean last) {
    long first = line;
    List<Optional<String>> cells = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      write(i == 0 ? "" : String.valueOf(separator));
      cells.add(cell(separator));
    }
    // Without a line end a single empty cell would be nothing at all.
    if (!last || columns == 1) {
      lineEnd();
    }
    return new Row(cells, first, out.size());
  }

  private Optional<String> cell(char separator) {
    int pieces = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(4);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pieces; i++) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    String cell = text.toString();
    boolean quotes =
        random.nextInt(3) == 0
            || cell.indexOf(separator) >= 0
            || cell.startsWith(BYTE_ORDER_MARK)
            || cell.chars().anyMatch(c -> c == '"' || c == '\n' || c == '\r' || c == 0);
    write(quotes ? quoted(cell) : cell);
    line += cell.chars().filter(c -> c == '\n').count();
    return cell.isEmpty() && !quotes ? Optional.empty() : Optional.of(cell);
  }

  private static String quoted(String cell) {
    return '"' + cell.replace("\"", "\"\"") + '"';
  }

  private void lineEnd() {
    write(random.nextBoolean() ? "\n" : "\r\n");
    line++;
  }

  private void write(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
