package io.forebay.formats;

import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageRecords;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.ByteOrderMark;
import io.forebay.formats.internal.json.JsonRecords;
import io.forebay.formats.internal.json.JsonScanner;
import java.util.Set;

/** Decodes messages of one JSON object or an array of objects. */
final class JsonMessages implements MessageDecoder {
  private final Schema schema;
  private final FormatLimits limits;
  private final JsonRecords records;
  private final MessageBuffer buffer = new MessageBuffer();

  JsonMessages(Schema schema, FormatLimits limits, Set<String> replaced) {
    this.schema = schema;
    this.limits = limits;
    this.records = new JsonRecords(schema, limits, replaced);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public boolean carriesExtras() {
    return true;
  }

  @Override
  public void decode(byte[] bytes, int from, int length, MessageRecords out)
      throws InterruptedException {
    byte[] line = buffer.loadAsLine(bytes, from, length);
    int p = JsonScanner.space(line, ByteOrderMark.skip(line, 0));
    if (ByteOrderMark.isOther(line, 0, length)) {
      out.bad(ByteOrderMark.REFUSAL, Rejection.Text.of(bytes, from, from + length));
    } else if (line[p] == '\n') {
      out.settle("the message is empty", Rejection.Text.NONE);
    } else if (line[p] == '[') {
      new Elements(bytes, from, line, out).decode(p);
    } else {
      object(bytes, from, line, p, out);
    }
  }

  private void object(byte[] bytes, int from, byte[] line, int at, MessageRecords out)
      throws InterruptedException {
    int end = buffer.end();
    String reason;
    try {
      int behind = JsonScanner.space(line, records.object(line, at, out.writer()));
      JsonScanner.expect(line, behind, '\n', "the end of the message");
      reason = end > limits.lineBytes() ? limits.recordTooLong() : "";
    } catch (BadRecord e) {
      reason = e.reason(line, 0);
    }
    out.settle(reason, Rejection.Text.of(bytes, from, from + end));
  }

  /**
   * The elements of one message. A bad one is told from the next by its braces and quotes; where
   * they do not match, the rest of the array is one bad record.
   */
  private final class Elements {
    private final byte[] bytes;
    private final int from;
    private final byte[] line;
    private final MessageRecords out;

    Elements(byte[] bytes, int from, byte[] line, MessageRecords out) {
      this.bytes = bytes;
      this.from = from;
      this.line = line;
      this.out = out;
    }

    void decode(int open) throws InterruptedException {
      int p = JsonScanner.space(line, open + 1);
      int behind = line[p] == ']' ? p : elements(p);
      if (behind < 0) {
        return;
      }
      int rest = JsonScanner.space(line, behind + 1);
      if (line[rest] != '\n') {
        bad("expected the end of the message behind the array", rest, buffer.end());
      }
    }

    /** Returns where the array closes, or -1 if it does not. */
    private int elements(int first) throws InterruptedException {
      int p = first;
      for (int number = 1; ; number++) {
        int behind = element(p, number);
        if (behind < 0) {
          return -1;
        }
        if (line[behind] == ']') {
          return behind;
        }
        p = JsonScanner.space(line, behind + 1);
      }
    }

    /** Returns the comma or bracket behind the element, or -1. */
    private int element(int at, int number) throws InterruptedException {
      int behind;
      try {
        behind = JsonScanner.space(line, records.object(line, at, out.writer()));
      } catch (BadRecord e) {
        return skip(at, "element " + number + ": " + e.reason(line, at));
      }
      if (behind - at > limits.lineBytes()) {
        bad("element " + number + ": " + limits.recordTooLong(), at, behind);
      } else {
        out.record();
      }
      if (line[behind] == ',' || line[behind] == ']') {
        return behind;
      }
      return skip(
          behind,
          "expected ',' or ']' behind element "
              + number
              + ", found "
              + JsonScanner.found(line, behind));
    }

    private int skip(int at, String reason) throws InterruptedException {
      int behind = JsonScanner.behindElement(line, at);
      if (behind < 0) {
        bad(reason + "; the rest of the array is left out with it", at, buffer.end());
      } else {
        bad(reason, at, behind);
      }
      return behind;
    }

    private void bad(String reason, int start, int end) throws InterruptedException {
      out.writer().clear();
      out.bad(reason, Rejection.Text.of(bytes, from + start, from + end));
    }
  }
}
