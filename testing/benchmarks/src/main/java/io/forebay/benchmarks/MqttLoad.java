package io.forebay.benchmarks;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Plays a broker (MQTT 3.1.1) to one subscriber, from a process of its own, and sends readings as
 * fast as they are taken: what is measured is the receiver, not a broker.
 */
final class MqttLoad {
  /** So many messages of QoS 1 are unacknowledged at most. */
  private static final int WINDOW = 10_000;

  private static final int AT_ONCE = 50;
  private static final int SENSORS = 100;

  private MqttLoad() {}

  /** The command; it prints its port. */
  static List<String> command(int messages, int qos) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        MqttLoad.class.getName(),
        String.valueOf(messages),
        String.valueOf(qos));
  }

  /** What the values of so many readings add up to. */
  static double sum(int messages) {
    double sum = 0;
    for (int i = 0; i < messages; i++) {
      sum += value(i);
    }
    return sum;
  }

  private static double value(int number) {
    return number % 1_000 + 0.25;
  }

  /** See {@link #command}. */
  public static void main(String[] arguments) throws Exception {
    int messages = Integer.parseInt(arguments[0]);
    int qos = Integer.parseInt(arguments[1]);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      System.out.println(server.getLocalPort());
      try (Socket socket = server.accept()) {
        socket.setTcpNoDelay(true);
        serve(socket, messages, qos);
      }
    }
  }

  private static void serve(Socket socket, int messages, int qos) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    OutputStream out = socket.getOutputStream();
    Semaphore window = new Semaphore(WINDOW);
    try {
      while (true) {
        int type = in.readUnsignedByte() >> 4;
        byte[] body = new byte[length(in)];
        in.readFully(body);
        switch (type) {
          case 1 -> write(out, new byte[] {0x20, 2, 0, 0});
          case 8 -> {
            write(out, new byte[] {(byte) 0x90, 3, body[0], body[1], (byte) qos});
            Thread.ofPlatform().daemon().start(() -> send(out, messages, qos, window));
          }
          case 4 -> window.release();
          case 12 -> write(out, new byte[] {(byte) 0xD0, 0});
          default -> {
            // Nothing that asks for an answer.
          }
        }
      }
    } catch (EOFException e) {
      // The subscriber has gone.
    }
  }

  private static int length(DataInputStream in) throws IOException {
    int length = 0;
    for (int shift = 0; ; shift += 7) {
      int b = in.readUnsignedByte();
      length |= (b & 0x7F) << shift;
      if (b < 0x80) {
        return length;
      }
    }
  }

  private static void write(OutputStream out, byte[] bytes) throws IOException {
    synchronized (out) {
      out.write(bytes);
    }
  }

  private static void send(OutputStream out, int messages, int qos, Semaphore window) {
    try {
      for (int from = 0; from < messages; from += AT_ONCE) {
        int count = Math.min(AT_ONCE, messages - from);
        if (qos > 0) {
          window.acquire(count);
        }
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = from; i < from + count; i++) {
          publish(block, i, qos);
        }
        write(out, block.toByteArray());
      }
    } catch (IOException | InterruptedException e) {
      // The subscriber has gone.
    }
  }

  private static void publish(ByteArrayOutputStream out, int number, int qos) {
    byte[] topic = ("plant/a/sensor-" + number % SENSORS).getBytes(StandardCharsets.UTF_8);
    byte[] payload =
        ("{\"sensorId\":\"sensor-"
                + number % SENSORS
                + "\",\"timestamp\":"
                + (1_700_000_000_000L + number)
                + ",\"value\":"
                + value(number)
                + "}")
            .getBytes(StandardCharsets.UTF_8);
    int length = 2 + topic.length + (qos > 0 ? 2 : 0) + payload.length;
    out.write(0x30 | qos << 1);
    while (length > 127) {
      out.write((length & 0x7F) | 0x80);
      length >>= 7;
    }
    out.write(length);
    out.write(topic.length >> 8);
    out.write(topic.length);
    out.writeBytes(topic);
    if (qos > 0) {
      int id = number % 65_535 + 1;
      out.write(id >> 8);
      out.write(id);
    }
    out.writeBytes(payload);
  }
}
