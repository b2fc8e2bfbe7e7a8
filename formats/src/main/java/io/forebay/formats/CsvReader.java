package io.forebay.formats;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.ByteStream;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.csv.CsvCells;
import io.forebay.formats.internal.csv.CsvColumns;
import io.forebay.formats.internal.csv.CsvHeader;
import io.forebay.formats.internal.csv.CsvNames;
import io.forebay.formats.internal.csv.CsvValues;
import io.forebay.formats.internal.json.LineBuffer;
import java.io.IOException;
import java.util.List;

/**
 * Reads the rows of a CSV file behind its header. The line of a record is its first one. After a
 * record that cannot be cut into cells, reading goes on at its second line: so a quote that is not
 * closed costs one line, not all that follow.
 */
final class CsvReader implements RecordReader {
  private final Schema schema;
  private final CsvValues values;
  private final CsvCells cells;
  private final FormatLimits limits;
  private final int columns;
  private final int[] order;
  private final boolean hasHeader;
  private final CsvNames names;
  private String name = "";

  /**
   * @param hasHeader whether the first row has the names
   */
  CsvReader(Schema schema, CsvCells cells, FormatLimits limits, boolean hasHeader) {
    this.schema = schema;
    this.values = new CsvValues(schema);
    this.cells = cells;
    this.columns = schema.size();
    this.limits = limits;
    this.order = CsvColumns.inOrder(columns).fields();
    this.hasHeader = hasHeader;
    this.names = new CsvNames(schema);
  }

  @Override
  public long read(String name, ByteStream stream, long linesBefore, RecordWriter out)
      throws IOException, InterruptedException {
    LineBuffer lines = new LineBuffer(stream, limits.lineBytes(), 0);
    this.name = name;
    lines.checkEncoding(name);
    lines.skipByteOrderMark();
    if (!lines.next()) {
      return linesBefore;
    }
    if (!hasHeader) {
      return read(lines, linesBefore, out);
    }
    checkHeader(lines);
    return read(lines, linesBefore + cells.lines(), out);
  }

  @Override
  public void checkStart(String name, ByteStream fromBeginning)
      throws IOException, InterruptedException {
    if (hasHeader) {
      this.name = name;
      LineBuffer lines = new LineBuffer(fromBeginning, limits.lineBytes(), 0);
      lines.skipByteOrderMark();
      checkHeader(lines);
    }
  }

  private void checkHeader(LineBuffer lines) throws IOException, InterruptedException {
    List<String> header = CsvHeader.read(name, lines, cells);
    List<String> expected = schema.fields().stream().map(Field::name).toList();
    if (!header.equals(expected)) {
      throw new ConfigurationException(
          "the header row of '"
              + name
              + "' has changed: it was "
              + String.join(", ", expected)
              + " and is "
              + String.join(", ", header)
              + "; start again to read it with these columns");
    }
  }

  @Override
  public long readOn(ByteStream stream, long place, long linesBefore, RecordWriter out)
      throws IOException, InterruptedException {
    return read(new LineBuffer(stream, limits.lineBytes(), place), linesBefore, out);
  }

  private long read(LineBuffer lines, long linesBefore, RecordWriter out)
      throws IOException, InterruptedException {
    long line = linesBefore + 1;
    while (lines.next()) {
      lines.skipByteOrderMark();
      if (lines.isCut()) {
        lines.rejectCut(line++, limits, out);
        continue;
      }
      if (columns > 1 && isEmpty(lines)) {
        lines.position(LineBuffer.newline(lines.bytes(), lines.position()) + 1);
        line++;
        continue;
      }
      int end;
      String reason = null;
      try {
        end = cut(lines);
        int from = lines.position();
        if (isTooLong(lines.bytes(), from, end)) {
          throw new BadRecord(-1, cells.lines() == 1 ? limits.tooLong() : unclosed());
        }
      } catch (BadRecord e) {
        rejectLine(lines, line++, e, out);
        continue;
      }
      byte[] bytes = lines.bytes();
      int from = lines.position();
      if (names.onlyTexts() && isHeaderAgain(bytes, line)) {
        lines.position(end);
        line += cells.lines();
        continue;
      }
      try {
        if (cells.count() != columns) {
          throw new BadRecord(
              -1, "the row has " + cells.count() + " cells, but the header has " + columns);
        }
        values.read(bytes, cells, order, out);
      } catch (BadRecord e) {
        reason = e.reason(bytes, from);
        if (isHeaderAgain(bytes, line)) {
          out.clear();
          lines.position(end);
          line += cells.lines();
          continue;
        }
      }
      lines.position(end);
      long offset = lines.offset(end);
      if (reason == null) {
        out.append(line, offset);
      } else {
        out.reject(
            line, offset, reason, Rejection.Text.of(bytes, from, withoutLineEnd(bytes, end)));
      }
      line += cells.lines();
    }
    return line - 1;
  }

  /**
   * Whether the row is the header once more, as where files were joined.
   *
   * @throws ConfigurationException if it is one of another order: the rows behind it cannot be read
   */
  private boolean isHeaderAgain(byte[] bytes, long line) {
    if (!hasHeader || !names.mayBe(bytes, cells)) {
      return false;
    }
    List<String> texts = cells.texts(bytes);
    if (names.onlyTexts() && !names.areExact(texts)) {
      return false; // It is a record like others.
    }
    CsvColumns header = names.named(texts);
    if (header != null && (header.isOther() || header.isRefused())) {
      throw new ConfigurationException(
          "line "
              + line
              + " of '"
              + (name.isEmpty() ? "the file" : name)
              + "' is a header row with other columns than the first one has ("
              + String.join(", ", texts)
              + "): nothing behind it was read; cut the file in two there, or write header: absent"
              + " if the row is a record");
    }
    return header != null;
  }

  /** Cuts the record at the buffer's position; more of the file is read where it needs it. */
  private int cut(LineBuffer lines) throws BadRecord, IOException, InterruptedException {
    while (true) {
      int end = cells.cut(lines.bytes(), lines.position(), lines.end());
      if (end != CsvCells.MORE) {
        return end;
      }
      if (!lines.more()) {
        boolean tooLong = lines.limit() - lines.position() > limits.lineBytes();
        throw new BadRecord(-1, tooLong ? unclosed() : "a quote is not closed");
      }
    }
  }

  private String unclosed() {
    return "the record is longer than " + limits.lineBytes() + " bytes, or a quote is not closed";
  }

  private boolean isTooLong(byte[] bytes, int from, int end) {
    return limits.isTooLong(bytes, from, end - 1);
  }

  private void rejectLine(LineBuffer lines, long line, BadRecord bad, RecordWriter out)
      throws InterruptedException {
    byte[] bytes = lines.bytes();
    int from = lines.position();
    int end = LineBuffer.newline(bytes, from);
    String reason = limits.isTooLong(bytes, from, end) ? limits.tooLong() : bad.reason(bytes, from);
    lines.position(end + 1);
    Rejection.Text text = Rejection.Text.of(bytes, from, withoutLineEnd(bytes, end + 1));
    out.reject(line, lines.offset(end + 1), reason, text);
  }

  private static boolean isEmpty(LineBuffer lines) {
    byte[] bytes = lines.bytes();
    int p = lines.position();
    return bytes[p] == '\n' || (bytes[p] == '\r' && bytes[p + 1] == '\n');
  }

  /** The end of a record without the line end before {@code behind}. */
  private static int withoutLineEnd(byte[] bytes, int behind) {
    int end = behind - 1;
    return end > 0 && bytes[end - 1] == '\r' ? end - 1 : end;
  }
}
