package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines that go on until they are stopped, and what they show. */
final class FollowTest {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path folder;

  private static String readings(int from, int to) {
    StringBuilder lines = new StringBuilder();
    for (int i = from; i < to; i++) {
      lines.append("{\"sensorId\":\"s\",\"timestamp\":").append(i).append(",\"value\":1.5}\n");
    }
    return lines.toString();
  }

  private static void append(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static long lines(Path file) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    }
  }

  @Test
  void loses_and_repeats_nothing_when_it_is_killed_and_the_file_is_rotated() throws Exception {
    Files.copy(EXAMPLES.resolve("tail.yaml"), folder.resolve("tail.yaml"));
    Path live = folder.resolve("out/live.jsonl");
    Path out = folder.resolve("out/tail.jsonl");
    append(live, readings(0, 1_000));
    try (Forebay forebay = Forebay.start(folder, "run", "tail.yaml")) {
      await().atMost(PATIENCE).until(() -> lines(out) > 0);
      append(live, readings(1_000, 2_000) + "{\"sensorId\":\"s\",");
      await().atMost(PATIENCE).until(() -> lines(out) > 1_000);
      forebay.signal("KILL");
      assertThat(forebay.await().exitCode()).isEqualTo(137);
    }
    append(live, "\"timestamp\":2000,\"value\":1.5}\n");
    Files.move(live, live.resolveSibling("live.jsonl.1"));
    append(live, readings(2_001, 3_000));
    try (Forebay forebay = Forebay.start(folder, "run", "tail.yaml")) {
      await().atMost(PATIENCE).until(() -> lines(out) >= 3_000);
      append(live, readings(3_000, 3_010));
      await().atMost(PATIENCE).until(() -> lines(out) >= 3_010);
      forebay.signal("TERM");
      assertThat(forebay.await().exitCode()).isEqualTo(143);
    }
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 3_010; i++) {
      expected.add("{\"sensorId\":\"s\",\"timestamp\":" + i + ",\"value\":1.5");
    }
    assertThat(Files.readAllLines(out).stream().map(line -> line.replaceAll(",\"normalized.*", "")))
        .containsExactlyElementsOf(expected);
    assertThat(lines(folder.resolve("out/tail-rejected.jsonl"))).isZero();
  }

  @Test
  void shows_some_and_keeps_all_when_sensors_are_simulated() throws Exception {
    Files.copy(EXAMPLES.resolve("sensors.yaml"), folder.resolve("sensors.yaml"));
    Forebay.Result result =
        Forebay.run(folder, "run", "sensors.yaml", "--set", "sources.plant.rate=0");
    assertThat(result.exitCode()).as(result.err()).isZero();
    long kept = lines(folder.resolve("out/sensors.jsonl"));
    assertThat(kept).isBetween(3_500L, 3_999L);
    assertThat(result.out())
        .startsWith("sensorId")
        .contains("sensor-")
        .containsPattern("… [0-9,]+ more");
    assertThat(result.err()).contains(String.format(Locale.ROOT, "%,d delivered", kept));
  }
}
