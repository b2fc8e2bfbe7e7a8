package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.forebay.cli.client.Bars;
import io.forebay.cli.client.TopView;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TopTest {
  private static final Pattern URL = Pattern.compile("dashboard: (http://[0-9.:]+/)");

  @TempDir private Path folder;

  @Test
  void shows_a_line_for_each_part_when_a_pipeline_runs() throws Exception {
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        sources: [{ name: hall-a, type: simulated, records: 1000000, rate: 100 }]
        stages: [{ name: features, cpu: io.forebay.functions.LectureFeatures, on: inline }]
        sinks: [{ name: out, type: jsonl, path: '-' }]
        deadLetter: { path: rejected.jsonl }
        """);
    try (Forebay forebay = Forebay.start(folder, "run", "plant.yaml", "--dashboard", "0")) {
      await().atMost(Duration.ofMinutes(1)).until(() -> URL.matcher(forebay.err()).find());
      Matcher url = URL.matcher(forebay.err());
      assertThat(url.find()).isTrue();
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> {
            Forebay.Result top = top(url.group(1));
            assertThat(top.err()).isEmpty();
            assertThat(top.exitCode()).isZero();
            assertThat(top.out().lines())
                .anyMatch(line -> line.startsWith("plant  running "))
                .anyMatch(line -> line.startsWith("source  hall-a "))
                .anyMatch(line -> line.startsWith("stage   features "))
                .anyMatch(line -> line.startsWith("sink    out "));
          });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, hello, what it tells is no JSON",
    "200, '[1, 2]', what it tells is no status",
    "200, '{\"recent\": ', what it tells is no JSON",
    "404, nothing, it answers 404",
    "401, who, wants its token: set FOREBAY_DASHBOARD_TOKEN"
  })
  void says_so_when_the_address_is_no_dashboard(int code, String body, String said)
      throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(code, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    other.start();
    try {
      refuses("" + other.getAddress().getPort(), said);
    } finally {
      other.stop(0);
    }
  }

  @Test
  void says_so_when_nobody_is_there() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    refuses("" + free, "no pipeline shows itself at http://127.0.0.1:" + free + "/status");
    refuses("http://not a host/", "is no address of a dashboard");
    refuses("ftp://127.0.0.1/", "is no address of a dashboard");
  }

  private static Forebay.Result top(String url) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    int exitCode = Main.execute(terminal, Forebay.DEADLINE, "top", url);
    return new Forebay.Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static void refuses(String url, String said) throws Exception {
    Forebay.Result top = top(url);
    assertThat(top.exitCode()).isEqualTo(2);
    assertThat(top.err().lines()).singleElement().asString().startsWith("forebay: ").contains(said);
  }

  @Test
  void draws_bars_and_sparklines() {
    assertThat(Bars.bar(0.5, 0.25, 16)).isEqualTo("████████▒▒▒▒░░░░");
    assertThat(Bars.bar(0.9, 0.9, 16)).isEqualTo("██████████████▒▒");
    assertThat(Bars.sparkline(List.of(0.0, 50.0, 100.0))).isEqualTo("▁▅█");
    assertThat(Bars.sparkline(List.of(0.0, 0.0))).isEqualTo("▁▁");
  }

  @Test
  void sorts_by_what_it_is_told_and_fits_the_width() {
    Map<String, Object> status =
        Map.of(
            "name",
            "plant\u001b[2J",
            "verdict",
            "The stage 'model' limited the run.",
            "elapsedSeconds",
            3.0,
            "sources",
            List.of(Map.of("name", "a"), Map.of("name", "b")),
            "recent",
            Map.of(
                "sources",
                List.of(
                    Map.of("recordsPerSecond", 1.0, "blockedShare", 0.9),
                    Map.of("recordsPerSecond", 2.0, "blockedShare", 0.1))));
    TopView view = new TopView();
    assertThat(order(view.lines(status, 100))).isEqualTo("ab");
    view.turn();
    assertThat(order(view.lines(status, 100))).isEqualTo("ba");
    view.turn();
    assertThat(order(view.lines(status, 100))).isEqualTo("ab");
    assertThat(view.lines(status, 40))
        .allMatch(line -> line.length() <= 40)
        .noneMatch(line -> line.contains("\u001b"));
  }

  private static String order(List<String> lines) {
    StringBuilder names = new StringBuilder();
    lines.stream()
        .filter(line -> line.startsWith("source"))
        .forEach(line -> names.append(line.charAt(8)));
    return names.toString();
  }
}
