package io.forebay.formats;

import io.forebay.Field;
import io.forebay.Rejection;
import io.forebay.Schema;
import java.util.List;

/**
 * Decodes messages of CSV rows, each with the fields in their order. A first row of their names is
 * a header and skipped.
 */
final class CsvMessages implements MessageDecoder {
  private final Schema schema;
  private final FormatLimits limits;
  private final List<String> header;
  private final CsvCells cells;
  private final CsvValues values;
  private final MessageBuffer buffer = new MessageBuffer();

  CsvMessages(Schema schema, char separator, FormatLimits limits) {
    this.schema = schema;
    this.limits = limits;
    this.header = schema.fields().stream().map(Field::name).toList();
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
    byte[] text = buffer.load(bytes, from, length);
    // Behind the last newline: the message's own, or the one that was added.
    int end = length > 0 && text[length - 1] == '\n' ? length : length + 1;
    boolean first = true;
    for (int p = 0; p < length; ) {
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
        bad(e.reason(text, p), text, p, newline, out);
        p = newline + 1;
        first = false;
        continue;
      }
      if (!first || !isHeader(text)) {
        row(text, p, behind, out);
      }
      first = false;
      p = behind;
    }
  }

  private void row(byte[] text, int p, int behind, MessageRecords out) throws InterruptedException {
    String reason = "";
    try {
      if (limits.isTooLong(text, p, behind - 1)) {
        reason = limits.tooLong();
      } else if (cells.count() != header.size()) {
        reason =
            "the row has " + cells.count() + " cells, but there are " + header.size() + " fields";
      } else {
        values.read(text, cells, out.writer());
      }
    } catch (BadRecord e) {
      reason = e.reason(text, p);
    }
    if (reason.isEmpty()) {
      out.record();
    } else {
      bad(reason, text, p, behind - 1, out);
    }
  }

  private static void bad(String reason, byte[] text, int from, int to, MessageRecords out)
      throws InterruptedException {
    int end = to > from && text[to - 1] == '\r' ? to - 1 : to;
    out.writer().clear();
    out.bad(reason, Rejection.Text.of(text, from, end));
  }

  /** With a single field, an empty line is an empty cell. */
  private boolean isEmpty(byte[] text, int p) {
    return header.size() != 1 && (text[p] == '\n' || (text[p] == '\r' && text[p + 1] == '\n'));
  }

  private boolean isHeader(byte[] text) {
    return cells.count() == header.size() && cells.texts(text).equals(header);
  }
}
