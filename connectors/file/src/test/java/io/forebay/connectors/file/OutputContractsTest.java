package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Numbering;
import io.forebay.Output;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.Batches;
import io.forebay.testkit.DeadLettersContract;
import io.forebay.testkit.Place;
import io.forebay.testkit.SinkContract;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data and progress of the file outputs, across crashes. */
class OutputContractsTest {
  @TempDir Path directory;
  private int places;

  private <O extends Output> Place<O> place(Function<String, O> make) {
    Path file = directory.resolve("new/" + places++ + "/out");
    return new Place<>() {
      @Override
      public O output() {
        return make.apply(file.toString());
      }

      @Override
      public Object contents() throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
      }
    };
  }

  @Test
  void keeps_the_contract_when_the_sink_writes_json_lines() throws IOException {
    SinkContract.check(() -> place(JsonlSink::to));
  }

  private <O extends Output> Place<O> compressed(String ending, Function<String, O> make) {
    Path file = directory.resolve("new/" + places++ + "/out" + ending);
    return new Place<>() {
      @Override
      public O output() {
        return make.apply(file.toString());
      }

      // As a source reads it; what is cut off or damaged in between would fail.
      @Override
      public Object contents() throws IOException {
        if (!Files.exists(file) || Files.size(file) == 0) {
          return "";
        }
        StringBuilder text = new StringBuilder();
        byte[] bytes = new byte[100];
        try (ByteInput input = ByteInput.open(file)) {
          for (int read = input.read(bytes, 0, 100); read >= 0; read = input.read(bytes, 0, 100)) {
            text.append(new String(bytes, 0, read, StandardCharsets.ISO_8859_1));
          }
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        return text.toString();
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {".jsonl.gz", ".jsonl.zst", ".csv.gz", ".CSV.ZST"})
  void keeps_the_contract_and_compresses_when_the_name_says_so(String ending) throws IOException {
    boolean json = ending.contains("json");
    SinkContract.check(() -> compressed(ending, json ? JsonlSink::to : CsvSink::to));

    Path empty = directory.resolve("empty" + ending);
    try (Sink sink = json ? JsonlSink.to(empty.toString()) : CsvSink.to(empty.toString())) {
      sink.open(context(false));
      sink.commit(new Progress("p", PROGRESS.frontier(), true));
    }
    assertThat(empty).isNotEmptyFile();
    try (ByteInput input = ByteInput.open(empty)) {
      assertThat(input.read(new byte[10], 0, 10)).isLessThanOrEqualTo(1);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void refuses_an_ending_that_names_another_form() {
    for (String ending : List.of("jsonl.bz2", "csv.xz", "jsonl.parquet", "zip")) {
      String path = directory.resolve("out." + ending).toString();
      assertThatThrownBy(() -> JsonlSink.to(path))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("ends in .");
      assertThatThrownBy(() -> FileSource.builder(path).build())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("ends in .");
    }
    for (String ending : List.of("gz", "zst")) {
      assertThatThrownBy(() -> JsonlDeadLetters.to("rejected.jsonl." + ending))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("is for dead letters");
    }
  }

  @Test
  void keeps_the_contract_when_the_sink_writes_csv() throws IOException {
    SinkContract.check(() -> place(CsvSink::to));
  }

  @Test
  void keeps_the_contract_when_dead_letters_are_written() throws IOException {
    DeadLettersContract.check(() -> place(JsonlDeadLetters::to));
  }

  private static SinkContext context(boolean resume) {
    return new SinkContext("p", Schema.of(), List.of("s"), resume);
  }

  private static final Progress PROGRESS =
      new Progress("p", new Frontier(Map.of("s/\"é\"", new Position(3, 30))), false);

  @Test
  void says_so_when_the_progress_is_damaged() throws IOException {
    Path file = directory.resolve("out.jsonl");
    try (JsonlSink sink = JsonlSink.to(file.toString())) {
      sink.open(context(false));
      sink.commit(PROGRESS);
    }
    Path sidecar = directory.resolve("out.jsonl.progress");
    String whole = Files.readString(sidecar);
    for (int length = 0; length < whole.strip().length(); length++) {
      Files.writeString(sidecar, whole.substring(0, length));
      assertThatThrownBy(() -> JsonlSink.to(file.toString()).recover())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("out.jsonl.progress' is damaged")
          .hasMessageContaining("--fresh");
    }
    Files.writeString(sidecar, whole + "{}");
    assertThatThrownBy(() -> JsonlSink.to(file.toString()).recover())
        .isInstanceOf(IOException.class);
    Files.writeString(sidecar, whole);
    assertThat(JsonlSink.to(file.toString()).recover()).contains(PROGRESS);
  }

  @Test
  void refuses_to_go_on_when_the_data_is_shorter_than_its_progress() throws IOException {
    Path file = directory.resolve("out.jsonl");
    try (JsonlDeadLetters letters = JsonlDeadLetters.to(file.toString())) {
      letters.open(context(false));
      letters.write(rejection());
      letters.commit(PROGRESS);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(5);
    }
    try (JsonlDeadLetters letters = JsonlDeadLetters.to(file.toString())) {
      assertThatThrownBy(() -> letters.open(context(true)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("it has 5 bytes");
    }
  }

  private static Rejection rejection() {
    return new Rejection("s", "", 7, "", "broken", "", Rejection.Text.of("{\"a\uFFFD\u0001"));
  }

  @Test
  void calls_a_number_what_the_source_says_that_it_counts() throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (JsonlDeadLetters letters = JsonlDeadLetters.to(stream)) {
      letters.source("s", new Numbering("offset", sequence -> sequence / 2));
      letters.open(context(false));
      letters.write(rejection());
      letters.commit(PROGRESS);
    }

    assertThat(stream.toString(StandardCharsets.UTF_8))
        .startsWith("{\"source\":\"s\",\"offset\":3,");
  }

  @Test
  void lets_only_the_owner_read_when_dead_letters_are_written() throws IOException {
    Path file = directory.resolve("rejected.jsonl");
    Files.writeString(file, "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    for (int run = 0; run < 2; run++) {
      try (JsonlDeadLetters letters =
          JsonlDeadLetters.to(file.toString())
              .clock(() -> Instant.parse("2026-01-02T03:04:05.6Z"))) {
        letters.open(context(false));
        letters.write(rejection());
        letters.commit(PROGRESS);
      }
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(Files.readString(file))
          .isEqualTo(
              """
              {"source":"s","sequence":7,"stage":"","reason":"broken","rejectedAt":"2026-01-02T03:04:05.600Z","text":"{\\"a\uFFFD\\u0001","cutBytes":0}
              """);
      Files.delete(file);
    }
  }

  @Test
  void keeps_no_progress_when_it_writes_to_a_stream_or_device() throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (JsonlSink sink : List.of(JsonlSink.to(stream), JsonlSink.to("/dev/null"))) {
      try (sink) {
        assertThat(sink.effectivelyOnce()).isFalse();
        assertThat(sink.recover()).isEmpty();
        sink.open(context(true));
        sink.commit(PROGRESS);
      }
    }
    assertThat(Path.of("/dev/null.progress")).doesNotExist();
  }

  @Test
  void says_what_is_wrong_when_the_file_cannot_be_opened() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    for (String path : List.of(file + "/out.jsonl", "/proc/out.jsonl")) {
      assertThatThrownBy(() -> JsonlSink.to(path).open(context(false)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("'" + path + "' cannot be opened for writing: ");
    }
    assertThatThrownBy(() -> JsonlSink.to(directory.toString()).open(context(false)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is a directory");
  }

  @Test
  void fails_for_good_when_the_disk_is_full() throws IOException {
    JsonlSink sink = JsonlSink.to("/dev/full");
    Batch batch = Batches.of("value", 1, 2, 3);
    sink.open(new SinkContext("p", batch.schema(), List.of("s"), false));
    sink.write(batch);
    assertThatThrownBy(() -> sink.commit(PROGRESS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'/dev/full' cannot be written: No space left on device");
    assertThatThrownBy(() -> sink.commit(PROGRESS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has failed before");
    sink.close();
  }
}
