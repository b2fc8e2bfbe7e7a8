package io.forebay.workers.internal.protocol;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The values in a frame, one behind the other, little endian. Texts are a length int32 and UTF-8;
 * lists a count int32 and the elements; a field is name, type as in pipeline files, nullable byte.
 */
public final class Payload {
  private final ByteBuffer buffer;

  private Payload(ByteBuffer buffer) {
    this.buffer = buffer.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** To read. */
  static Payload of(byte[] bytes) {
    return new Payload(ByteBuffer.wrap(bytes));
  }

  /** To write. */
  public static Payload empty() {
    return new Payload(ByteBuffer.allocate(Frame.MOST_BYTES));
  }

  /** What was written. */
  public Frame frame(short type) {
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return new Frame(type, bytes);
  }

  public Payload put(byte[] bytes) throws IOException {
    try {
      buffer.put(bytes);
      return this;
    } catch (BufferOverflowException e) {
      throw new IOException("a frame has no room for more than " + Frame.MOST_BYTES + " bytes", e);
    }
  }

  public Payload putInt(int value) throws IOException {
    return put(number(4).putInt(value).array());
  }

  public Payload putLong(long value) throws IOException {
    return put(number(8).putLong(value).array());
  }

  public Payload putText(String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return putInt(utf8.length).put(utf8);
  }

  public Payload putSchema(Schema schema) throws IOException {
    putInt(schema.size());
    for (Field field : schema.fields()) {
      putText(field.name()).putText(field.type().text());
      put(new byte[] {(byte) (field.nullable() ? 1 : 0)});
    }
    return this;
  }

  public byte[] bytes(int count) throws IOException {
    if (count < 0 || count > buffer.remaining()) {
      throw truncated(null);
    }
    byte[] bytes = new byte[count];
    buffer.get(bytes);
    return bytes;
  }

  int integer() throws IOException {
    try {
      return buffer.getInt();
    } catch (BufferUnderflowException e) {
      throw truncated(e);
    }
  }

  public long number() throws IOException {
    try {
      return buffer.getLong();
    } catch (BufferUnderflowException e) {
      throw truncated(e);
    }
  }

  public String text() throws IOException {
    return new String(bytes(integer()), StandardCharsets.UTF_8);
  }

  /** A count of elements that have at least a byte each. */
  public int count() throws IOException {
    int count = integer();
    if (count < 0 || count > buffer.remaining()) {
      throw truncated(null);
    }
    return count;
  }

  public Schema schema() throws IOException {
    int count = count();
    List<Field> fields = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = text();
      ColumnType type = ColumnType.parse(text());
      fields.add(new Field(name, type, bytes(1)[0] != 0));
    }
    return Schema.of(fields);
  }

  public void end() throws IOException {
    if (buffer.hasRemaining()) {
      throw new IOException("a frame has " + buffer.remaining() + " bytes too many");
    }
  }

  private static ByteBuffer number(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static IOException truncated(@org.jspecify.annotations.Nullable Exception cause) {
    return new IOException("a frame ends in the middle of a value", cause);
  }
}
