package io.forebay.workers.internal.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * One message of the handshake between engine and worker: payload length int32, type int16, version
 * int16, payload; little endian. After the handshake the socket carries single bytes without
 * meaning: wake up.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Frame(short type, byte[] payload) {
  static final short VERSION = 1;
  static final int HEADER_BYTES = 8;
  public static final int MOST_BYTES = 1 << 20;

  /** Length of the secret by which the engine knows its worker. */
  public static final int TOKEN_BYTES = 32;

  /** Worker to engine: who it is. */
  public static final short HELLO = 1;

  /** Engine to worker: what to call on what. */
  public static final short CONFIGURE = 2;

  /** Worker to engine: the function is bound. */
  public static final short READY = 3;

  /** Worker to engine: why it cannot work, in one sentence. */
  public static final short REFUSED = 4;

  /** Engine to a Python worker: its modules. */
  public static final short PROGRAM = 5;

  /** Engine to a Python worker: which function to find and to check. */
  public static final short BIND = 6;

  /** Python worker to engine: what the function returns. */
  public static final short BOUND = 7;

  /** Engine to worker, before CONFIGURE: what to run before the first call. */
  public static final short INITIALIZE = 8;

  /** The frame as bytes. */
  public ByteBuffer encode() {
    if (payload.length > MOST_BYTES) {
      throw new IllegalArgumentException("a frame of " + payload.length + " bytes");
    }
    return ByteBuffer.allocate(HEADER_BYTES + payload.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(payload.length)
        .putShort(type)
        .putShort(VERSION)
        .put(payload)
        .flip();
  }

  /** Writes the frame to a channel in blocking mode. */
  public void writeTo(WritableByteChannel channel) throws IOException {
    ByteBuffer bytes = encode();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Reads a frame from a channel in blocking mode.
   *
   * @throws EOFException if the other side has closed
   * @throws IOException if it is not a frame of this version
   */
  public static Frame readFrom(ReadableByteChannel channel) throws IOException {
    ByteBuffer header = fill(channel, HEADER_BYTES);
    int length = header.getInt();
    short type = header.getShort();
    short version = header.getShort();
    if (version != VERSION || length < 0 || length > MOST_BYTES) {
      throw new IOException(
          "the other process does not speak version "
              + VERSION
              + " of the worker protocol: it sent a frame of version "
              + version
              + " with "
              + length
              + " bytes");
    }
    return new Frame(type, fill(channel, length).array());
  }

  /** The payload, if the frame is of the expected type. */
  public Payload expect(short expected) throws IOException {
    if (type != expected) {
      throw new IOException("a frame of type " + type + " came in place of type " + expected);
    }
    return Payload.of(payload);
  }

  private static ByteBuffer fill(ReadableByteChannel channel, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the other process closed the channel");
      }
    }
    return buffer.flip();
  }
}
