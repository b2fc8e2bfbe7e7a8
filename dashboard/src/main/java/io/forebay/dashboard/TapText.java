package io.forebay.dashboard;

import io.forebay.Numbering;
import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.formats.RejectionText;
import io.forebay.formats.RowText;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.JsonText;
import io.forebay.formats.api.NonFinite;
import io.forebay.tap.Tap;
import io.forebay.tap.TapPart;
import io.forebay.tap.TapSample;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a tap tells, one JSON object a line: {@code {"record":…}} as the sinks write it, {@code
 * {"deadLetter":…}} as the dead letter file has it, how many records have passed, and how it ended.
 */
final class TapText {
  private final UnaryOperator<String> texts;
  private final Map<Schema, RowText> rows = new HashMap<>();
  private final RejectionText letters;

  /**
   * @param texts applied to what is no record: hides secrets
   */
  TapText(UnaryOperator<String> texts) {
    this.texts = texts;
    this.letters = new RejectionText(texts, NonFinite::unsaid);
  }

  /** What is seen: the first line. */
  Buffer head(TapPart part) {
    Bytes out = new Bytes(256);
    put(out, "{\"part\":", part.name());
    put(out, ",\"kind\":", part.kind().word());
    out.putAscii(",\"columns\":[");
    String comma = "";
    for (Field field : part.schema().fields()) {
      out.putAscii(comma);
      put(out, "{\"name\":", field.name());
      put(out, ",\"type\":", field.type().text());
      out.put('}');
      comma = ",";
    }
    out.putAscii("]}\n");
    return buffer(out);
  }

  Buffer sample(TapSample sample) {
    Bytes out = new Bytes(256);
    switch (sample) {
      case TapSample.Row(var batch) -> {
        out.putAscii("{\"record\":");
        RowText text =
            rows.computeIfAbsent(
                batch.schema(), schema -> RowText.json(schema, NonFinite.unsaid()));
        text.load(batch);
        text.put(0, out);
      }
      case TapSample.Letter(var rejection) -> {
        out.putAscii("{\"deadLetter\":");
        letters.put(rejection, Numbering.SEQUENCE, "", out);
        out.put('}');
      }
    }
    out.putAscii("}\n");
    return buffer(out);
  }

  /** How many records there were. */
  static Buffer counts(Tap tap) {
    return Buffer.buffer("{\"passed\":" + tap.passed() + ",\"looked\":" + tap.looked() + "}\n");
  }

  /** Why there are no more: the last line. */
  Buffer end(String sentence) {
    Bytes out = new Bytes(256);
    put(out, "{\"end\":", texts.apply(sentence));
    out.putAscii("}\n");
    return buffer(out);
  }

  private void put(Bytes out, String name, String value) {
    out.putAscii(name);
    JsonText.put(out, value);
  }

  private static Buffer buffer(Bytes out) {
    return Buffer.buffer(out.length()).appendBytes(out.array(), 0, out.length());
  }
}
