package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunDashboardTest {
  private static final Pattern URL = Pattern.compile("dashboard: (http://127.0.0.1:[0-9]+/)");

  @TempDir private Path folder;

  private void pipeline(String more) throws Exception {
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        sources: [{ name: hall-a, type: simulated, records: 1000000, rate: 100 }]
        sinks: [{ type: jsonl, path: '-' }]
        deadLetter: { path: rejected.jsonl }
        """
            + more);
  }

  @Test
  void shows_a_run_while_it_lasts() throws Exception {
    pipeline("dashboard: { listen: '0' }\n");
    try (Forebay forebay = Forebay.start(folder, "run", "plant.yaml");
        HttpClient client = HttpClient.newHttpClient()) {
      await().atMost(Duration.ofMinutes(1)).until(() -> URL.matcher(forebay.err()).find());
      Matcher url = URL.matcher(forebay.err());
      assertThat(url.find()).isTrue();
      for (String path : new String[] {"", "status", "metrics", "health"}) {
        URI there = URI.create(url.group(1) + path);
        await()
            .until(() ->
                client
                        .send(HttpRequest.newBuilder(there).build(), BodyHandlers.discarding())
                        .statusCode()
                    == 200);
      }
      forebay.signal("TERM");
      assertThat(forebay.await().exitCode()).isEqualTo(143);
    }
  }

  @Test
  void starts_nothing_when_the_port_is_taken() throws Exception {
    pipeline("");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Forebay.Result result =
          Forebay.run(folder, "run", "plant.yaml", "--dashboard", "" + taken.getLocalPort());
      assertThat(result.exitCode()).isEqualTo(2);
      assertThat(result.err())
          .isEqualTo(
              "forebay: the dashboard cannot listen on 127.0.0.1:"
                  + taken.getLocalPort()
                  + ": Address already in use, so nothing was started: name another port with"
                  + " --dashboard, or 0 for any that is free\n");
      assertThat(result.out()).isEmpty();
      assertThat(folder.resolve("rejected.jsonl")).doesNotExist();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0:0", "70000", "web", "-1"})
  void refuses_in_a_sentence_when_nobody_may_or_can_listen_there(String where) throws Exception {
    pipeline("");
    Forebay.Result result = Forebay.run(folder, "run", "plant.yaml", "--dashboard=" + where);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err().lines()).singleElement().asString().startsWith("forebay: ");
    assertThat(folder.resolve("rejected.jsonl")).doesNotExist();
  }
}
