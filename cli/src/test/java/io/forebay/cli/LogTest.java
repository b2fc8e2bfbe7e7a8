package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a run logs, in processes of their own. */
final class LogTest {
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("in.jsonl"), "{\"id\":1}\n{\"id\":2}\n");
    Files.writeString(
        folder.resolve("talk.py"),
        """
        import sys

        def talk(records):
            print("printed {0} by a worker")
            print("err", file=sys.stderr)
            return records
        """);
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        sources:
          - { name: in, type: file, path: in.jsonl, fields: { id: int64 } }
        stages:
          - { name: chat, cpu: io.forebay.cli.Chatty, on: inline }
          - { name: talk, cpu: "python:talk.talk", workers: 1, outputs: {} }
        sinks:
          - { type: jsonl, path: out.jsonl }
        deadLetter: { path: rejected.jsonl }
        """);
  }

  private Forebay.Result run(String... options) throws Exception {
    List<String> args = new ArrayList<>(List.of("run", "plant.yaml"));
    args.addAll(List.of(options));
    return Forebay.run(folder, args.toArray(String[]::new));
  }

  private static JsonNode only(List<JsonNode> entries, String logger) {
    List<JsonNode> found =
        entries.stream().filter(entry -> entry.path("logger").asString().equals(logger)).toList();
    assertThat(found).as(logger).hasSize(1);
    return found.getFirst();
  }

  @Test
  void every_line_is_json_whoever_says_it() throws Exception {
    Forebay.Result result = run("--log-format", "json");

    assertThat(result.exitCode()).as(result.err()).isZero();
    List<JsonNode> entries = new ArrayList<>();
    JsonMapper mapper = new JsonMapper();
    for (String line : result.err().lines().toList()) {
      JsonNode entry = mapper.readTree(line);
      entries.add(entry);
      assertThat(entry.path("timestamp").asString()).matches(TIME);
      assertThat(entry.path("level").asString()).isIn("ERROR", "WARN", "INFO");
      assertThat(entry.path("logger").asString()).isNotEmpty();
      assertThat(entry.path("message").isString()).isTrue();
      assertThat(entry.path("pipeline").asString()).isEqualTo("plant");
    }
    JsonNode system = only(entries, "by.system");
    assertThat(system.path("message").asString()).isEqualTo(Chatty.ODD);
    assertThat(system.path("level").asString()).isEqualTo("WARN");
    assertThat(system.path("stage").asString()).isEqualTo("chat");
    JsonNode jul = only(entries, "by.jul");
    assertThat(jul.path("message").asString()).isEqualTo("first\nsecond");
    assertThat(jul.path("exception").asString())
        .startsWith("java.lang.IllegalStateException: outer\n\tat ")
        .contains("Caused by: java.lang.IllegalArgumentException: inner\n{");
    assertThat(only(entries, "org.apache.kafka.clients.Some").path("message").asString())
        .isEqualTo("kafka says 1");
    assertThat(only(entries, "io.netty.some").path("message").asString()).isEqualTo("netty says");
    assertThat(entries)
        .filteredOn(entry -> entry.path("worker").asString("").equals("talk worker-1"))
        .allMatch(entry -> entry.path("stage").asString().equals("talk"))
        .extracting(entry -> entry.path("message").asString())
        .contains("printed {0} by a worker", "err");
    assertThat(entries)
        .extracting(entry -> entry.path("message").asString())
        .contains("half printed");
    assertThat(entries)
        .filteredOn(entry -> entry.path("message").asString().length() == 3_000)
        .hasSize(400)
        .allMatch(entry -> entry.path("message").asString().matches("0+|1+|2+|3+"));
    assertThat(result.out()).contains("plant", "records");
  }

  @Test
  void lines_of_text_begin_with_their_time_and_cannot_be_forged() throws Exception {
    Forebay.Result result =
        run("--log-format", "text", "--log-level", "debug,io.vertx=trace,together=error");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err().lines().filter(line -> !line.matches("(" + TIME + " [A-Z]+ |\t).*")))
        .isEmpty();
    assertThat(result.err())
        .contains(" WARN by.system [plant stage=chat] a \"b\" \\ ??[2J")
        .contains(" DEBUG by.system [plant stage=chat] system in detail")
        .contains(" ERROR by.jul [plant stage=chat] first\n\tsecond\n\tjava.lang.Illegal")
        .contains(" INFO org.apache.kafka.clients.Some [plant stage=chat] kafka in detail")
        .contains(" DEBUG io.vertx.some [plant stage=chat] vertx in detail")
        .contains(" INFO io.forebay.workers [plant stage=talk] [talk worker-1] printed {0} by a")
        .doesNotContain(" together ");
  }

  @Test
  void nothing_but_errors_is_said_when_that_is_asked() throws Exception {
    Forebay.Result result = run("--log-format", "json", "--log-level", "error");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err().lines()).hasSize(1).allMatch(line -> line.contains("by.jul"));
  }

  @Test
  void what_ends_a_run_is_an_error_with_its_trace() throws Exception {
    Forebay.Result result = run("--log-format", "json", "--set", "stages.chat.cpu=no.Such");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err().lines()).hasSize(1);
    JsonNode entry = new JsonMapper().readTree(result.err());
    assertThat(entry.path("level").asString()).isEqualTo("ERROR");
    assertThat(entry.path("message").asString()).contains("no.Such").doesNotStartWith("forebay: ");
  }

  @Test
  void refuses_what_is_no_format_and_no_level() throws Exception {
    Forebay.Result format = run("--log-format", "xml");
    Forebay.Result level = run("--log-level", "loud");

    assertThat(format.exitCode()).isEqualTo(2);
    assertThat(format.err())
        .isEqualTo("forebay: 'xml' is no format of --log-format: choose text or json\n");
    assertThat(level.exitCode()).isEqualTo(2);
    assertThat(level.err()).contains("'loud'", "error, warn, info, debug, trace");
  }
}
