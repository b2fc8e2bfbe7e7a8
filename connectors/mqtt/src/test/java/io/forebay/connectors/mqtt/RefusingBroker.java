package io.forebay.connectors.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToIntBiFunction;

/** A broker that refuses messages, or cuts the connection at them, as brokers do. */
final class RefusingBroker implements AutoCloseable {
  /** Cut the connection without a word. */
  static final int CUT = -1;

  /** Say that the message is too large, and cut the connection. */
  static final int DISCONNECT = -2;

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ToIntBiFunction<String, String> fate;
  private final int mostBytes;
  final List<String> taken = new CopyOnWriteArrayList<>();

  /**
   * @param fate of a topic and a payload: the reason code, or one of these constants
   * @param mostBytes the largest packet that it says to take; 0 for all
   */
  RefusingBroker(ToIntBiFunction<String, String> fate, int mostBytes) throws IOException {
    this.fate = fate;
    this.mostBytes = mostBytes;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    EmbeddedChannel decoder = new EmbeddedChannel(new MqttDecoder(Integer.MAX_VALUE));
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      boolean five = false;
      byte[] buffer = new byte[64 << 10];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        decoder.writeInbound(Unpooled.copiedBuffer(buffer, 0, read));
        for (Object message = decoder.readInbound();
            message != null;
            message = decoder.readInbound()) {
          if (message instanceof MqttConnectMessage connect) {
            five = connect.variableHeader().version() == 5;
            out.write(welcome(five));
          } else if (message instanceof MqttPublishMessage publish) {
            if (!answer(publish, five, out)) {
              return;
            }
          } else {
            out.write(new byte[] {(byte) 0xD0, 0}); // the answer to a ping
          }
        }
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  private byte[] welcome(boolean five) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x20, (byte) (five ? (mostBytes > 0 ? 8 : 3) : 2), 0, 0});
    if (five) {
      out.write(mostBytes > 0 ? 5 : 0);
      if (mostBytes > 0) {
        out.writeBytes(
            new byte[] {
              0x27,
              (byte) (mostBytes >> 24),
              (byte) (mostBytes >> 16),
              (byte) (mostBytes >> 8),
              (byte) mostBytes
            });
      }
    }
    return out.toByteArray();
  }

  private boolean answer(MqttPublishMessage publish, boolean five, OutputStream out)
      throws IOException {
    ByteBuf bytes = publish.payload();
    String payload = bytes.toString(StandardCharsets.UTF_8);
    String topic = publish.variableHeader().topicName();
    int code = fate.applyAsInt(topic, payload);
    if (code < 0) {
      if (code == DISCONNECT) {
        out.write(new byte[] {(byte) 0xE0, 2, (byte) 0x95, 0});
        out.flush();
      }
      return false;
    }
    int id = publish.variableHeader().packetId();
    out.write(
        five
            ? new byte[] {0x40, 4, (byte) (id >> 8), (byte) id, (byte) code, 0}
            : new byte[] {0x40, 2, (byte) (id >> 8), (byte) id});
    if (code == 0) {
      taken.add(topic);
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
