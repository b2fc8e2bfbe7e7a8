package io.forebay.connectors.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.formats.api.MessageFormat;
import io.forebay.testkit.LiveSource;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class UdpSourceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static void send(DatagramSocket client, int port, String text) throws Exception {
    byte[] bytes = text.getBytes(UTF_8);
    client.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
  }

  @Test
  void takes_the_lines_of_datagrams_of_any_size() throws Exception {
    UdpSource source = new UdpSource(Fields.settings(MessageFormat.NDJSON));
    try (LiveSource live = LiveSource.start(source);
        DatagramSocket client = new DatagramSocket()) {
      int port = source.port().get(60, TimeUnit.SECONDS);
      send(client, port, Fields.json("a", 1) + Fields.json("a", 2).trim());
      send(client, port, "nonsense");
      send(client, port, Fields.json("b".repeat(60_000), 3));
      await().atMost(PATIENCE).until(() -> live.count() == 4);
      assertThat(live.rows()).extracting(row -> row.values().get(1)).containsExactly(1L, 2L, 3L);
      assertThat((String) live.rows().get(2).values().get(0)).hasSize(60_000);
      assertThat(live.bad())
          .singleElement()
          .satisfies(bad -> {
            assertThat(bad.excerpt()).isEqualTo("nonsense");
            assertThat(bad.reason()).contains("127.0.0.1:" + client.getLocalPort());
          });
    }
  }

  @Test
  void drops_and_counts_what_finds_no_room() throws Exception {
    LineLimits limits = new LineLimits(1, 10_000, 10_000, 65_536);
    UdpSource source = new UdpSource(Fields.settings(MessageFormat.NDJSON).limits(limits));
    try (LiveSource live = LiveSource.start(source);
        DatagramSocket client = new DatagramSocket()) {
      int port = source.port().get(60, TimeUnit.SECONDS);
      live.room(false);
      int sent = 0;
      // One at a time, so that the kernel drops none.
      while (source.droppedDatagrams() < 5) {
        send(client, port, Fields.json("a".repeat(900), sent) + Fields.json("b", sent));
        sent++;
        long handled = sent;
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> source.received() == handled);
      }
      assertThat(source.droppedLines()).isEqualTo(2 * source.droppedDatagrams());
      assertThat(live.dropped()).isEqualTo(source.droppedLines());
      await()
          .atMost(PATIENCE)
          .until(() -> live.state().contains(" datagrams dropped for want of room"));
      live.room(true);
      long taken = 2 * (sent - source.droppedDatagrams());
      await().atMost(PATIENCE).until(() -> live.count() == taken);
      assertThat(sent).isBetween(60, 90);
    }
  }
}
