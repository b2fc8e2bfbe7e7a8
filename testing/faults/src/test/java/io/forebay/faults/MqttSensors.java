package io.forebay.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many sensors in a process of its own, each with a connection to a broker (MQTT 3.1.1) and a topic
 * of its own, {@code plant/LINE/sN}; they publish in turn, with QoS 1, round after round, until
 * there is something on the standard input. Then they wait until the broker has taken everything.
 *
 * <p>Arguments: the port, the number of sensors. Prints {@code connected}, {@code lost N} when a
 * connection was closed, and at the end {@code sent N}.
 */
final class MqttSensors {
  private static final int AT_ONCE = 100;
  private static final int LINES = 10;
  private static final byte[] ACKNOWLEDGED = {0x20, 2, 0, 0};

  private final List<SocketChannel> channels = new ArrayList<>();
  private final Selector reads;
  private final ByteBuffer answers = ByteBuffer.allocate(1 << 16);
  private long sent;
  private long acknowledgedBytes;

  private MqttSensors(Selector reads) {
    this.reads = reads;
  }

  public static void main(String[] arguments) throws Exception {
    try (Selector reads = Selector.open()) {
      MqttSensors sensors = new MqttSensors(reads);
      try {
        sensors.connect(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
        System.out.println("connected");
        sensors.publish();
        System.out.println("sent " + sensors.sent);
      } finally {
        for (SocketChannel channel : sensors.channels) {
          channel.close();
        }
      }
    }
  }

  private void connect(int port, int count) throws IOException {
    InetSocketAddress broker = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(broker);
      channels.add(channel);
      channel.write(ByteBuffer.wrap(connect("s" + i)));
      ByteBuffer answer = ByteBuffer.allocate(ACKNOWLEDGED.length);
      while (answer.hasRemaining()) {
        if (channel.read(answer) < 0) {
          throw new IOException("the broker refused sensor " + i);
        }
      }
      if (!java.util.Arrays.equals(answer.array(), ACKNOWLEDGED)) {
        throw new IOException("the broker refused sensor " + i);
      }
      channel.configureBlocking(false);
      channel.register(reads, SelectionKey.OP_READ);
    }
  }

  private void publish() throws IOException, InterruptedException {
    int next = 0;
    while (System.in.available() == 0) {
      for (int i = 0; i < Math.min(AT_ONCE, channels.size()); i++) {
        sent += send(channels.get(next), next) ? 1 : 0;
        next = (next + 1) % channels.size();
      }
      takeAnswers();
      TimeUnit.MILLISECONDS.sleep(20);
    }
    while (acknowledgedBytes < 4 * sent) { // A PUBACK has four bytes.
      reads.select(100);
      takeAnswers();
    }
  }

  private void takeAnswers() throws IOException {
    reads.selectNow();
    int lost = 0;
    for (SelectionKey key : reads.selectedKeys()) {
      answers.clear();
      int read = ((SocketChannel) key.channel()).read(answers);
      lost += read < 0 ? 1 : 0;
      acknowledgedBytes += Math.max(0, read);
    }
    reads.selectedKeys().clear();
    if (lost > 0) {
      throw new IOException("lost " + lost + " connections");
    }
  }

  private boolean send(SocketChannel channel, int sensor) throws IOException {
    String payload =
        "{\"sensorId\":\"s%d\",\"sent\":%d,\"value\":%d.5}"
            .formatted(sensor, System.currentTimeMillis(), sent % 100);
    ByteBuffer bytes =
        ByteBuffer.wrap(
            packet(
                0x32,
                text("plant/line-" + sensor % LINES + "/s" + sensor),
                number((int) (sent % 65_535) + 1),
                payload.getBytes(US_ASCII)));
    int written = channel.write(bytes);
    // A message is far smaller than the socket's buffer: all of it, or nothing while the broker
    // waits.
    if (written != 0 && bytes.hasRemaining()) {
      throw new IOException("a message was cut");
    }
    return written > 0;
  }

  private static byte[] connect(String clientId) {
    byte[] session = {4, 2, 0, 0}; // Version 3.1.1, a clean session, no keep-alive.
    return packet(0x10, text("MQTT"), session, text(clientId));
  }

  private static byte[] packet(int type, byte[]... parts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      body.writeBytes(part);
    }
    if (body.size() > 127) {
      throw new IllegalArgumentException("the length of " + body.size() + " needs two bytes");
    }
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(type);
    packet.write(body.size());
    packet.writeBytes(body.toByteArray());
    return packet.toByteArray();
  }

  private static byte[] text(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(number(text.length()));
    bytes.writeBytes(text.getBytes(US_ASCII));
    return bytes.toByteArray();
  }

  private static byte[] number(int number) {
    return new byte[] {(byte) (number >> 8), (byte) number};
  }
}
