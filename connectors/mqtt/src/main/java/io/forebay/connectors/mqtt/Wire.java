package io.forebay.connectors.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a broker: packets in and out, and the two handshakes. Blocks; made for virtual
 * threads.
 *
 * <p>{@link #read} belongs to one thread, which must not be interrupted (that would close the
 * socket of a virtual thread). {@code write…}, {@code flush} and {@code close} are for any thread;
 * the output and its encoder are guarded by {@code writing}.
 */
final class Wire implements Closeable {
  /** A topic's and a packet's length, packet identifier, properties and the lengths around them. */
  private static final int AROUND = 5 + 2 + 2 + 4;

  private static final int CONNECT_TIMEOUT_MS = 10_000;
  private static final int OUTPUT_BYTES = 32 << 10;

  /** What a packet can have after its fixed header. */
  private static final long PROTOCOL_BYTES = 268_435_455;

  private static final byte[] PING = {(byte) 0xC0, 0};

  private final MqttBroker broker;
  private final Socket socket;
  private final PacketReader frames;
  private final EmbeddedChannel decoder;
  private final EmbeddedChannel encoder = new EmbeddedChannel(MqttEncoder.INSTANCE);
  private final OutputStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private boolean sessionPresent;
  private int receiveMaximum = 65_535;
  private long mostBytes = PROTOCOL_BYTES;

  /** The broker has disconnected because of a message that is larger than it takes. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    TooLargeException(String message) {
      super(message);
    }
  }

  private Wire(MqttBroker broker, Socket socket, int payloadLimit) throws IOException {
    this.broker = broker;
    this.socket = socket;
    this.frames = new PacketReader(socket.getInputStream(), payloadLimit);
    this.out = new BufferedOutputStream(socket.getOutputStream(), OUTPUT_BYTES);
    // The frames have a limit. The encoder tells both which version of MQTT is spoken.
    this.decoder = new EmbeddedChannel(new MqttDecoder(Integer.MAX_VALUE), MqttEncoder.INSTANCE);
  }

  /**
   * Connects.
   *
   * @param payloadLimit the longest payload that is certain to be read, bytes
   * @throws BrokerRefusedException if the broker does not want this client
   */
  static Wire open(MqttBroker broker, Opening opening, int payloadLimit) throws IOException {
    SSLContext context = broker.tls().isPresent() ? broker.tls().get().context() : null;
    Socket socket = new Socket();
    try {
      InetSocketAddress address = new InetSocketAddress(broker.host(), broker.port());
      if (address.isUnresolved()) {
        throw new UnknownHostException("there is no host '" + broker.host() + "'");
      }
      socket.connect(address, CONNECT_TIMEOUT_MS);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(CONNECT_TIMEOUT_MS);
      Socket speaking = context == null ? socket : secured(context, socket, broker);
      Wire wire = new Wire(broker, speaking, payloadLimit);
      wire.handshake(opening.message(broker));
      speaking.setSoTimeout(Math.toIntExact(broker.keepAlive().toMillis() * 3 / 2));
      return wire;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static Socket secured(SSLContext context, Socket socket, MqttBroker broker)
      throws IOException {
    SSLSocket secure = MqttTls.over(context, socket, broker.host(), broker.port());
    secure.startHandshake();
    return secure;
  }

  private void handshake(MqttConnectMessage connect) throws IOException {
    decoder.writeOutbound(connect);
    ((ByteBuf) decoder.readOutbound()).release();
    write(connect);
    flush();
    if (!(read() instanceof MqttConnAckMessage answer)) {
      throw new ProtocolException("the broker did not answer as an MQTT broker does");
    }
    MqttConnectReturnCode code = answer.variableHeader().connectReturnCode();
    if (code != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
      throw new BrokerRefusedException(
          "the broker refused the connection: " + Reasons.of(code), Reasons.isLasting(code));
    }
    sessionPresent = answer.variableHeader().isSessionPresent();
    MqttProperties properties = answer.variableHeader().properties();
    if (properties != null
        && properties.getProperty(MqttProperties.RECEIVE_MAXIMUM)
            instanceof MqttProperties.IntegerProperty most) {
      receiveMaximum = most.value();
    }
    if (properties != null
        && properties.getProperty(MqttProperties.MAXIMUM_PACKET_SIZE)
            instanceof MqttProperties.IntegerProperty most) {
      mostBytes = Math.min(mostBytes, Integer.toUnsignedLong(most.value()));
    }
  }

  /** Whether the broker has a session of this client. */
  boolean sessionPresent() {
    return sessionPresent;
  }

  /** How many messages of QoS 1 and 2 the broker takes before it has acknowledged the first one. */
  int receiveMaximum() {
    return receiveMaximum;
  }

  /** How large the packet of a message is, at most. */
  static long bytes(String topic, long payload, int properties) {
    return AROUND + topic.getBytes(StandardCharsets.UTF_8).length + properties + payload;
  }

  /** How large a packet may be. */
  long mostBytes() {
    return mostBytes;
  }

  /**
   * Waits for the next packet: an {@link MqttMessage} whose payload is valid until the next call,
   * or {@link PacketReader.TooLong}.
   *
   * @throws IOException if the connection is lost or closed by the broker
   */
  Object read() throws IOException {
    while (true) {
      MqttMessage message = decoder.readInbound();
      if (message != null) {
        return checked(message);
      }
      int bytes = frames.next();
      if (bytes == 0) {
        return frames.tooLong();
      }
      decoder.writeInbound(Unpooled.wrappedBuffer(frames.buffer(), frames.start(), bytes));
      frames.consumed(bytes);
    }
  }

  private static MqttMessage checked(MqttMessage message) throws IOException {
    if (!message.decoderResult().isSuccess()) {
      throw new ProtocolException(
          "the broker sent something that is not MQTT (" + message.decoderResult().cause() + ")");
    }
    if (message.fixedHeader().messageType() == MqttMessageType.DISCONNECT) {
      byte code =
          message.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
              ? header.reasonCode()
              : 0;
      String said = "the broker disconnected: " + Reasons.ofDisconnect(code);
      throw (code & 0xFF) == Reasons.TOO_LARGE
          ? new TooLargeException(said)
          : new IOException(said);
    }
    return message;
  }

  /** Writes a packet; it may wait for {@link #flush}. */
  void write(MqttMessage message) throws IOException {
    writing.lock();
    try {
      encoder.writeOutbound(message);
      for (ByteBuf bytes = encoder.readOutbound(); bytes != null; bytes = encoder.readOutbound()) {
        bytes.readBytes(out, bytes.readableBytes());
        bytes.release();
      }
    } finally {
      writing.unlock();
    }
  }

  /** Writes PUBACK, PUBREC, PUBREL or PUBCOMP; it may wait for {@link #flush}. */
  void writeAnswer(MqttMessageType type, int packetId) throws IOException {
    int flags = type == MqttMessageType.PUBREL ? 2 : 0;
    byte[] packet = {
      (byte) (type.value() << 4 | flags), 2, (byte) (packetId >> 8), (byte) packetId
    };
    writeBytes(packet);
  }

  /** Asks the broker for a sign of life. */
  void ping() throws IOException {
    writeBytes(PING);
    flush();
  }

  private void writeBytes(byte[] packet) throws IOException {
    writing.lock();
    try {
      out.write(packet);
    } finally {
      writing.unlock();
    }
  }

  /** Sends what was written. */
  void flush() throws IOException {
    writing.lock();
    try {
      out.flush();
    } finally {
      writing.unlock();
    }
  }

  /** Says goodbye; the broker then closes the connection, which the reading thread sees. */
  void disconnect() throws IOException {
    write(MqttMessage.DISCONNECT);
    flush();
    if (!(socket instanceof SSLSocket)) {
      socket.shutdownOutput();
    }
  }

  /** How long {@link #read} may wait, milliseconds. */
  void patience(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  /** How long the broker lets this client be silent. */
  Duration keepAlive() {
    return broker.keepAlive();
  }

  @Override
  public void close() {
    closeQuietly(socket);
  }

  private static void closeQuietly(@Nullable Closeable closeable) {
    try {
      if (closeable != null) {
        closeable.close();
      }
    } catch (IOException e) {
      // It was in use no more.
    }
  }
}
