package io.forebay.connectors.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.formats.api.MessageFormat;
import io.forebay.testkit.LiveSource;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class TcpSourceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static int port(TcpSource source) throws Exception {
    return source.port().get(60, TimeUnit.SECONDS);
  }

  private static Socket connect(TcpSource source) throws Exception {
    return new Socket(InetAddress.getLoopbackAddress(), port(source));
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  @Test
  void keeps_the_order_of_each_connection_when_many_send() throws Exception {
    int clients = 40;
    int each = 500;
    TcpSource source = new TcpSource(Fields.settings(MessageFormat.NDJSON));
    try (LiveSource live = LiveSource.start(source)) {
      port(source);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        String name = "client-" + i;
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (Socket socket = connect(source)) {
                    for (int n = 1; n <= each; n++) {
                      String line = Fields.json(name, n);
                      // Now and then in two pieces.
                      int cut = n % 3 == 0 ? n % line.length() : 0;
                      send(socket, line.substring(0, cut));
                      send(socket, line.substring(cut));
                    }
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      await().atMost(PATIENCE).until(() -> live.count() >= (long) clients * each);
      Map<Object, Long> last = new LinkedHashMap<>();
      Map<Object, String> partition = new LinkedHashMap<>();
      for (LiveSource.Row row : live.rows()) {
        Object sensor = row.values().get(0);
        long time = (long) row.values().get(1);
        assertThat(time).isEqualTo(last.getOrDefault(sensor, 0L) + 1);
        last.put(sensor, time);
        assertThat(partition.computeIfAbsent(sensor, s -> row.partition()))
            .isEqualTo(row.partition());
      }
      assertThat(last).hasSize(clients).allSatisfy((s, n) -> assertThat(n).isEqualTo(each));
      assertThat(live.bad()).isEmpty();
      assertThat(partition.values()).contains("0", "1", "2", "3");
      await().atMost(PATIENCE).until(() -> source.connections() == 0);
    }
  }

  @Test
  void takes_every_format_of_lines() throws Exception {
    Map<MessageFormat, String> lines =
        Map.of(
            MessageFormat.NDJSON, "{\"sensorId\":\"a\",\"timestamp\":7,\"value\":1.5}\r\n",
            MessageFormat.JSON, "[{\"sensorId\":\"a\",\"timestamp\":7,\"value\":1.5}]\n",
            MessageFormat.CSV, "a,7,1.5\n",
            MessageFormat.LINE_PROTOCOL, "m,sensorId=a value=1.5 7000000\n");
    for (Map.Entry<MessageFormat, String> entry : lines.entrySet()) {
      TcpSource source = new TcpSource(Fields.settings(entry.getKey()));
      try (LiveSource live = LiveSource.start(source);
          Socket socket = connect(source)) {
        send(socket, entry.getValue() + "nonsense\n" + entry.getValue());
        await().atMost(PATIENCE).until(() -> live.count() == 3);
        assertThat(live.rows())
            .as(entry.getKey().text())
            .extracting(LiveSource.Row::values)
            .containsExactly(List.of("a", 7L, 1.5), List.of("a", 7L, 1.5));
        assertThat(live.bad())
            .singleElement()
            .satisfies(bad -> {
              assertThat(bad.excerpt()).isEqualTo("nonsense");
              assertThat(bad.reason()).contains("(from 127.0.0.1:" + socket.getLocalPort() + ")");
            });
      }
    }
  }

  @Test
  void takes_plain_numbers_one_a_line() throws Exception {
    Schema value = Schema.of(Field.of("value", ColumnType.FLOAT64));
    TcpSource source =
        new TcpSource(
            NetSettings.of(new ListenAddress("127.0.0.1", 0), MessageFormat.NUMBER, value));
    try (LiveSource live = LiveSource.start(source);
        Socket socket = connect(source)) {
      send(socket, "1\n2.5\r\n\n-3e2\n");
      await().atMost(PATIENCE).until(() -> live.count() == 3);
      assertThat(live.rows())
          .extracting(row -> row.values().getFirst())
          .containsExactly(1.0, 2.5, -300.0);
    }
  }

  @Test
  void dead_letters_lines_that_are_too_long_or_unfinished() throws Exception {
    LineLimits limits = new LineLimits(10, 1_000, 10_000, 1 << 20);
    TcpSource source = new TcpSource(Fields.settings(MessageFormat.NDJSON).limits(limits));
    try (LiveSource live = LiveSource.start(source)) {
      try (Socket socket = connect(source)) {
        send(socket, Fields.json("a", 1) + "x".repeat(50_000));
        await().atMost(PATIENCE).until(() -> live.bad().size() == 1);
        send(socket, "x".repeat(50_000) + "\n" + Fields.json("a", 2) + "{\"sensorId\":\"cut");
      }
      await().atMost(PATIENCE).until(() -> live.count() == 4);
      assertThat(live.rows()).extracting(row -> row.values().get(1)).containsExactly(1L, 2L);
      assertThat(live.bad().get(0).reason()).contains("longer than 1000 bytes");
      assertThat(live.bad().get(0).excerpt()).startsWith("x".repeat(1_001));
      assertThat(live.bad().get(1).reason()).contains("ended within the line");
      assertThat(live.bad().get(1).excerpt()).isEqualTo("{\"sensorId\":\"cut");
    }
  }

  @Test
  void stops_reading_while_there_is_no_room_and_loses_nothing() throws Exception {
    LineLimits limits = new LineLimits(100, 1 << 20, 1 << 20, 1 << 20);
    TcpSource source = new TcpSource(Fields.settings(MessageFormat.NDJSON).limits(limits));
    byte[] line = Fields.json("a".repeat(900), 1).getBytes(UTF_8);
    long tooMuch = 256L << 20;
    try (LiveSource live = LiveSource.start(source);
        SocketChannel client = SocketChannel.open()) {
      live.forgetRows();
      live.room(false);
      client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(source)));
      client.configureBlocking(false);
      long sent = 0;
      ByteBuffer buffer = ByteBuffer.wrap(line);
      int refusals = 0;
      // Full for good when it stays full while somebody waits for it.
      while (refusals < 40 && sent < tooMuch) {
        int written = client.write(buffer);
        sent += written;
        if (!buffer.hasRemaining()) {
          buffer.rewind();
        }
        if (written == 0) {
          refusals++;
          await().pollDelay(Duration.ofMillis(10)).until(() -> true);
        } else {
          refusals = 0;
        }
      }
      assertThat(sent).isLessThan(tooMuch);
      assertThat(live.count()).isZero();
      live.room(true);
      while (buffer.position() != 0) {
        sent += client.write(buffer);
        if (!buffer.hasRemaining()) {
          buffer.rewind();
        }
      }
      long lines = sent / line.length;
      await().atMost(PATIENCE).until(() -> live.count() == lines);
    }
  }

  @Test
  void lets_in_only_who_shows_the_token_over_tls() throws Exception {
    Certificates certificates = new Certificates(folder);
    TcpSource source =
        new TcpSource(
            Fields.settings(MessageFormat.NDJSON)
                .access(
                    new Access(
                        Optional.of(certificates.server(false)),
                        Optional.of(AccessToken.of("secret token")))));
    SSLSocketFactory tls = certificates.client(false, "TLSv1.2").getSocketFactory();
    try (LiveSource live = LiveSource.start(source)) {
      try (Socket socket = tls.createSocket("127.0.0.1", port(source))) {
        send(socket, "secret token\n" + Fields.json("in", 1));
        await().atMost(PATIENCE).until(() -> live.count() == 1);
      }
      try (Socket socket = tls.createSocket("127.0.0.1", port(source))) {
        send(socket, "secret tokem\n" + Fields.json("out", 1));
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
      try (Socket plain = connect(source)) {
        send(plain, "secret token\n" + Fields.json("plain", 1));
        assertThatThrownBy(
                () -> {
                  while (plain.getInputStream().read() >= 0) {
                    // The alert of TLS, then the end.
                  }
                  throw new SocketException("closed");
                })
            .isInstanceOf(SocketException.class);
      }
      assertThat(live.rows()).singleElement().extracting(r -> r.values().get(0)).isEqualTo("in");
    }
  }

  @Test
  void asks_clients_for_their_certificate_when_told_to() throws Exception {
    Certificates certificates = new Certificates(folder);
    TcpSource source =
        new TcpSource(
            Fields.settings(MessageFormat.NDJSON)
                .access(new Access(Optional.of(certificates.server(true)), Optional.empty())));
    try (LiveSource live = LiveSource.start(source)) {
      int port = port(source);
      try (Socket socket =
          certificates.client(true, "TLS").getSocketFactory().createSocket("127.0.0.1", port)) {
        send(socket, Fields.json("known", 1));
        await().atMost(PATIENCE).until(() -> live.count() == 1);
      }
      assertThatThrownBy(
              () -> {
                try (Socket socket =
                    certificates
                        .client(false, "TLSv1.2")
                        .getSocketFactory()
                        .createSocket("127.0.0.1", port)) {
                  send(socket, Fields.json("unknown", 1));
                  socket.getInputStream().read();
                }
              })
          .isInstanceOfAny(SSLException.class, SocketException.class);
      assertThat(live.count()).isEqualTo(1);
    }
  }

  @Test
  void closes_connections_beyond_the_limit() throws Exception {
    LineLimits limits = new LineLimits(2, 1_000, 10_000, 1 << 20);
    TcpSource source = new TcpSource(Fields.settings(MessageFormat.NDJSON).limits(limits));
    try (LiveSource live = LiveSource.start(source);
        Socket first = connect(source);
        Socket second = connect(source)) {
      await().atMost(PATIENCE).until(() -> source.connections() == 2);
      try (Socket third = connect(source)) {
        assertThat(third.getInputStream().read()).isEqualTo(-1);
      }
      send(first, Fields.json("a", 1));
      send(second, Fields.json("b", 1));
      await().atMost(PATIENCE).until(() -> live.count() == 2);
    }
  }

  @Test
  void shares_a_port_among_several_loops() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    NetSettings usual = Fields.settings(MessageFormat.NDJSON);
    TcpSource source =
        new TcpSource(
            new NetSettings(
                new ListenAddress("127.0.0.1", port),
                usual.access(),
                usual.format(),
                usual.fields(),
                usual.limits(),
                3,
                usual.timerMillis()));
    List<Socket> clients = new ArrayList<>();
    try (LiveSource live = LiveSource.start(source)) {
      for (int i = 0; i < 9; i++) {
        clients.add(connect(source));
        send(clients.getLast(), Fields.json("c" + i, i));
      }
      await().atMost(PATIENCE).until(() -> live.count() == 9);
      assertThat(source.loopsInUse()).isGreaterThan(1);
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  @Test
  void fails_in_one_sentence_when_the_port_is_taken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      NetSettings settings =
          NetSettings.of(
              new ListenAddress("127.0.0.1", taken.getLocalPort()),
              MessageFormat.NDJSON,
              Fields.READING);
      try (LiveSource live = LiveSource.start(new TcpSource(settings))) {
        assertThatThrownBy(() -> live.end().get(60, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasMessageContaining("cannot listen on TCP 127.0.0.1:" + taken.getLocalPort() + ": ")
            .hasMessageContaining("in use");
      }
    }
  }
}
