package io.forebay.cli.python;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What the Python package and its pool say to each other through a pipe, little endian:
 *
 * <pre>
 * 0         4        5          13
 * ├─ length ┼─ kind ─┼─ call id ┼─ payload: length bytes ─┤
 *    int32     int8      int64
 * </pre>
 *
 * @param id names a call; 0 where it is about the pool
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CallFrame(Kind kind, long id, byte[] payload) {
  private static final int HEADER_BYTES = 13;

  enum Kind {
    /** To the pool: the argument. */
    CALL(0),
    /** To the pool: stop this call. */
    CANCEL(1),
    /** From the pool: all workers are ready. */
    READY(2),
    /** From the pool: the result. */
    RESULT(3),
    /** From the pool: kind, sentence and evidence, with a NUL between them. */
    FAILED(4),
    /** From the pool: the sentence why it does not start. */
    REFUSED(5);

    private final byte onTheWire;

    Kind(int onTheWire) {
      this.onTheWire = (byte) onTheWire;
    }

    static Kind of(byte onTheWire) throws IOException {
      for (Kind kind : values()) {
        if (kind.onTheWire == onTheWire) {
          return kind;
        }
      }
      throw new IOException("the Python process sent a frame of kind " + onTheWire);
    }
  }

  /** The next frame; none at the end of the stream, also where that is within a frame. */
  static Optional<CallFrame> read(DataInputStream in) throws IOException {
    try {
      byte[] header = new byte[HEADER_BYTES];
      in.readFully(header);
      ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
      int length = fields.getInt();
      if (length < 0) {
        throw new IOException("the Python process sent a frame of " + length + " bytes");
      }
      Kind kind = Kind.of(fields.get());
      byte[] payload = new byte[length];
      in.readFully(payload);
      return Optional.of(new CallFrame(kind, fields.getLong(), payload));
    } catch (EOFException e) {
      return Optional.empty();
    }
  }

  byte[] bytes() {
    return ByteBuffer.allocate(HEADER_BYTES + payload.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(payload.length)
        .put(kind.onTheWire)
        .putLong(id)
        .put(payload)
        .array();
  }
}
