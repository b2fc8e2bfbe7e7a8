package io.forebay.connectors.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.net.ListenAddress;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The requests that Telegraf's {@code outputs.influxdb} and {@code outputs.influxdb_v2} and the
 * client libraries send, as the documentation of InfluxDB's write APIs describes them.
 */
@Timeout(180)
final class InfluxWriteApiTest {
  private static final Schema POINT =
      Schema.of(
          Field.of("measurement", ColumnType.STRING),
          Field.nullable("host", ColumnType.STRING),
          Field.nullable("timestamp", ColumnType.TIMESTAMP_NS),
          Field.nullable("usage_idle", ColumnType.FLOAT64));

  private static HttpSettings settings() {
    HttpSettings usual = Server.settings();
    return new HttpSettings(
        new ListenAddress("127.0.0.1", 0),
        usual.access(),
        usual.path(),
        POINT,
        usual.limits(),
        1,
        usual.clock());
  }

  private static byte[] gzip(String text) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return out.toByteArray();
  }

  private static List<Object> row(String measurement, String host, Long time, Double idle) {
    return Arrays.asList(measurement, host, time, idle);
  }

  @Test
  void takes_what_telegraf_sends_to_influxdb_2() throws Exception {
    try (Server server = new Server(settings().access(Server.token("my-token")))) {
      String batch =
          """
          cpu,cpu=cpu-total,host=edge-1 usage_idle=97.5,usage_user=1.25 1767323045000000000
          mem,host=edge-1 available=8123456512i,used_percent=41.02 1767323045000000000
          system,host=edge\\ 2 uptime_format="3 days, \\"4\\":05",load1=0.5 1767323055000000000
          """;
      HttpResponse<String> written =
          server.post(
              "/api/v2/write?bucket=plant&org=acme",
              gzip(batch),
              "Authorization",
              "Token my-token",
              "Content-Encoding",
              "gzip",
              "Content-Type",
              "text/plain; charset=utf-8",
              "User-Agent",
              "Telegraf/1.34.0 Go/1.24.1");
      assertThat(written.statusCode()).isEqualTo(204);
      assertThat(written.body()).isEmpty();
      assertThat(server.live.rows())
          .extracting(row -> row.values())
          .containsExactly(
              row("cpu", "edge-1", 1767323045000000000L, 97.5),
              row("mem", "edge-1", 1767323045000000000L, null),
              row("system", "edge 2", 1767323055000000000L, null));
      assertThat(new JsonObject("{" + server.live.rows().get(2).extras() + "}").getMap())
          .containsEntry("uptime_format", "3 days, \"4\":05")
          .containsEntry("load1", 0.5);
      assertThat(
              new JsonObject("{" + server.live.rows().get(1).extras() + "}").getLong("available"))
          .isEqualTo(8123456512L);
    }
  }

  @Test
  void takes_what_telegraf_sends_to_influxdb_1() throws Exception {
    try (Server server = new Server(settings())) {
      HttpResponse<String> created =
          server.send(
              server
                  .request("/query?q=CREATE+DATABASE+%22telegraf%22")
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.noBody()));
      assertThat(created.statusCode()).isEqualTo(200);
      assertThat(new JsonObject(created.body()).getJsonArray("results")).hasSize(1);
      HttpResponse<String> written =
          server.post(
              "/write?db=telegraf&rp=autogen&consistency=any",
              "cpu,host=edge-1 usage_idle=1 1767323045000000001\n".getBytes(UTF_8),
              "Content-Type",
              "text/plain; charset=utf-8");
      assertThat(written.statusCode()).isEqualTo(204);
      HttpResponse<String> query = server.send(server.request("/query?db=telegraf&q=SELECT+1"));
      assertThat(query.statusCode()).isEqualTo(400);
      assertThat(new JsonObject(query.body()).getString("error")).contains("no queries");
    }
  }

  @Test
  void understands_the_precision_of_both_versions() throws Exception {
    try (Server server = new Server(settings())) {
      for (String write : List.of("/write?db=x&precision=", "/api/v2/write?bucket=x&precision=")) {
        for (String precision : List.of("ns", "us", "ms", "s", "n", "u")) {
          HttpResponse<String> answer =
              server.post(write + precision, "m,host=" + precision + " v=1 1767323045");
          assertThat(answer.statusCode()).as(write + precision).isEqualTo(204);
        }
      }
      assertThat(server.live.rows())
          .hasSize(12)
          .allSatisfy(row ->
              assertThat(row.values().get(2))
                  .isEqualTo(
                      1767323045L
                          * switch ((String) row.values().get(1)) {
                            case "s" -> 1_000_000_000L;
                            case "ms" -> 1_000_000L;
                            case "us", "u" -> 1_000L;
                            default -> 1L;
                          }));
      HttpResponse<String> unknown = server.post("/write?precision=weeks", "m v=1 1");
      assertThat(unknown.statusCode()).isEqualTo(400);
      assertThat(unknown.body()).contains("'weeks' is not known");
    }
  }

  @Test
  void gives_points_without_a_time_that_of_their_arrival() throws Exception {
    try (Server server = new Server(settings())) {
      assertThat(server.post("/api/v2/write", "m usage_idle=1").statusCode()).isEqualTo(204);
      assertThat(server.live.rows())
          .singleElement()
          .extracting(row -> row.values().get(2))
          .isEqualTo(Server.NOW.toEpochMilli() * 1_000_000);
    }
  }

  @Test
  void answers_partial_writes_as_influxdb_does() throws Exception {
    try (Server server = new Server(settings())) {
      String body = "# a comment\nm v=1 1\n\nm v= 2\nm v=3 3\nm 4\n";
      HttpResponse<String> two = server.post("/api/v2/write", body);
      assertThat(two.statusCode()).isEqualTo(400);
      JsonObject error = new JsonObject(two.body());
      assertThat(error.getString("code")).isEqualTo("invalid");
      assertThat(error.getString("message"))
          .startsWith("partial write: line 4: ")
          .contains("2 of 4 records were taken");
      HttpResponse<String> one = server.post("/write?db=x", body);
      assertThat(one.statusCode()).isEqualTo(400);
      assertThat(new JsonObject(one.body()).getString("error"))
          .startsWith("partial write: line 4: ")
          .endsWith("dropped=2");
      assertThat(one.headers().firstValue("X-Influxdb-Error")).isPresent();
      assertThat(server.live.rows()).hasSize(4);
      assertThat(server.live.bad()).hasSize(4);
    }
  }

  @Test
  void says_that_it_is_there() throws Exception {
    try (Server server = new Server(settings())) {
      for (String method : List.of("GET", "HEAD")) {
        HttpResponse<String> ping =
            server.send(
                server.request("/ping").method(method, HttpRequest.BodyPublishers.noBody()));
        assertThat(ping.statusCode()).isEqualTo(204);
        assertThat(ping.headers().firstValue("X-Influxdb-Version")).isPresent();
      }
      HttpResponse<String> health = server.send(server.request("/health"));
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(new JsonObject(health.body()).getString("status")).isEqualTo("pass");
    }
  }
}
