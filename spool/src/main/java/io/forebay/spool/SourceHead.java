package io.forebay.spool;

import io.forebay.Position;
import io.forebay.Schema;
import io.forebay.internal.rows.ByteBuilder;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What a segment of a source's spool begins with: the fields, as text, and how far each partition
 * of a source that can repeat was read before the segment's first frame.
 */
record SourceHead(String fields, Map<String, Position> positions) {
  static String fields(Schema schema, boolean extras) {
    return schema + (extras ? " and others" : "");
  }

  byte[] encode() {
    ByteBuilder out = new ByteBuilder(256).putText(fields).putInt(positions.size());
    positions.forEach((partition, position) ->
        out.putText(partition).putLong(position.sequence()).putLong(position.offset()));
    return out.toArray();
  }

  static SourceHead decode(byte[] bytes) throws IOException {
    ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      String fields = text(from);
      int count = from.getInt();
      Map<String, Position> positions = new HashMap<>();
      for (int i = 0; i < count; i++) {
        String partition = text(from);
        positions.put(partition, new Position(from.getLong(), from.getLong()));
      }
      return new SourceHead(fields, positions);
    } catch (BufferUnderflowException | IllegalArgumentException | NegativeArraySizeException e) {
      throw new IOException("the beginning of a segment does not decode", e);
    }
  }

  private static String text(ByteBuffer from) {
    int length = from.getInt();
    if (length < 0 || length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] utf8 = new byte[length];
    from.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
