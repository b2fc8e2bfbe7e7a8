package io.forebay.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends readings as lines from a process of its own, so that its work is not counted as the
 * receiver's: as fast as they are taken, over several connections.
 */
final class SocketLoad {
  private SocketLoad() {}

  /**
   * The command that sends {@code lines} lines to {@code port}, {@code atOnce} in each write or
   * request.
   */
  static List<String> command(boolean http, int port, int connections, long lines, int atOnce) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        SocketLoad.class.getName(),
        http ? "http" : "tcp",
        String.valueOf(port),
        String.valueOf(connections),
        String.valueOf(lines),
        String.valueOf(atOnce));
  }

  /** See {@link #command}. */
  public static void main(String[] arguments) throws Exception {
    boolean http = arguments[0].equals("http");
    int port = Integer.parseInt(arguments[1]);
    int connections = Integer.parseInt(arguments[2]);
    long lines = Long.parseLong(arguments[3]);
    int atOnce = Integer.parseInt(arguments[4]);
    byte[] block = block(atOnce);
    long blocks = lines / atOnce / connections;
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      senders.add(
          Thread.ofPlatform()
              .start(() -> {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                  socket.setTcpNoDelay(true);
                  if (http) {
                    request(socket, block, blocks);
                  } else {
                    OutputStream out = socket.getOutputStream();
                    for (long n = 0; n < blocks; n++) {
                      out.write(block);
                    }
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    for (Thread sender : senders) {
      sender.join();
    }
  }

  /** Readings as in {@link Readings}. */
  private static byte[] block(int lines) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append(
          "{\"sensorId\": \"sensor-%d\", \"timestamp\": %d, \"value\": %d.%04d}\n"
              .formatted(i % 4, 1_700_000_000_000L + i, 20 + i % 7, i * 7919 % 10_000));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void request(Socket socket, byte[] body, long times) throws IOException {
    byte[] header =
        ("POST /ingest HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-ndjson\r\n"
                + "Content-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[header.length + body.length];
    System.arraycopy(header, 0, whole, 0, header.length);
    System.arraycopy(body, 0, whole, header.length, body.length);
    OutputStream out = socket.getOutputStream();
    InputStream in = socket.getInputStream();
    byte[] answer = new byte[4096];
    for (long n = 0; n < times; n++) {
      out.write(whole);
      int length = in.read(answer);
      String start = new String(answer, 0, Math.max(0, length), StandardCharsets.US_ASCII);
      if (!start.startsWith("HTTP/1.1 20")) {
        throw new IOException("answered: " + start);
      }
    }
  }
}
