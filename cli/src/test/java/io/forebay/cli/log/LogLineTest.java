package io.forebay.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.internal.log.Part;
import io.forebay.testkit.Seed;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LogLineTest {
  private static LogEntry entry(String message, @Nullable Throwable thrown) {
    return new LogEntry(
        Instant.ofEpochMilli(1_700_000_000_000L),
        LogLevel.WARN,
        "a.logger",
        message,
        Optional.of(Part.source("in")),
        Optional.empty(),
        thrown);
  }

  @Test
  void any_text_is_one_line_of_json_and_comes_back_as_it_was() {
    Random random = new Random(Seed.of(48));
    JsonMapper mapper = new JsonMapper();
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(20);
      for (int c = 0; c < length; c++) {
        text.append((char) random.nextInt(random.nextBoolean() ? 0x100 : 0x10000));
      }
      String line = LogLine.of(LogFormat.JSON, entry(text.toString(), null), "p", t -> t);

      assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
      assertThat(mapper.readTree(line).path("message").asString()).isEqualTo(text.toString());
    }
  }

  @Test
  void a_secret_that_is_quoted_leaves_json_behind() {
    String line =
        LogLine.of(
            LogFormat.JSON,
            entry("login \"x\\y", new IllegalStateException("no \"x\\y")),
            "p",
            text -> text.replace("\"x\\y", "***"));

    JsonNode json = new JsonMapper().readTree(line);
    assertThat(json.path("timestamp").asString()).isEqualTo("2023-11-14T22:13:20.000Z");
    assertThat(json.path("message").asString()).isEqualTo("login ***");
    assertThat(json.path("exception").asString()).contains("no ***");
    assertThat(json.path("source").asString()).isEqualTo("in");
  }

  @Test
  void what_is_endless_is_cut_behind_the_hiding() {
    String line =
        LogLine.of(LogFormat.TEXT, entry("x".repeat(70_000), null), "p", t -> t.replace("x", "yy"));

    assertThat(line).startsWith("2023-11-14T22:13:20.000Z WARN a.logger [p source=in] yyyy");
    assertThat(line).hasSizeLessThan(66_000).endsWith("y… (74464 more)\n");
  }

  @Test
  void an_exception_without_words_is_named() {
    RuntimeException mute =
        new RuntimeException() {
          @Override
          public String getMessage() {
            throw new IllegalStateException();
          }
        };

    assertThat(LogLine.of(LogFormat.TEXT, entry("m", mute), "", t -> t)).contains("m\n\tio.foreb");
  }

  @Test
  void the_same_text_passes_once_a_minute() {
    Repeats repeats = new Repeats();

    assertThat(repeats.pass("away", 0)).isZero();
    assertThat(repeats.pass("away", 1_000)).isNegative();
    assertThat(repeats.pass("other", 1_000)).isZero();
    assertThat(repeats.pass("away", 59_999)).isNegative();
    assertThat(repeats.pass("away", 60_000)).isEqualTo(2);
  }
}
