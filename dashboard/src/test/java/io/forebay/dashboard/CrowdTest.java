package io.forebay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.PipelineSnapshot;
import io.forebay.connectors.net.Access;
import io.forebay.connectors.net.ListenAddress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Those who look on cost the pipeline a snapshot a tick and little else, however they behave. */
final class CrowdTest {
  private static final int CROWD = 1_000;
  private static final String EVENTS = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String METRICS = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final AtomicInteger snapshots = new AtomicInteger();
  private final List<RawClient> clients = new ArrayList<>();
  private final HttpClient decent = HttpClient.newHttpClient();
  private Dashboard dashboard;

  private void open(Duration tick, int sources) throws Exception {
    dashboard =
        Dashboard.listen(
            new ListenAddress("127.0.0.1", 0), Access.OPEN, UnaryOperator.identity(), tick);
    dashboard.show(() -> snapshot(sources), trouble -> {});
    await().until(() -> status() == 200);
  }

  private PipelineSnapshot snapshot(int sources) {
    return Runs.plant(snapshots.incrementAndGet(), sources, "");
  }

  private int status() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(dashboard.url() + "status"))
            .timeout(Duration.ofSeconds(5))
            .build();
    return decent.send(request, BodyHandlers.discarding()).statusCode();
  }

  @AfterEach
  void close() throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
    decent.close();
    dashboard.close();
  }

  private RawClient client() throws IOException {
    RawClient client = RawClient.to(dashboard.url());
    clients.add(client);
    return client;
  }

  /** CPU time of the loop's thread. */
  private static long loopNanos() {
    long nanos = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("vert.x-eventloop")) {
        nanos += ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
      }
    }
    return nanos;
  }

  @Test
  void costs_a_snapshot_a_tick_when_a_thousand_pages_are_open() throws Exception {
    open(Duration.ofMillis(1_000), 100);
    int streams = 0;
    int turnedAway = 0;
    for (int i = 0; i < CROWD; i++) {
      RawClient client = client();
      client.send(EVENTS);
      String answer = client.line();
      if (answer.startsWith("HTTP/1.1 200")) {
        streams++;
      } else {
        assertThat(answer).startsWith("HTTP/1.1 503");
        turnedAway++;
      }
    }
    assertThat(streams).isEqualTo(EventStreams.MOST);
    assertThat(turnedAway).isEqualTo(CROWD - EventStreams.MOST);
    int before = snapshots.get();
    long cpuBefore = loopNanos();
    long begun = System.nanoTime();
    await().until(() -> snapshots.get() >= before + 3);
    double seconds = (System.nanoTime() - begun) / 1e9;
    double share = (loopNanos() - cpuBefore) / 1e9 / seconds;
    System.out.printf("a thousand pages: %.1f %% of a core%n", share * 100);
    assertThat(share).isLessThan(0.2);
    assertThat(seconds).isGreaterThan(1.9); // three ticks, not one for each page
    assertThat(status()).isEqualTo(200);
  }

  @Test
  void drops_a_page_that_does_not_read() throws Exception {
    open(Duration.ofMillis(5), 1_000);
    RawClient stuck = client();
    stuck.send(EVENTS);
    await().atMost(Duration.ofSeconds(10)).until(stuck::isClosed);
    assertThat(status()).isEqualTo(200);
  }

  @Test
  void drops_a_scraper_that_asks_and_does_not_read() throws Exception {
    open(Duration.ofMillis(20), 100);
    RawClient stuck = client();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> {
          try {
            for (int i = 0; i < 100; i++) {
              stuck.send(METRICS);
            }
            return false;
          } catch (IOException closed) {
            return true;
          }
        });
    assertThat(status()).isEqualTo(200);
  }

  @Test
  void answers_others_when_connections_are_held_by_who_says_nothing() throws Exception {
    open(Duration.ofMillis(20), 1);
    for (int i = 0; i < CROWD; i++) {
      client().send("GET /metr");
    }
    assertThat(status()).isEqualTo(200);
    assertThat(clients.getFirst().line()).isEmpty();
  }
}
