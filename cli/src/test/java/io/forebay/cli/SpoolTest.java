package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline file whose source cannot repeat, without and with a spool. */
final class SpoolTest {
  private static final int LINES = 2_000;

  @TempDir private Path folder;

  private void write(String spool, String sink) throws IOException {
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        delivery: effectively-once
        sources:
          - { name: in, type: file, path: '-', format: jsonl, fields: { id: int64 }%s }
        sinks:
          - { type: jsonl, path: out.jsonl%s }
        """
            .formatted(spool, sink));
  }

  private static String lines() {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= LINES; i++) {
      lines.append("{\"id\":").append(i).append("}\n");
    }
    return lines.toString();
  }

  private long spooledBytes() {
    Path spool = folder.resolve("spool");
    if (!Files.exists(spool)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(spool)) {
      return files
          .filter(file -> file.toString().endsWith(".spool"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void says_what_to_add_when_more_is_asked_than_can_be_given() throws Exception {
    write("", "");

    Forebay.Result result = Forebay.run(folder, "validate", "plant.yaml");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("delivery effectively-once cannot be given")
        .contains("the source 'in' cannot read again")
        .contains("spool: { path: spool/in }");
    assertThat(folder.resolve("out.jsonl")).doesNotExist();
  }

  @Test
  void delivers_what_was_spooled_when_it_was_killed() throws Exception {
    write(", spool: { path: spool, size: 8MiB }", "");
    try (Forebay killed = Forebay.start(folder, "run", "plant.yaml", "--no-progress")) {
      killed.feed(lines());
      // 24 bytes of a frame, 2 and 1 of the record, 8 of its number, 1 for extras.
      await().atMost(Duration.ofMinutes(1)).until(() -> spooledBytes() > LINES * 36L);
      killed.killAfter(0);
    }

    try (Forebay again = Forebay.start(folder, "run", "plant.yaml", "--no-progress")) {
      again.send("");
      Forebay.Result result = again.await();
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.out()).contains("Delivery: effectively once");
    }
    assertThat(Files.readString(folder.resolve("out.jsonl"))).isEqualTo(lines());
  }

  @Test
  void gives_everything_to_a_sink_that_may_fall_behind() throws Exception {
    write(
        ", spool: { path: spool, size: 8MiB }",
        ", whenSlow: spool, spool: { path: behind, size: 8MiB }");

    try (Forebay forebay = Forebay.start(folder, "run", "plant.yaml", "--no-progress")) {
      forebay.send(lines());
      Forebay.Result result = forebay.await();
      assertThat(result.exitCode()).as(result.err()).isZero();
    }

    assertThat(Files.readString(folder.resolve("out.jsonl"))).isEqualTo(lines());
  }
}
