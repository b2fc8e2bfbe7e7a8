package io.forebay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.connectors.net.Access;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.tap.Taps;
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
  private static final String TAP = "GET /tap?part=features HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String METRICS = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final AtomicInteger snapshots = new AtomicInteger();
  private final List<RawClient> clients = new ArrayList<>();
  private final HttpClient decent = HttpClient.newHttpClient();
  private Dashboard dashboard;

  private void open(int tickMillis, int idleMillis, int sources) throws Exception {
    dashboard =
        Dashboard.listen(
            new ListenAddress("127.0.0.1", 0),
            Access.OPEN,
            UnaryOperator.identity(),
            new Dashboard.Pace(Duration.ofMillis(tickMillis), Duration.ofMillis(idleMillis)));
    dashboard.show(() -> snapshot(sources), new LiveDiagnosis(), trouble -> {});
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

  /** Opens a stream with each of a thousand clients, and returns how many were let in. */
  private int crowd() throws IOException {
    for (int i = 0; i < CROWD; i++) {
      client().send(EVENTS);
    }
    int streams = 0;
    for (RawClient client : clients) {
      String answer = client.line();
      // Turned away with a sentence, or by the connections that came after it.
      assertThat(answer).matches("HTTP/1.1 200 OK|HTTP/1.1 503 .*|");
      streams += answer.endsWith("OK") ? 1 : 0;
    }
    return streams;
  }

  @Test
  void costs_a_snapshot_a_tick_when_a_thousand_pages_are_open() throws Exception {
    open(200, 15_000, 100);
    assertThat(crowd()).isEqualTo(EventStreams.MOST);
    int before = snapshots.get();
    long cpuBefore = loopNanos();
    long begun = System.nanoTime();
    await().until(() -> snapshots.get() >= before + 10);
    double seconds = (System.nanoTime() - begun) / 1e9;
    double share = (loopNanos() - cpuBefore) / 1e9 / seconds;
    System.out.printf("a thousand pages, five times a second: %.1f %% of a core%n", share * 100);
    assertThat(share).isLessThan(0.25);
    assertThat(status()).isEqualTo(200);
  }

  @Test
  void drops_a_page_that_does_not_read() throws Exception {
    open(20, 1_000, 1_000);
    client().send(EVENTS);
    await().until(() -> dashboard.connections() > 1);
    await().atMost(Duration.ofSeconds(10)).until(() -> dashboard.connections() <= 1);
    assertThat(status()).isEqualTo(200);
  }

  @Test
  void takes_no_more_samples_and_lets_go_when_those_who_tap_do_not_read() throws Exception {
    open(20, 2_000, 1);
    EndlessTaps taps = new EndlessTaps("x".repeat(20_000));
    dashboard.tap(taps);
    for (int i = 0; i < Taps.MOST; i++) {
      client().send(TAP);
    }
    await().until(() -> taps.open.get() == Taps.MOST);
    RawClient oneMore = client();
    oneMore.send(TAP);
    assertThat(oneMore.line()).startsWith("HTTP/1.1 503 ");
    await().atMost(Duration.ofSeconds(20)).until(() -> taps.open.get() == 0);
    long taken = taps.taken.get();
    assertThat(taken).isLessThan(Taps.MOST * 200_000L);
    assertThat(status()).isEqualTo(200);
    assertThat(taps.taken.get()).isEqualTo(taken);
  }

  @Test
  void drops_a_scraper_that_asks_and_does_not_read() throws Exception {
    open(20, 1_000, 100);
    RawClient stuck = client();
    Thread asking =
        Thread.startVirtualThread(() -> {
          try {
            while (true) {
              stuck.send(METRICS);
            }
          } catch (IOException closed) {
            // dropped
          }
        });
    await().atMost(Duration.ofSeconds(10)).until(() -> !asking.isAlive());
    assertThat(status()).isEqualTo(200);
  }

  @Test
  void answers_others_when_connections_are_held_by_who_says_nothing() throws Exception {
    open(20, 15_000, 1);
    for (int i = 0; i < CROWD; i++) {
      client().send("GET /metr");
    }
    assertThat(status()).isEqualTo(200);
    assertThat(dashboard.connections()).isLessThanOrEqualTo(Visitors.MOST);
    assertThat(clients.getFirst().line()).isEmpty();
  }
}
