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
record CallFrame(Kind kind, long id, byte[] payload) {
  private static final int HEADER_BYTES = 13;

  /** Place in this list is the byte on the wire. */
  enum Kind {
    /** To the pool: the argument. */
    CALL,
    /** To the pool: stop this call. */
    CANCEL,
    /** From the pool: all workers are ready. */
    READY,
    /** From the pool: the result. */
    RESULT,
    /** From the pool: kind, sentence and evidence, with a NUL between them. */
    FAILED,
    /** From the pool: the sentence why it does not start. */
    REFUSED;

    private static final Kind[] KINDS = values();

    static Kind of(int number) throws IOException {
      if (number < 0 || number >= KINDS.length) {
        throw new IOException("the Python process sent a frame of kind " + number);
      }
      return KINDS[number];
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
        .put((byte) kind.ordinal())
        .putLong(id)
        .put(payload)
        .array();
  }
}
