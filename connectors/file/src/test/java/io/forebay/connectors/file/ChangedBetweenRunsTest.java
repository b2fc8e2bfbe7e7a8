package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.SinkContext;
import io.forebay.formats.api.Seal;
import io.forebay.testkit.Batches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody does to an output and to its progress between two runs. */
class ChangedBetweenRunsTest {
  private static final Progress PROGRESS =
      new Progress("p", new Frontier(Map.of("s", new Position(3, 30))), false);
  private static final String DATA = "{\"value\":1.0}\n{\"value\":2.0}\n{\"value\":3.0}\n";

  @TempDir Path directory;
  private Path file;
  private Path sidecar;

  @BeforeEach
  void run() throws IOException {
    file = directory.resolve("out.jsonl");
    sidecar = directory.resolve("out.jsonl.progress");
    write(file);
  }

  private static SinkContext context(boolean resume) {
    return new SinkContext("p", Batches.of("value", 1).schema(), List.of("s"), resume);
  }

  private static void write(Path to) throws IOException {
    try (JsonlSink sink = JsonlSink.to(to.toString())) {
      sink.open(context(false));
      sink.write(Batches.of("value", 1, 2, 3));
      sink.commit(PROGRESS);
    }
  }

  private void resume() throws IOException {
    try (JsonlSink sink = JsonlSink.to(file.toString())) {
      assertThat(sink.recover()).contains(PROGRESS);
      sink.open(context(true));
    }
  }

  private void refuses(String... words) {
    assertThatThrownBy(this::resume)
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(words)
        .hasMessageContaining("--fresh");
  }

  @Test
  void refuses_the_progress_when_one_digit_has_changed() throws IOException {
    String whole = Files.readString(sidecar);
    Files.writeString(sidecar, whole.replace("\"length\":42", "\"length\":28"));
    refuses("out.jsonl.progress' is damaged", "put it back");
    Files.writeString(sidecar, whole.replace("\"sequence\":3", "\"sequence\":2"));
    refuses("out.jsonl.progress' is damaged");
    Files.writeString(sidecar, whole.replaceFirst(",\"crc32c.*", "}"));
    refuses("out.jsonl.progress' is damaged");
    Files.writeString(sidecar, whole);
    resume();
    assertThat(file).hasContent(DATA);
  }

  @Test
  void refuses_the_progress_when_it_is_of_another_output_or_a_newer_version() throws IOException {
    Path other = directory.resolve("other.jsonl");
    write(other);
    Files.copy(ProgressFile.path(other), replaced(sidecar));
    refuses("out.jsonl.progress' is the progress of 'other.jsonl'");

    String newer = "{\"version\":3,\"anything\":[1]";
    Files.writeString(sidecar, newer + ",\"crc32c\":\"" + Seal.of(newer) + "\"}\n");
    refuses("newer version of Forebay");

    Files.createDirectory(replaced(sidecar));
    refuses("out.jsonl.progress' is no file");
    Files.createSymbolicLink(replaced(sidecar), ProgressFile.path(other));
    refuses("out.jsonl.progress' is no file");
  }

  private static Path replaced(Path path) throws IOException {
    Files.delete(path);
    return path;
  }

  @Test
  void reads_the_progress_of_version_1_and_writes_the_present_one() throws IOException {
    Files.writeString(
        sidecar,
        "{\"version\":1,\"pipeline\":\"p\",\"length\":42,\"complete\":false,"
            + "\"frontier\":{\"s\":{\"sequence\":3,\"offset\":30}}}\n");
    resume();
    assertThat(file).hasContent(DATA);
    try (JsonlSink sink = JsonlSink.to(file.toString())) {
      sink.open(context(true));
      sink.commit(PROGRESS);
    }
    assertThat(sidecar).content().startsWith("{\"version\":2,\"output\":\"out.jsonl\",");
    resume();
  }

  @Test
  void keeps_counts_beside_positions_as_earlier_versions_did() throws IOException {
    String rows =
        "\"s\":{\"sequence\":3,\"offset\":30},\"forebay:delivered/s\":{\"sequence\":3,\"offset\":2},"
            + "\"forebay:deadLettered/s\":{\"sequence\":3,\"offset\":1},"
            + "\"forebay:dropped/s\":{\"sequence\":5,\"offset\":0}";
    Files.writeString(
        sidecar,
        "{\"version\":1,\"pipeline\":\"p\",\"length\":42,\"complete\":false,\"frontier\":{"
            + rows
            + "}}\n");
    try (JsonlSink sink = JsonlSink.to(file.toString())) {
      Progress progress = sink.recover().orElseThrow();
      assertThat(progress.frontier())
          .isEqualTo(
              new Frontier(
                  Map.of("s", new Position(3, 30)),
                  Map.of("s", new Frontier.Counts(3, 2, 1)),
                  Map.of("s", 5L)));
      sink.open(context(true));
      sink.commit(progress);
    }
    assertThat(sidecar).content().contains("\"frontier\":{" + rows + "}");
  }

  @Test
  void refuses_to_go_on_when_the_progress_or_the_data_is_gone() throws IOException {
    Path aside = Files.move(sidecar, directory.resolve("aside"));
    assertThatThrownBy(() -> JsonlSink.to(file.toString()).open(context(true)))
        .hasMessageContaining("out.jsonl.progress' is gone")
        .hasMessageContaining("--fresh");
    assertThat(file).hasContent(DATA);
    Files.move(aside, sidecar);
    Files.delete(file);
    refuses("it has 0 bytes, but 42 were complete");
  }

  @Test
  void refuses_to_go_on_when_the_data_was_changed_before_its_end() throws IOException {
    Files.writeString(file, DATA.replace("2.0", "7.0") + "{\"val");
    refuses("what stands before byte 42 was changed");
    Files.writeString(file, DATA + "{\"value\":4.0}\n");
    resume();
    assertThat(file).hasContent(DATA);
  }

  @Test
  void writes_nothing_elsewhere_when_a_link_is_where_its_temporary_file_goes() throws IOException {
    Path outside = Files.writeString(directory.resolve("outside"), "mine");
    Files.createSymbolicLink(directory.resolve("out.jsonl.progress.tmp"), outside);
    write(file);
    assertThat(outside).hasContent("mine");
    assertThat(sidecar).isRegularFile();
    resume();
  }

  @Test
  void refuses_a_second_output_when_one_of_this_process_writes_the_file() throws IOException {
    try (JsonlSink first = JsonlSink.to(file.toString())) {
      first.open(context(true));
      Path link = Files.createLink(directory.resolve("same.jsonl"), file);
      try (CsvSink second = CsvSink.to(link.toString())) {
        assertThatThrownBy(() -> second.open(context(false)))
            .hasMessageContaining("is being written by another output of this process");
      }
    }
    resume();
  }
}
