package io.forebay.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Holds many connections from a process of its own and sends a line on each, round after round. It
 * ends with its standard input.
 *
 * <p>Arguments: the port, the number of connections. Prints {@code connected}, {@code lost N} when
 * a connection was closed, and at the end {@code sent N}.
 */
final class ConnectionHolder {
  private static final int AT_ONCE = 200;

  private ConnectionHolder() {}

  public static void main(String[] arguments) throws Exception {
    InetSocketAddress server =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
    int count = Integer.parseInt(arguments[1]);
    List<SocketChannel> channels = new ArrayList<>();
    try (Selector reads = Selector.open()) {
      for (int i = 0; i < count; i++) {
        SocketChannel channel = SocketChannel.open(server);
        channel.configureBlocking(false);
        channel.register(reads, SelectionKey.OP_READ);
        channels.add(channel);
      }
      System.out.println("connected");
      long sent = 0;
      int next = 0;
      while (System.in.available() == 0) {
        for (int i = 0; i < Math.min(AT_ONCE, count); i++) {
          sent += send(channels.get(next), next, sent) ? 1 : 0;
          next = (next + 1) % count;
        }
        // Nobody writes to us: what can be read is an end.
        int ended = reads.selectNow();
        if (ended > 0) {
          System.out.println("lost " + ended);
          return;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
      System.out.println("sent " + sent);
    } finally {
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
  }

  private static boolean send(SocketChannel channel, int connection, long number)
      throws IOException {
    String line =
        "{\"sensorId\":\"c%d\",\"timestamp\":%d,\"value\":%d}%n"
            .formatted(connection, number, number);
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
    int written = channel.write(bytes);
    // A line is far smaller than the socket's buffer: all of it, or nothing while the server waits.
    if (written != 0 && bytes.hasRemaining()) {
      throw new IOException("a line was cut");
    }
    return written > 0;
  }
}
