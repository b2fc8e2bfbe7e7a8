package io.forebay.connectors.mqtt;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;

/**
 * Cuts what comes from a broker into MQTT packets, many at a time where many are there. Knows of a
 * packet only how long it is; of a PUBLISH that is far too long it reads what names it and discards
 * the rest. Used by the reading thread.
 *
 * @see <a href="https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901024">MQTT
 *     5, 2.1.1 Fixed Header</a>
 */
final class PacketReader {
  /** What names a PUBLISH that is too long; the rest of it was discarded. */
  record TooLong(String topic, int qos, boolean dup, int packetId, int bytes) {}

  /** What a PUBLISH may have besides its payload: a topic, a packet identifier, properties. */
  private static final int SLACK = 2 + 65_535 + 2 + (64 << 10);

  private static final int PUBLISH = 3;
  private static final int FIRST_SIZE = 64 << 10;
  private static final int LONGEST_HEADER = 5;

  private final InputStream in;
  private final int packetLimit;
  private byte[] buffer = new byte[FIRST_SIZE];
  private int from;
  private int to;

  /** Of the packet that {@link #measure} has looked at: its header's and its whole length. */
  private int header;

  private int length;

  /**
   * @param payloadLimit the longest payload of a PUBLISH that is certain to be passed on, bytes
   */
  PacketReader(InputStream in, int payloadLimit) {
    this.in = in;
    this.packetLimit = payloadLimit + SLACK;
  }

  byte[] buffer() {
    return buffer;
  }

  /** Where in the buffer the packets begin that {@link #next} has found. */
  int start() {
    return from;
  }

  /**
   * Waits for packets. Returns how many bytes of whole packets there are from {@link #start} on, to
   * be given to {@link #consumed} when they are read; 0 if the next one is too long, see {@link
   * #tooLong}.
   *
   * @throws EOFException if the broker has closed the connection
   */
  int next() throws IOException {
    int whole = 0;
    while (true) {
      boolean measured = measure(from + whole);
      if (measured && length <= packetLimit && from + whole + length <= to) {
        whole += length;
      } else if (whole > 0) {
        return whole;
      } else if (measured && length > packetLimit) {
        return 0;
      } else {
        fill(Math.max(length, LONGEST_HEADER));
      }
    }
  }

  void consumed(int bytes) {
    from += bytes;
  }

  /** Measures the packet at {@code at}; false if not enough of it is there. */
  private boolean measure(int at) throws ProtocolException {
    length = 0;
    int remaining = 0;
    for (int i = 1; at + i < to; i++) {
      byte b = buffer[at + i];
      remaining |= (b & 0x7F) << (7 * (i - 1));
      if (b >= 0) {
        header = i + 1;
        length = header + remaining;
        return true;
      }
      if (i == LONGEST_HEADER - 1) {
        throw new ProtocolException("the broker sent something that is not MQTT");
      }
    }
    return false;
  }

  /** Makes room for {@code bytes} bytes from {@code from} on and reads what comes, at least one. */
  private void fill(int bytes) throws IOException {
    if (from == to) {
      from = 0;
      to = 0;
      if (buffer.length > FIRST_SIZE && bytes <= FIRST_SIZE) {
        buffer = new byte[FIRST_SIZE];
      }
    }
    if (buffer.length - from < bytes || to == buffer.length) {
      byte[] roomy = bytes > buffer.length ? new byte[bytes] : buffer;
      System.arraycopy(buffer, from, roomy, 0, to - from);
      buffer = roomy;
      to -= from;
      from = 0;
    }
    int read = in.read(buffer, to, buffer.length - to);
    if (read < 0) {
      throw new EOFException("the broker closed the connection");
    }
    to += read;
  }

  /** Reads what names the PUBLISH that is too long, and past its end. */
  TooLong tooLong() throws IOException {
    int first = buffer[from] & 0xFF;
    if (first >> 4 != PUBLISH) {
      throw new ProtocolException("the broker sent " + length + " bytes that are no message");
    }
    int whole = length;
    int qos = first >> 1 & 3;
    int topicAt = header + 2;
    have(topicAt);
    int idAt = topicAt + number(topicAt - 2);
    have(idAt + 2);
    String topic = new String(buffer, from + topicAt, idAt - topicAt, StandardCharsets.UTF_8);
    int packetId = qos == 0 ? 0 : number(idAt);
    int there = Math.min(whole, to - from);
    from += there;
    in.skipNBytes(whole - there);
    return new TooLong(topic, qos, (first & 8) != 0, packetId, whole);
  }

  private void have(int bytes) throws IOException {
    while (to - from < bytes) {
      fill(bytes);
    }
  }

  private int number(int at) {
    return (buffer[from + at] & 0xFF) << 8 | (buffer[from + at + 1] & 0xFF);
  }
}
