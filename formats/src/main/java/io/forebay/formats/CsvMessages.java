package io.forebay.formats;

import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.CsvHeaders;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageRecords;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.ByteOrderMark;
import io.forebay.formats.internal.csv.CsvCells;
import io.forebay.formats.internal.csv.CsvColumns;
import io.forebay.formats.internal.csv.CsvNames;
import io.forebay.formats.internal.csv.CsvValues;
import io.forebay.formats.internal.json.LineBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes messages of CSV rows: with the columns in the order of their header, or of the fields if
 * they have none. A header holds for the rows behind it, up to the next one or the end of the
 * message or connection; one that cannot be obeyed is refused with all of these.
 *
 * <p>The text of a row that is rejected under a header of another order has the header before it,
 * so that it is read again as it was meant.
 */
final class CsvMessages implements MessageDecoder {
  private final Schema schema;
  private final FormatLimits limits;
  private final CsvHeaders headers;
  private final CsvNames names;
  private final CsvColumns inOrder;
  private final CsvCells cells;
  private final CsvValues values;
  private final MessageBuffer buffer = new MessageBuffer();

  CsvMessages(Schema schema, char separator, FormatLimits limits, CsvHeaders headers) {
    this.schema = schema;
    this.limits = limits;
    this.headers = headers;
    this.names = new CsvNames(schema);
    this.inOrder = CsvColumns.inOrder(schema.size());
    this.cells = new CsvCells(separator, limits);
    this.values = new CsvValues(schema);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public boolean carriesExtras() {
    return false;
  }

  @Override
  public void decode(byte[] bytes, int from, int length, MessageRecords out)
      throws InterruptedException {
    new Rows().decode(bytes, from, length, out);
  }

  @Override
  public MessageDecoder ofConnection() {
    return new Rows();
  }

  /** The rows of one message or connection, and what their header says. */
  private final class Rows implements MessageDecoder {
    /** Null before the first row. */
    private @Nullable CsvColumns columns;

    @Override
    public Schema schema() {
      return schema;
    }

    @Override
    public boolean carriesExtras() {
      return false;
    }

    @Override
    public void decode(byte[] bytes, int from, int length, MessageRecords out)
        throws InterruptedException {
      byte[] text = buffer.load(bytes, from, length);
      if (columns == null && ByteOrderMark.isOther(text, 0, length)) {
        columns = CsvColumns.refused(ByteOrderMark.REFUSAL);
        bad(ByteOrderMark.REFUSAL, text, 0, length, out);
        return;
      }
      // Behind the last newline: the message's own, or the one that was added.
      int end = length > 0 && text[length - 1] == '\n' ? length : length + 1;
      for (int p = 0; p < length; ) {
        p = ByteOrderMark.skip(text, p);
        if (isEmpty(text, p)) {
          p = LineBuffer.newline(text, p) + 1;
          continue;
        }
        int behind;
        try {
          behind = cells.cut(text, p, end);
          if (behind == CsvCells.MORE) {
            throw new BadRecord(-1, "a quote is not closed");
          }
        } catch (BadRecord e) {
          // On at the next line, so that a quote that is not closed costs only its own.
          int newline = LineBuffer.newline(text, p);
          columns = columns == null ? withoutHeader() : columns;
          bad(e.reason(text, p), text, p, newline, out);
          p = newline + 1;
          continue;
        }
        row(text, p, behind, out);
        p = behind;
      }
    }

    private void row(byte[] text, int p, int behind, MessageRecords out)
        throws InterruptedException {
      CsvColumns present = columns;
      boolean isFirst = present == null;
      if (present == null) {
        CsvColumns header = first(text, p, behind, out);
        if (header != null) {
          obey(header, text, p, behind, out);
          return;
        }
        present = withoutHeader();
        columns = present;
      } else if (headers.row() != CsvHeaderRow.ABSENT
          && (present.isRefused() || names.onlyTexts())
          && names.mayBe(text, cells)) {
        CsvColumns header = names.later(cells.texts(text), line(text, p, behind));
        if (header != null) {
          obey(header, text, p, behind, out);
          return;
        }
      }
      String reason = read(present, text, p, behind, out);
      if (reason.isEmpty()) {
        out.record();
        return;
      }
      out.writer().clear();
      if (!isFirst
          && headers.row() != CsvHeaderRow.ABSENT
          && !present.isRefused()
          && names.mayBe(text, cells)) {
        CsvColumns header = names.later(cells.texts(text), line(text, p, behind));
        if (header != null) {
          obey(header, text, p, behind, out);
          return;
        }
      }
      bad(reason, text, p, behind - 1, out);
    }

    private void obey(CsvColumns header, byte[] text, int p, int behind, MessageRecords out)
        throws InterruptedException {
      // Its own text is all that a refused header leaves: it has none before it.
      columns = null;
      if (header.isRefused()) {
        bad(header.refusal(), text, p, behind - 1, out);
      } else if (header.isOther()) {
        headers.foundOtherOrder(String.join(", ", cells.texts(text)));
      }
      columns = header;
    }

    private CsvColumns withoutHeader() {
      String other = headers.otherOrder();
      if (headers.row() == CsvHeaderRow.PRESENT) {
        return CsvColumns.refused(
            "there is no header before the row, and header: present asks for one");
      }
      return other == null || headers.row() == CsvHeaderRow.ABSENT
          ? inOrder
          : CsvColumns.refused(
              "there is no header before the row, while an earlier message had one with other"
                  + " columns ("
                  + other
                  + "), so its own are not known: let every message or connection begin with its"
                  + " header and write header: present, or send none and write header: absent");
    }

    private void bad(String reason, byte[] text, int from, int to, MessageRecords out)
        throws InterruptedException {
      int end = to > from && text[to - 1] == '\r' ? to - 1 : to;
      out.writer().clear();
      out.bad(reason, Rejection.Text.of(text, from, end), withHeader(text, from, end));
    }

    /** The row, behind its header if it cannot be understood without. */
    private Rejection.Text withHeader(byte[] text, int from, int end) {
      CsvColumns present = columns;
      if (present == null
          || present.header().length == 0
          || (!present.isOther() && headers.row() != CsvHeaderRow.PRESENT)) {
        return Rejection.Text.of(text, from, end);
      }
      byte[] header = present.header();
      int rows = Math.min(end - from, Rejection.Text.MOST_BYTES);
      byte[] both = Arrays.copyOf(header, header.length + 1 + rows);
      both[header.length] = '\n';
      System.arraycopy(text, from, both, header.length + 1, rows);
      return Rejection.Text.of(both, 0, both.length).followedBy(end - from - rows);
    }
  }

  /** What the first row says of the columns; null if it is a record, or to be read as one. */
  private @Nullable CsvColumns first(byte[] text, int p, int behind, MessageRecords out) {
    byte[] line = line(text, p, behind);
    return switch (headers.row()) {
      case ABSENT -> null;
      case PRESENT -> names.columns(cells.texts(text), line);
      case AUTO -> names.first(cells.texts(text), line, isRecord(text, p, behind, out));
    };
  }

  /** Whether the row is a record by a cell that is no text: a number or a time is no name. */
  private boolean isRecord(byte[] text, int p, int behind, MessageRecords out) {
    if (names.onlyTexts()) {
      return false;
    }
    boolean is = read(inOrder, text, p, behind, out).isEmpty() && values.hasOtherThanText(cells);
    out.writer().clear();
    return is;
  }

  private static byte[] line(byte[] text, int p, int behind) {
    int end = behind - 1;
    return Arrays.copyOfRange(text, p, end > p && text[end - 1] == '\r' ? end - 1 : end);
  }

  /** Sets the columns of a record; returns what is wrong with the row. */
  private String read(CsvColumns columns, byte[] text, int p, int behind, MessageRecords out) {
    try {
      if (limits.isTooLong(text, p, behind - 1)) {
        return limits.tooLong();
      }
      if (columns.isRefused()) {
        return columns.header().length == 0
            ? columns.refusal()
            : "not read, because " + columns.refusal();
      }
      int expected = columns.fields().length;
      if (cells.count() != expected) {
        String there =
            columns.isOther() ? "its header has " + expected : "there are " + expected + " fields";
        return "the row has " + cells.count() + " cells, but " + there;
      }
      values.read(text, cells, columns.fields(), out.writer());
      return "";
    } catch (BadRecord e) {
      return e.reason(text, p);
    }
  }

  /** With a single field, an empty line is an empty cell. */
  private boolean isEmpty(byte[] text, int p) {
    return schema.size() != 1 && (text[p] == '\n' || (text[p] == '\r' && text[p + 1] == '\n'));
  }
}
