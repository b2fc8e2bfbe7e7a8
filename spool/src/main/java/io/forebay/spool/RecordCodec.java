package io.forebay.spool;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.Field;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Records of a source as the payload of frames. Texts and bytes have their length (u32) before
 * them, numbers are little endian:
 *
 * <pre>
 *  record:      u8 1, place, a bit for each column that is set, the values of these, extras
 *  unreadable:  u8 2, place, reason, the record or its start, i64 how many bytes follow
 *  end:         u8 3: the source came to its end
 *  commit:      u8 4: what came before is committed, see {@link Commit} (in the spool of a sink)
 *
 *  place:   u8 0, or u8 1, partition, i64 sequence, i64 offset (where the source can repeat)
 *  values:  bool u8; integers and times i64; floats f64; string, binary: bytes; list: u32 n, n × f64
 *  extras:  u8 0, or u8 1, bytes
 * </pre>
 */
final class RecordCodec {
  static final int RECORD = 1;
  static final int UNREADABLE = 2;
  static final int END = 3;
  static final int COMMIT = 4;

  /** What an unreadable record needs besides its place, its reason and its text. */
  static final int TEXT_BYTES = 4 + 8;

  private final Schema schema;
  private byte[] text = new byte[256];
  private double[] numbers = new double[16];

  RecordCodec(Schema schema) {
    this.schema = schema;
  }

  /** The place in its partition that a payload names. */
  record Place(String partition, long sequence, long offset) {}

  /** What kind of payload it is. */
  static int kind(ByteBuffer payload) throws IOException {
    int kind = payload.hasRemaining() ? payload.get(payload.position()) : 0;
    if (kind < RECORD || kind > COMMIT) {
      throw new IOException("a payload of the unknown kind " + kind);
    }
    return kind;
  }

  /** The place that the payload names; {@code sequence} 0 if it names none. */
  static Place place(ByteBuffer payload) throws IOException {
    try {
      ByteBuffer from = payload.duplicate().order(payload.order());
      return kind(payload) >= END
          ? new Place("", 0, 0)
          : readPlace(from.position(from.position() + 1));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw cutOff(e);
    }
  }

  private static Place readPlace(ByteBuffer from) {
    if (from.get() == 0) {
      return new Place("", 0, 0);
    }
    return new Place(string(from), from.getLong(), from.getLong());
  }

  private static String string(ByteBuffer from) {
    byte[] utf8 = new byte[length(from, 1)];
    from.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static int length(ByteBuffer from, int unit) {
    int length = from.getInt();
    if (length < 0 || length > from.remaining() / unit) {
      throw new BufferUnderflowException();
    }
    return length;
  }

  private static IOException cutOff(RuntimeException e) {
    return new IOException("a payload that does not decode", e);
  }

  /** Hands a record or an unreadable one in. */
  void replay(ByteBuffer payload, RecordWriter out, long sequence, long offset)
      throws IOException, InterruptedException {
    String reason;
    Rejection.Text text;
    try {
      int kind = payload.get();
      readPlace(payload);
      if (kind == RECORD) {
        readColumns(payload, out);
        reason = "";
        text = Rejection.Text.NONE;
      } else {
        reason = string(payload);
        String start = string(payload);
        // Spools of earlier versions do not say it.
        text = new Rejection.Text(start, payload.hasRemaining() ? payload.getLong() : 0);
      }
      if (payload.hasRemaining() || (kind != RECORD && kind != UNREADABLE)) {
        throw new BufferUnderflowException();
      }
      if (kind == RECORD) {
        out.append(sequence, offset);
        return;
      }
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException e) {
      out.clear();
      throw cutOff(e);
    }
    out.reject(sequence, offset, reason, text);
  }

  private void readColumns(ByteBuffer from, RecordWriter out) {
    int columns = schema.size();
    int bits = from.position();
    from.position(bits + (columns + 7) / 8);
    for (int column = 0; column < columns; column++) {
      if (((from.get(bits + (column >> 3)) >> (column & 7)) & 1) != 0) {
        readValue(from, out, column);
      }
    }
    if (from.get() != 0) {
      int length = bytes(from);
      out.setExtras(text, 0, length);
    }
  }

  private void readValue(ByteBuffer from, RecordWriter out, int column) {
    Field field = schema.field(column);
    switch (field.type()) {
      case BOOL -> out.setBool(column, from.get() != 0);
      case INT32, INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS ->
          out.setLong(column, from.getLong());
      case FLOAT32, FLOAT64 -> out.setDouble(column, from.getDouble());
      case STRING -> {
        int length = bytes(from);
        out.setString(column, text, 0, length);
      }
      case BINARY -> {
        int length = bytes(from);
        out.setBinary(column, text, 0, length);
      }
      case FLOAT64_LIST -> {
        int length = length(from, 8);
        if (length > numbers.length) {
          numbers = new double[length];
        }
        for (int i = 0; i < length; i++) {
          numbers[i] = from.getDouble();
        }
        out.setDoubles(column, numbers, 0, length);
      }
    }
  }

  private int bytes(ByteBuffer from) {
    int length = length(from, 1);
    if (length > text.length) {
      text = Arrays.copyOf(text, length);
    }
    from.get(text, 0, length);
    return length;
  }
}
