package io.forebay.formats;

import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageRecords;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.ByteOrderMark;
import io.forebay.formats.internal.json.JsonScanner;
import io.forebay.formats.internal.json.LineBuffer;
import io.forebay.formats.internal.points.LineProtocolRecords;

/** Decodes messages of points in line protocol; empty lines and comments are skipped. */
final class LineProtocolMessages implements MessageDecoder {
  private final FormatLimits limits;
  private final LineProtocolRecords records;
  private final MessageBuffer buffer = new MessageBuffer();

  LineProtocolMessages(FormatLimits limits, LineProtocolRecords records) {
    this.limits = limits;
    this.records = records;
  }

  @Override
  public Schema schema() {
    return records.schema();
  }

  @Override
  public boolean carriesExtras() {
    return true;
  }

  @Override
  public void decode(byte[] bytes, int from, int length, MessageRecords out)
      throws InterruptedException {
    byte[] text = buffer.load(bytes, from, length);
    if (ByteOrderMark.isOther(text, 0, length)) {
      out.bad(ByteOrderMark.REFUSAL, Rejection.Text.of(text, 0, length));
      return;
    }
    int p = 0;
    while (p < length) {
      p = JsonScanner.space(text, ByteOrderMark.skip(text, p));
      if (p >= length) {
        return;
      }
      if (text[p] == '\n' || text[p] == '#') {
        p = LineBuffer.newline(text, p) + 1;
        continue;
      }
      int end;
      String reason = "";
      try {
        end = records.read(text, p, length, out.writer());
        if (limits.isTooLong(text, p, end)) {
          reason = limits.tooLong();
        }
      } catch (BadRecord e) {
        // On at the next line behind what was understood.
        end = LineBuffer.newline(text, records.reached());
        reason = e.reason(text, p);
      }
      out.settle(reason, Rejection.Text.of(text, p, end));
      p = end + 1;
    }
  }
}
