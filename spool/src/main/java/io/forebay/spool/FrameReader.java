package io.forebay.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * Reads and writes frames. All numbers are little endian:
 *
 * <pre>
 *   0  u32  length of the payload
 *   4  u32  CRC32C of bytes 0..3 and of bytes 8.. to the end of the payload
 *   8  u64  sequence: 1 more than that of the frame before
 *  16  u64  durable: the last sequence that was durable when this frame was written
 *  24       payload
 * </pre>
 *
 * {@code durable} tells a torn tail from damage: a group is written only after the group before it
 * is durable, so whatever lies before a valid frame up to its {@code durable} was on the disk once.
 *
 * <p>A reader is used by one thread.
 */
final class FrameReader implements Closeable {
  static final int HEADER_BYTES = 24;

  /** No frame is larger: a length beyond it is damage. */
  static final int MOST_PAYLOAD_BYTES = 64 << 20;

  private static final int WINDOW_BYTES = 256 << 10;

  private final FileChannel channel;
  private ByteBuffer window = newWindow(WINDOW_BYTES);
  private long windowAt;
  private long sequence;
  private long durable;
  private long end;
  private ByteBuffer payload = ByteBuffer.allocate(0);

  FrameReader(FileChannel channel) {
    this.channel = channel;
    window.limit(0);
  }

  private static ByteBuffer newWindow(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** How many bytes a frame has with that much payload. */
  static long bytes(int payload) {
    return HEADER_BYTES + (long) payload;
  }

  /** Appends a frame to a little-endian buffer that has room for it. */
  static void put(ByteBuffer out, long sequence, long durable, byte[] payload, int length) {
    int at = out.position();
    out.putInt(length).putInt(0).putLong(sequence).putLong(durable).put(payload, 0, length);
    out.putInt(at + 4, crc(out, at, length));
  }

  private static int crc(ByteBuffer buffer, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.array(), buffer.arrayOffset() + at, 4);
    crc.update(buffer.array(), buffer.arrayOffset() + at + 8, HEADER_BYTES - 8 + length);
    return (int) crc.getValue();
  }

  /**
   * Reads the frame at {@code position}.
   *
   * @param limit where the file ends, as far as it may be read
   * @return false if there is no valid frame there
   */
  boolean read(long position, long limit) throws IOException {
    if (limit - position < HEADER_BYTES || !ensure(position, HEADER_BYTES, limit)) {
      return false;
    }
    int length = window.getInt((int) (position - windowAt));
    if (length < 0 || length > MOST_PAYLOAD_BYTES || limit - position < bytes(length)) {
      return false;
    }
    if (!ensure(position, HEADER_BYTES + length, limit)) {
      return false;
    }
    int at = (int) (position - windowAt);
    if (window.getInt(at + 4) != crc(window, at, length)) {
      return false;
    }
    sequence = window.getLong(at + 8);
    durable = window.getLong(at + 16);
    end = position + bytes(length);
    payload = window.slice(at + HEADER_BYTES, length).order(ByteOrder.LITTLE_ENDIAN);
    return true;
  }

  /**
   * Looks for the next valid frame behind damage.
   *
   * @param after its sequence is greater
   * @return where it is, and it is read; -1 if there is none before {@code limit}
   */
  long find(long from, long limit, long after) throws IOException {
    for (long at = from; limit - at >= HEADER_BYTES; at++) {
      if (!ensure(at, HEADER_BYTES, limit)) {
        return -1;
      }
      int inWindow = (int) (at - windowAt);
      int length = window.getInt(inWindow);
      long candidate = window.getLong(inWindow + 8);
      // Cheap tests first: a checksum at every byte would take for ever.
      if (length >= 0
          && length <= limit - at - HEADER_BYTES
          && candidate > after
          && candidate - after <= limit
          && window.getLong(inWindow + 16) < candidate
          && read(at, limit)) {
        return at;
      }
    }
    return -1;
  }

  private boolean ensure(long position, int bytes, long limit) throws IOException {
    if (position >= windowAt && position + bytes <= windowAt + window.limit()) {
      return true;
    }
    if (bytes > window.capacity()) {
      window = newWindow(Math.max(bytes, Math.min(2 * window.capacity(), MOST_PAYLOAD_BYTES)));
    } else if (window.capacity() > 4 * WINDOW_BYTES && bytes <= WINDOW_BYTES) {
      window = newWindow(WINDOW_BYTES);
    }
    window.clear().limit((int) Math.min(window.capacity(), limit - position));
    windowAt = position;
    while (window.hasRemaining()) {
      int read = channel.read(window, position + window.position());
      if (read < 0) {
        break;
      }
    }
    window.flip();
    return window.limit() >= bytes;
  }

  /** The sequence of the frame that was read last. */
  long sequence() {
    return sequence;
  }

  /** What was durable when it was written. */
  long durable() {
    return durable;
  }

  /** Where the next frame begins. */
  long end() {
    return end;
  }

  /** Its payload, valid until the next read. */
  ByteBuffer payload() {
    return payload;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
