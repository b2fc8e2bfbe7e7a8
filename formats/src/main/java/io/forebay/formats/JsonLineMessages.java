package io.forebay.formats;

import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageRecords;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.ByteOrderMark;
import io.forebay.formats.internal.json.JsonRecords;
import io.forebay.formats.internal.json.LineBuffer;
import java.util.Set;

/** Decodes messages of one JSON object a line. */
final class JsonLineMessages implements MessageDecoder {
  private final Schema schema;
  private final FormatLimits limits;
  private final JsonRecords records;
  private final MessageBuffer buffer = new MessageBuffer();

  JsonLineMessages(Schema schema, FormatLimits limits, Set<String> replaced) {
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
    byte[] text = buffer.load(bytes, from, length);
    if (ByteOrderMark.isOther(text, 0, length)) {
      out.bad(ByteOrderMark.REFUSAL, Rejection.Text.of(text, 0, length));
      return;
    }
    for (int p = 0; p < length; ) {
      p = ByteOrderMark.skip(text, p);
      int end;
      String reason = "";
      try {
        end = records.read(text, p, out.writer());
      } catch (BadRecord e) {
        end = LineBuffer.newline(text, p);
        if (LineBuffer.isBlank(text, p, end)) {
          out.writer().clear();
          p = end + 1;
          continue;
        }
        reason = e.reason(text, p);
      }
      if (limits.isTooLong(text, p, end)) {
        reason = limits.tooLong();
      }
      out.settle(reason, Rejection.Text.of(text, p, end));
      p = end + 1;
    }
  }
}
