package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.forebay.cli.client.TapTable;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TapCommandTest {
  private static final Pattern URL = Pattern.compile("dashboard: (http://[0-9.:]+/)");

  @TempDir private Path folder;

  private static Forebay.Result tap(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    int exitCode = Main.execute(terminal, Forebay.DEADLINE, args);
    return new Forebay.Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void shows_what_the_sink_gets_until_the_pipeline_ends() throws Exception {
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        sources: [{ name: hall-a, type: simulated, records: 1000000, rate: 500 }]
        stages: [{ name: features, cpu: io.forebay.functions.LectureFeatures, on: inline }]
        sinks: [{ name: out, type: jsonl, path: '-' }]
        deadLetter: { path: rejected.jsonl }
        """);
    try (Forebay forebay = Forebay.start(folder, "run", "plant.yaml", "--dashboard", "0")) {
      await().atMost(Duration.ofMinutes(1)).until(() -> URL.matcher(forebay.err()).find());
      Matcher matcher = URL.matcher(forebay.err());
      assertThat(matcher.find()).isTrue();
      String url = matcher.group(1);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> tap("tap", "out", url, "--limit=1").exitCode() == 0);

      CompletableFuture<Forebay.Result> toTheEnd =
          CompletableFuture.supplyAsync(() -> tap("tap", "hall-a", url, "--rate=1000"));
      Forebay.Result some = tap("tap", "out", url, "--limit", "20", "--where=value>20");
      assertThat(some.err()).isEmpty();
      assertThat(some.exitCode()).isZero();
      assertThat(tap("tap", "features", url, "--limit=2", "--format=table").out().lines())
          .first()
          .asString()
          .contains("sensorId", "feature");
      assertThat(tap("tap", "feature", url).err())
          .startsWith("forebay: there is no part 'feature', did you mean 'features'?");
      assertThat(tap("tap", "out", url, "--where=value~2").exitCode()).isEqualTo(ExitCode.USAGE);

      forebay.signal("TERM");
      Forebay.Result ended = forebay.await();
      assertThat(ended.exitCode()).isEqualTo(143);
      assertThat(some.out().lines()).hasSize(20);
      assertThat(ended.out().lines().toList()).containsAll(some.out().lines().toList());
      Forebay.Result whole = toTheEnd.get();
      assertThat(whole.exitCode()).isZero();
      assertThat(whole.err()).isEqualTo("The pipeline 'plant' has ended: drained.\n");
      assertThat(whole.out().lines()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, hello, what it tells is no tap",
    "200, '{\"record\":{}}\n', what it tells is no tap",
    "400, Bad Request, it answers 400",
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
          byte[] bytes = (body + "\n").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(code, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    other.start();
    try {
      Forebay.Result refused = tap("tap", "out", "" + other.getAddress().getPort());
      assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(refused.err().lines())
          .singleElement()
          .asString()
          .startsWith("forebay: ")
          .contains(said);
    } finally {
      other.stop(0);
    }
    assertThat(tap("tap", "out", "" + other.getAddress().getPort()).err())
        .contains("no pipeline shows itself at");
  }

  @Test
  void shows_values_as_they_are_written_when_they_are_in_a_table() {
    TapTable table =
        new TapTable(
            List.of(
                Map.of("name", "id", "type", "string"),
                Map.of("name", "value", "type", "float64"),
                Map.of("name", "wave", "type", "list-float64")));
    assertThat(
            table.lines("{\"id\":\"a\\u001b\",\"value\":1.50,\"wave\":[1,2.0],\"unit\":{\"a\":1}}"))
        .containsExactly("id  value  wave", "a    1.50  [1,2.0]  … unit={\"a\":1}");
    assertThat(table.lines("{\"id\":\"a\",\"value\":null,\"wave\":[]}"))
        .containsExactly("a    null  []");
    assertThat(table.lines("{\"id\":\"hall\",\"value\":2,\"wave\":null}"))
        .containsExactly("id    value  wave", "hall      2  null");
  }
}
