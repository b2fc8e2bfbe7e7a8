package io.forebay.connectors.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.MessageFormat;
import io.forebay.testkit.LiveSource;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the first line of a connection says of the others, and datagrams likewise. */
final class TcpLinesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Socket connect(TcpSource source) throws Exception {
    return new Socket(InetAddress.getLoopbackAddress(), source.port().get(60, TimeUnit.SECONDS));
  }

  private static void send(LiveSource live, Socket socket, String text, long records)
      throws Exception {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    socket.getOutputStream().flush();
    await().atMost(PATIENCE).until(() -> live.count() >= records);
  }

  private static List<String> rows(LiveSource live) {
    return live.rows().stream().map(row -> row.values().toString()).toList();
  }

  @Test
  void reads_each_connection_by_its_own_header_when_rows_come_one_by_one() throws Exception {
    TcpSource source = new TcpSource(Fields.settings(MessageFormat.CSV));
    try (LiveSource live = LiveSource.start(source);
        Socket one = connect(source);
        Socket other = connect(source)) {
      send(live, one, "\ufeffvalue,sensorId,timestamp\r\n1.5,a,7\r\n", 1);
      send(live, other, "sensorId,timestamp,value\nb,8,2.5\n", 2);
      send(live, one, "3.5,a,9\n", 3);
      send(live, other, "b,10,4.5\n", 4);
      assertThat(rows(live))
          .containsExactly("[a, 7, 1.5]", "[b, 8, 2.5]", "[a, 9, 3.5]", "[b, 10, 4.5]");
      try (Socket again = connect(source)) {
        // It has sent its header to the connection before.
        send(live, again, "5.5,a,11\n", 5);
      }
      assertThat(live.bad().getFirst().reason())
          .startsWith("there is no header before the row, while an earlier message had one");
    }
  }

  @Test
  void takes_nothing_when_a_connection_has_no_header_and_must() throws Exception {
    TcpSource source =
        new TcpSource(Fields.settings(MessageFormat.CSV).headers(CsvHeaderRow.PRESENT));
    try (LiveSource live = LiveSource.start(source);
        Socket socket = connect(source)) {
      send(live, socket, "a,7,1.5\na,8,2.5\n", 2);
      assertThat(live.rows()).isEmpty();
      assertThat(live.bad()).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({"NDJSON", "CSV", "LINE_PROTOCOL", "JSON"})
  void closes_the_connection_when_it_sends_an_http_request(MessageFormat format) throws Exception {
    String record =
        switch (format) {
          case CSV -> "a,7,1.5";
          case LINE_PROTOCOL -> "a value=1.5 7";
          default -> Fields.json("a", 7).strip();
        };
    TcpSource source = new TcpSource(Fields.settings(format));
    try (LiveSource live = LiveSource.start(source);
        Socket socket = connect(source)) {
      send(
          live,
          socket,
          "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n\r\n" + record + "\n",
          1);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      await().atMost(PATIENCE).until(() -> source.connections() == 0);
      assertThat(live.rows()).isEmpty();
      assertThat(live.bad()).hasSize(1);
      assertThat(live.bad().getFirst().reason()).startsWith("the connection sends an HTTP request");
    }
  }

  @Test
  void reads_each_datagram_by_its_own_header_when_it_has_one() throws Exception {
    UdpSource source = new UdpSource(Fields.settings(MessageFormat.CSV));
    try (LiveSource live = LiveSource.start(source);
        DatagramSocket socket = new DatagramSocket()) {
      int port = source.port().get(60, TimeUnit.SECONDS);
      long records = 0;
      for (String text :
          List.of(
              "a,7,1.5",
              "\ufeffvalue,sensorId,timestamp\n2.5,b,8\n",
              "sensorId,value\nc,3.5",
              "d,9,4.5")) {
        byte[] bytes = text.getBytes(UTF_8);
        socket.send(
            new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
        records += text.startsWith("sensorId") ? 2 : 1;
        long expected = records;
        await().atMost(PATIENCE).until(() -> live.count() >= expected);
      }
      assertThat(rows(live)).containsExactly("[a, 7, 1.5]", "[b, 8, 2.5]");
      assertThat(live.bad())
          .extracting(bad -> bad.reason().substring(0, 20))
          .containsExactly("the header lacks 'ti", "not read, because th", "there is no header b");
    }
  }
}
