package io.forebay.formats.internal.points;

import io.forebay.RecordWriter;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The tags and fields of a point that no field declares, as members of a JSON object. */
final class LineProtocolExtras {
  private final Set<String> replaced;
  private final Bytes text = new Bytes(256);

  /**
   * @param replaced names that are left out
   */
  LineProtocolExtras(Set<String> replaced) {
    this.replaced = replaced;
  }

  void clear() {
    text.length(0);
  }

  void text(LineProtocolText key, LineProtocolText value) {
    if (begin(key)) {
      JsonText.put(text, value.bytes(), value.from(), value.length());
    }
  }

  void scalar(LineProtocolText key, LineProtocolValues values, LineProtocolValues.Kind kind) {
    if (begin(key)) {
      switch (kind) {
        case TRUE -> text.putAscii("true");
        case FALSE -> text.putAscii("false");
        case NUMBER, INTEGER -> text.put(values.number().json(), 0, values.number().length());
      }
    }
  }

  void time(String name, long time) {
    if (!replaced.contains(name)) {
      comma();
      JsonText.put(text, name);
      text.put(':');
      text.putAscii(Long.toString(time));
    }
  }

  void measurement(String name, LineProtocolText measurement) {
    if (!replaced.contains(name)) {
      comma();
      JsonText.put(text, name);
      text.put(':');
      JsonText.put(text, measurement.bytes(), measurement.from(), measurement.length());
    }
  }

  private boolean begin(LineProtocolText key) {
    if (!replaced.isEmpty() && replaced.contains(string(key))) {
      return false;
    }
    comma();
    JsonText.put(text, key.bytes(), key.from(), key.length());
    text.put(':');
    return true;
  }

  private static String string(LineProtocolText key) {
    return new String(key.bytes(), key.from(), key.length(), StandardCharsets.UTF_8);
  }

  private void comma() {
    if (text.length() > 0) {
      text.put(',');
    }
  }

  void writeTo(RecordWriter out) {
    if (text.length() > 0) {
      out.setExtras(text.array(), 0, text.length());
    }
  }
}
