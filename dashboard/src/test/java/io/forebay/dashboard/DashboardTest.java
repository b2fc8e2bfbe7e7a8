package io.forebay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.connectors.net.Access;
import io.forebay.connectors.net.AccessToken;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.errors.ConfigurationException;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.observe.Summary;
import io.forebay.snapshot.PipelineSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

final class DashboardTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ListenAddress ANY_PORT = new ListenAddress("127.0.0.1", 0);

  private final AtomicReference<PipelineSnapshot> run = new AtomicReference<>(Runs.plant(10));
  private final HttpClient client = HttpClient.newHttpClient();
  private Dashboard dashboard;

  @BeforeEach
  void listen() throws Exception {
    dashboard = open(Access.OPEN);
  }

  private static Dashboard open(Access access) throws Exception {
    return Dashboard.listen(
        ANY_PORT,
        access,
        text -> text.replace("hunter2", "***"),
        new Dashboard.Pace(Duration.ofMillis(20), Duration.ofSeconds(15)));
  }

  @AfterEach
  void close() {
    dashboard.close();
    client.close();
  }

  private void show() {
    dashboard.show(run::get, new LiveDiagnosis(), trouble -> {});
    await().until(() -> get("/status").statusCode() == 200);
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, headers);
  }

  private HttpResponse<String> send(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(dashboard.url()).resolve(path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  // ------------------------------------------------------------------ what is shown

  @ParameterizedTest
  @CsvSource({
    "'', text/plain; version=0.0.4; charset=utf-8",
    "application/openmetrics-text;version=1.0.0, "
        + "application/openmetrics-text; version=1.0.0; charset=utf-8"
  })
  void metrics_are_those_of_the_snapshot_when_they_are_scraped(String accept, String type)
      throws Exception {
    show();
    HttpResponse<String> response =
        accept.isEmpty() ? get("/metrics") : get("/metrics", "Accept", accept);
    assertThat(response.headers().firstValue("Content-Type")).hasValue(type);
    Scrape scrape = Scrape.of(response.body());
    assertThat(scrape.names()).isEqualTo(Exposition.meanings().keySet());
    assertThat(scrape.value("forebay_records_read_total", "")).isEqualTo(10_000);
    assertThat(scrape.value("forebay_records_delivered_total", "")).isEqualTo(9_983);
    assertThat(scrape.value("forebay_records_in_flight", "")).isEqualTo(2);
    assertThat(scrape.value("forebay_source_records_total", "hall \\\"a\\\"\\\\\\n"))
        .isEqualTo(10_000);
    assertThat(scrape.value("forebay_source_blocked_seconds_total", "")).isEqualTo(5);
    assertThat(scrape.value("forebay_stage_busy_seconds_total", "on=processes")).isEqualTo(80);
    assertThat(scrape.value("forebay_stage_service_seconds_p99", "features")).isEqualTo(0.0555);
    assertThat(scrape.value("forebay_sink_commits_total", "sink=out")).isEqualTo(10);
    assertThat(scrape.value("forebay_sink_up", "sink=out")).isOne();
    assertThat(scrape.value("forebay_arrival_to_commit_seconds_count", "")).isEqualTo(10_000);
    assertThat(scrape.value("forebay_arrival_to_commit_seconds_bucket", "le=0.025"))
        .isEqualTo(5_000);
    assertThat(scrape.value("forebay_arrival_to_commit_seconds_sum", "")).isEqualTo(450);
    assertThat(scrape.value("forebay_heartbeat_delay_seconds_bucket", "thread=dispatcher, le=0.1"))
        .isEqualTo(1_000);
    assertThat(scrape.value("forebay_source_bytes_total", "")).isEqualTo(400_000);
    assertThat(scrape.value("forebay_stage_out_bytes_total", "")).isEqualTo(560_000);
    assertThat(scrape.value("forebay_worker_cpu_seconds_total", "worker=1")).isEqualTo(2.5);
    assertThat(scrape.value("forebay_worker_up", "worker=1")).isZero();
    assertThat(scrape.value("forebay_worker_busy", "worker=0")).isOne();
    assertThat(scrape.value("forebay_heartbeat_stalls_total", "thread=dispatcher")).isOne();
  }

  @Test
  void counters_never_fall_when_shares_jitter() {
    Exposition exposition = new Exposition(UnaryOperator.identity());
    exposition.of(Runs.plant(10), Optional.empty());
    var metric =
        exposition.of(Runs.plant(9), Optional.empty()).stream()
            .filter(each -> each.getMetadata().getName().equals("forebay_source_blocked_seconds"))
            .findFirst()
            .orElseThrow();
    assertThat(((CounterSnapshot) metric).getDataPoints().getFirst().getValue()).isEqualTo(5);
  }

  @Test
  void status_is_the_summary_with_the_last_seconds_when_it_runs() throws Exception {
    show();
    run.set(Runs.plant(12));
    await().until(() -> status().path("elapsedSeconds").asDouble() == 12);
    JsonNode status = status();
    JsonNode summary = JSON.readTree(new Summary(Runs.plant(12), "running", "").json());
    for (String key : summary.propertyNames()) {
      if (key.equals("verdict") || key.equals("diagnosis")) {
        continue; // these know what was before
      }
      assertThat(status.path(key)).as(key).isEqualTo(summary.path(key));
    }
    JsonNode recent = status.path("recent");
    assertThat(recent.path("diagnosis").path("kind").asString()).isNotEmpty();
    assertThat(status.path("diagnosis").path("sentence")).isEqualTo(status.path("verdict"));
    assertThat(recent.path("readPerSecond").asDouble()).isEqualTo(1_000);
    assertThat(recent.path("stages").path(0).path("rowsPerBatch").asDouble()).isEqualTo(100);
    assertThat(status.path("health").path("ready").asBoolean()).isTrue();
  }

  private JsonNode status() throws Exception {
    return JSON.readTree(get("/status").body());
  }

  @Test
  void health_tells_who_is_away_and_that_it_has_ended() throws Exception {
    assertThat(get("/status").statusCode()).isEqualTo(503);
    assertThat(get("/metrics").body()).startsWith("the pipeline is starting");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    show();
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    run.set(Runs.plant(11, 1, "password hunter2 is wrong"));
    await().until(() -> get("/health/ready").statusCode() == 503);
    assertThat(get("/health").statusCode()).isEqualTo(200);
    assertThat(get("/health").body()).contains("sink 'out' is away (password *** is wrong)");
    dashboard.end(new Summary(Runs.plant(12), "completed", ""));
    assertThat(get("/health/live").statusCode()).isEqualTo(503);
    assertThat(status().path("outcome").asString()).isEqualTo("completed");
  }

  @Test
  void secrets_are_hidden_in_what_workers_and_records_have_left() throws Exception {
    run.set(Runs.inTrouble(11, 1));
    show();
    assertThat(get("/status").body())
        .contains("the password is ***", "the sensor *** is off")
        .doesNotContain("hunter2");
  }

  @Test
  void events_come_until_the_end_when_somebody_looks_on() throws Exception {
    show();
    HttpRequest events = HttpRequest.newBuilder(URI.create(dashboard.url() + "events")).build();
    try (InputStream in = client.send(events, BodyHandlers.ofInputStream()).body()) {
      StringBuilder seen = new StringBuilder();
      while (seen.toString().split("data: ", -1).length < 4) {
        seen.append((char) in.read());
      }
      dashboard.end(new Summary(Runs.plant(13), "completed", ""));
      String rest = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(rest).contains("\"outcome\": \"completed\"").endsWith("event: end\ndata:\n\n");
      String last = rest.substring(rest.lastIndexOf("data: ") + 6, rest.lastIndexOf("event: end"));
      assertThat(JSON.readTree(last)).isEqualTo(status());
    }
  }

  @Test
  void says_so_when_the_pipeline_cannot_be_looked_at() {
    AtomicReference<String> said = new AtomicReference<>("");
    dashboard.show(
        () -> {
          throw new IllegalStateException("no snapshot");
        },
        new LiveDiagnosis(),
        said::set);
    await().until(() -> said.get().contains("no snapshot"));
  }

  // ------------------------------------------------------------------ who may look

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"})
  void refuses_when_something_is_to_be_changed(String method) throws Exception {
    show();
    for (String path : new String[] {"/", "/status", "/metrics", "/events", "/health"}) {
      HttpResponse<String> response = send(method, path);
      assertThat(response.statusCode()).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }
  }

  @Test
  void refuses_when_a_browser_asks_for_a_page_of_elsewhere() throws Exception {
    show();
    for (String path : new String[] {"/", "/status", "/metrics", "/events", "/page.js"}) {
      assertThat(get(path, "Origin", "http://evil.example").statusCode()).isEqualTo(403);
      assertThat(get(path, "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(403);
      assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
          .startsWith("HTTP/1.1 403");
    }
    String[] link = {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"};
    assertThat(get("/", link[0], link[1], link[2], link[3]).statusCode()).isEqualTo(403);
    assertThat(
            get("/", link[0], link[1], link[2], link[3], "Sec-Fetch-Dest", "document").statusCode())
        .isEqualTo(200);
    assertThat(
            get("/status", link[0], link[1], link[2], link[3], "Sec-Fetch-Dest", "document")
                .statusCode())
        .isEqualTo(403);
  }

  private String raw(String request) throws Exception {
    try (RawClient socket = RawClient.to(dashboard.url())) {
      socket.send(request);
      return socket.line();
    }
  }

  @Test
  void lets_in_only_who_knows_the_token_when_there_is_one() throws Exception {
    dashboard.close();
    dashboard = open(new Access(Optional.empty(), Optional.of(AccessToken.of("opensesame"))));
    dashboard.show(run::get, new LiveDiagnosis(), trouble -> {});
    for (String path :
        new String[] {"/", "/status", "/metrics", "/events", "/health", "/nothing"}) {
      assertThat(get(path).statusCode()).isEqualTo(401);
      assertThat(get(path, "Authorization", "Bearer opensesam").statusCode()).isEqualTo(401);
    }
    String basic =
        Base64.getEncoder().encodeToString("me:opensesame".getBytes(StandardCharsets.UTF_8));
    await().until(() -> get("/status", "Authorization", "Bearer opensesame").statusCode() == 200);
    assertThat(get("/", "Authorization", "Basic " + basic).statusCode()).isEqualTo(200);
  }

  @Test
  void refuses_an_address_beyond_this_machine_without_tls_and_token() {
    for (Access access :
        new Access[] {
          Access.OPEN, new Access(Optional.empty(), Optional.of(AccessToken.of("opensesame")))
        }) {
      assertThatThrownBy(() ->
              Dashboard.listen(new ListenAddress("0.0.0.0", 0), access, UnaryOperator.identity()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("the dashboard would listen on 0.0.0.0:0, which other machines");
    }
  }

  @Test
  void says_what_to_do_when_the_port_is_taken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() ->
              Dashboard.listen(
                  new ListenAddress("127.0.0.1", port), Access.OPEN, UnaryOperator.identity()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              "the dashboard cannot listen on 127.0.0.1:"
                  + port
                  + ": Address already in use, so nothing was started: name another port with"
                  + " --dashboard, or 0 for any that is free");
    }
  }

  // ------------------------------------------------------------------ samples of records

  @Test
  void shows_samples_line_by_line_until_there_are_as_many_as_were_asked_for() throws Exception {
    show();
    dashboard.tap(new EndlessTaps("hunter2 is too hot"));
    await().until(() -> get("/tap?part=features&limit=1").statusCode() == 200);
    dashboard.tap(new EndlessTaps("hunter2 is too hot"));
    assertThat(get("/tap?part=features&limit=2").body().lines())
        .containsExactly(
            "{\"part\":\"features\",\"kind\":\"stage\",\"columns\":"
                + "[{\"name\":\"value\",\"type\":\"float64\"}]}",
            "{\"record\":{\"value\":80.5}}",
            "{\"deadLetter\":{\"source\":\"hall-a\",\"sequence\":7,\"stage\":\"features\","
                + "\"reason\":\"*** is too hot\",\"record\":{\"value\":80.5}}}",
            "{\"passed\":10,\"looked\":5}",
            "{\"end\":\"These are as many records as were asked for.\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "/tap, 'name a part, as in /tap?part=NAME: the stage ''features'''",
    "/tap?part=feature, there is no part 'feature'",
    "/tap?part=features&rate=fast, the rate 'fast' is no number of records a second",
    "/tap?part=features&limit=0, the limit '0' is no number of records above 0"
  })
  void says_what_is_wrong_when_samples_are_asked_for(String path, String said) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(503);
    show();
    dashboard.tap(new EndlessTaps("hunter2 is too hot"));
    await().until(() -> get(path).statusCode() == 400);
    assertThat(get(path).body()).isEqualTo(said + "\n");
    assertThat(get(path, "Origin", "https://elsewhere.example").statusCode()).isEqualTo(403);
  }
}
