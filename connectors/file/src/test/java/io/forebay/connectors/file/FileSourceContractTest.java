package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import io.forebay.Position;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.CollectingWriter;
import io.forebay.testkit.CollectingWriter.Line;
import io.forebay.testkit.SourceContract;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of every kind: the same records each time, and the rest from every position. */
class FileSourceContractTest {
  private static final Schema FIELDS =
      Schema.of(Field.of("id", ColumnType.STRING), Field.nullable("value", ColumnType.FLOAT64));
  private static final String JSON =
      """
      {"id":"a","value":1.5}
      {"id":"b"}

      {"id":"c","value":oops}
      {"id":"é温","value":null,"more":[1,{"x":"\\u0041"}]}
      \t
      {"id":"d","value":2}
      """;
  private static final String CSV =
      """
      id,value
      a,1.5
      "b,
      ""q"" é温",
      c,oops

      "d",2
      e,"3
      f,4
      """;

  @TempDir Path directory;

  static byte[] compress(String name, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        name.endsWith(".gz")
            ? new GZIPOutputStream(bytes)
            : name.endsWith(".zst") ? new ZstdOutputStream(bytes) : bytes) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private Path file(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.write(file, compress(name, content.getBytes(StandardCharsets.UTF_8)));
    return file;
  }

  private static Supplier<FileSource> source(Path file) {
    return () -> FileSource.builder(file.toString()).fields(FIELDS).build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz", ".zst"})
  void keeps_the_contract_when_files_are_plain_or_compressed(String compression) throws Exception {
    List<String> jsons = List.of(JSON, JSON.strip(), JSON.replace("\n", "\r\n"), "\uFEFF" + JSON);
    for (String json : jsons) {
      Supplier<FileSource> source = source(file("in.jsonl" + compression, json));
      SourceContract.check(source);
      resumesAtEveryBorder(source, 5, 1);
    }
    List<String> csvs = List.of(CSV, CSV.strip(), CSV.replace("\n", "\r\n"), "\uFEFF" + CSV);
    for (String csv : csvs) {
      Supplier<FileSource> source = source(file("in.csv" + compression, csv));
      SourceContract.check(source);
      resumesAtEveryBorder(source, 6, 2);
    }
  }

  private static void resumesAtEveryBorder(Supplier<FileSource> source, int records, int bad) {
    List<Line> all = Sources.run(source.get()).lines();
    assertThat(all).hasSize(records);
    assertThat(all.stream().filter(Line::isRejected)).hasSize(bad);
    for (int done = 1; done <= all.size(); done++) {
      Line last = all.get(done - 1);
      Position position = new Position(last.sequence(), last.offset());
      assertThat(Sources.run(source.get(), position, Set.of()).lines())
          .isEqualTo(all.subList(done, all.size()));
    }
  }

  @Test
  void numbers_lines_as_an_editor_does_when_records_have_several() throws IOException {
    List<Line> lines = Sources.run(source(file("in.csv", CSV)).get()).lines();
    assertThat(lines.stream().map(Line::sequence)).containsExactly(2L, 3L, 5L, 7L, 8L, 9L);
    assertThat(lines.get(1).values().get("id")).isEqualTo("b,\n\"q\" é温");
    assertThat(lines.get(2).reason()).isEqualTo("value: expected a number, found \"oops\"");
    assertThat(lines.get(4).reason()).isEqualTo("a quote is not closed");
    assertThat(lines.get(4).excerpt()).isEqualTo("e,\"3");
    assertThat(lines.get(5).values()).containsEntry("id", "f").containsEntry("value", 4.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"in.jsonl", "in.jsonl.gz", "in.jsonl.zst"})
  void refuses_to_go_on_when_the_file_is_another_one(String name) throws IOException {
    Path file = file(name, JSON);
    Line third = Sources.run(source(file).get()).lines().get(2);
    Position position = new Position(third.sequence(), third.offset());
    file(name, JSON.substring(0, 20) + "\n");
    assertThatThrownBy(() -> resume(file, position))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not the file that an earlier run has read: it has 21 bytes");
    file(name, "x".repeat(1000) + "\n");
    assertThatThrownBy(() -> resume(file, position))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("where reading had stopped, no line begins");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"in.jsonl", "in.jsonl.gz", "in.jsonl.zst", "in.csv", "in.csv.gz", "in.csv.zst"})
  void refuses_to_go_on_when_the_file_was_replaced_by_one_with_lines_as_long(String name)
      throws IOException {
    String content = name.contains("json") ? JSON : CSV;
    Path file = file(name, content);
    List<Line> lines = Sources.run(source(file).get()).lines();
    for (Line line : lines.subList(1, lines.size())) {
      Position position = new Position(line.sequence(), line.offset());
      int place = (int) FileMark.of(line.offset()).place();
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      int lineStart = lineStart(bytes, place);
      for (int changed : new int[] {name.contains("json") ? 2 : 0, lineStart, place - 2}) {
        byte[] other = bytes.clone();
        other[changed] ^= 1;
        FileSource before = source(file).get();
        Files.write(file, compress(name, other));
        if (!name.matches(".*\\.(gz|zst)")) {
          assertThatThrownBy(() -> before.prepare(partition -> position))
              .as("before anything is opened")
              .isInstanceOf(IOException.class)
              .hasMessageContaining("is not the file that an earlier run has read");
        }
        FileMark mark = FileMark.of(line.offset());
        try (ByteInput input = ByteInput.open(file)) {
          assertThatThrownBy(() -> input.skip(mark, name.contains("csv")))
              .as("byte %d before %d", changed, place)
              .isInstanceOf(IOException.class)
              .hasMessageContaining("is not the file that an earlier run has read")
              .hasMessageContaining("--fresh");
        }
        file(name, content);
      }
      file(name, content);
      source(file).get().prepare(partition -> position);
      assertThat(Sources.run(source(file).get(), position, Set.of()).lines())
          .isEqualTo(lines.subList(lines.indexOf(line) + 1, lines.size()));
    }
  }

  private static int lineStart(byte[] bytes, int end) {
    int at = end - 1;
    while (at > 0 && bytes[at - 1] != '\n') {
      at--;
    }
    return at;
  }

  @ParameterizedTest
  @ValueSource(strings = {"in.jsonl", "in.jsonl.gz", "in.jsonl.zst"})
  void goes_on_when_the_file_was_touched_compressed_again_or_appended_to(String name)
      throws IOException {
    String many = "{\"id\":\"a\",\"value\":1.5}\n".repeat(500);
    Path file = file(name, many.substring(0, many.length() / 2));
    List<Line> lines = Sources.run(source(file).get()).lines();
    for (int done : new int[] {1, 3, 200, 250}) {
      Line line = lines.get(done - 1);
      Position position = new Position(line.sequence(), line.offset());
      Path longer = file(name, many);
      assertThat(Sources.run(source(longer).get(), position, Set.of()).lines()).hasSize(500 - done);
      long place = FileMark.of(line.offset()).place();
      Position ofEarlierVersion = new Position(line.sequence(), place);
      assertThat(Sources.run(source(longer).get(), ofEarlierVersion, Set.of()).lines())
          .hasSize(500 - done);
    }
  }

  private static void resume(Path file, Position position) throws Exception {
    try (FileSource source = source(file).get()) {
      source.run(Sources.context(new CollectingWriter(source.schema()), position, Set.of()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"in.jsonl.gz", "in.jsonl.zst"})
  void fails_when_a_compressed_file_is_cut_off(String name) throws IOException {
    Path file = file(name, JSON.repeat(100));
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 5, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> resume(file, Position.START))
          .as("%d bytes", length)
          .isInstanceOfAny(IOException.class, ConfigurationException.class)
          .hasMessageContaining("is damaged or cut off");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"in.jsonl.gz", "in.jsonl.zst"})
  void reads_all_parts_when_compressed_files_were_concatenated(String name) throws IOException {
    byte[] one = compress(name, "{\"id\":\"a\"}\n".getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    for (int i = 0; i < 1000; i++) {
      many.write(one);
    }
    Path file = directory.resolve(name);
    Files.write(file, many.toByteArray());
    assertThat(Sources.run(source(file).get()).accepted()).hasSize(1000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"in.jsonl.gz", "in.jsonl.zst"})
  void fails_when_a_compressed_file_is_damaged_anywhere(String name) throws IOException {
    byte[] part = compress(name, "{\"id\":\"a\"}\n".repeat(50).getBytes(StandardCharsets.UTF_8));
    byte[] whole = Arrays.copyOf(part, 2 * part.length);
    System.arraycopy(part, 0, whole, part.length, part.length);
    Path file = directory.resolve(name);
    for (int at = part.length; at < part.length + 4; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x55;
      Files.write(file, damaged);
      assertThatThrownBy(() -> resume(file, Position.START))
          .as("byte %d", at)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is damaged or cut off");
    }
    Files.write(file, whole);
    assertThat(Sources.run(source(file).get()).accepted()).hasSize(100);
    if (name.endsWith(".gz")) {
      byte[] padded = Arrays.copyOf(whole, whole.length + 1000);
      Files.write(file, padded);
      assertThat(Sources.run(source(file).get()).accepted()).hasSize(100);
      for (int at : new int[] {4, 8, whole.length - 8, whole.length - 1}) {
        byte[] damaged = whole.clone();
        damaged[at] ^= 1;
        Files.write(file, damaged);
        boolean inHeader = at < 10;
        if (inHeader) {
          assertThat(Sources.run(source(file).get()).accepted()).hasSize(100);
        } else {
          assertThatThrownBy(() -> resume(file, Position.START))
              .hasMessageContaining("is damaged or cut off");
        }
      }
    }
  }

  @Test
  void reads_gzip_members_when_their_headers_have_every_part() throws IOException {
    byte[] plain = compress("x.gz", "{\"id\":\"a\"}\n".getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] head = Arrays.copyOf(plain, 10);
    head[3] = 2 | 4 | 8 | 16;
    all.writeBytes(head);
    all.writeBytes(new byte[] {3, 0, 'x', 'y', 'z', 'n', 'a', 'm', 'e', 0, 'c', 0, 1, 2});
    all.writeBytes(Arrays.copyOfRange(plain, 10, plain.length));
    all.writeBytes(plain);
    Path file = directory.resolve("in.jsonl.gz");
    Files.write(file, all.toByteArray());
    assertThat(Sources.run(source(file).get()).accepted()).hasSize(2);
  }

  @Test
  void says_what_is_wrong_when_the_file_cannot_be_opened() {
    assertThatThrownBy(() -> source(directory.resolve("no.jsonl")).get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("no.jsonl' cannot be read: there is no such file");
    assertThatThrownBy(() -> FileSource.builder(directory.resolve("no.csv").toString()).build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is no such file");
    assertThatThrownBy(() -> source(directory).get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is a directory");
  }

  @Test
  void is_not_repeatable_when_it_reads_the_standard_input() throws IOException {
    assertThat(Sources.of(JSON).fields(FIELDS).build().repeatable()).isFalse();
    assertThat(source(file("in.jsonl", JSON)).get().repeatable()).isTrue();
    assertThat(Sources.run(Sources.of(JSON).fields(FIELDS).build()).lines()).hasSize(5);
  }

  @Test
  void stops_when_it_is_interrupted_while_it_waits_for_the_standard_input() throws Exception {
    PipedOutputStream writer = new PipedOutputStream();
    PipedInputStream pipe = new PipedInputStream(writer);
    writer.write("{\"id\":\"a\"}\n".getBytes(StandardCharsets.UTF_8));
    CountDownLatch first = new CountDownLatch(1);
    CollectingWriter out =
        new CollectingWriter(FIELDS) {
          @Override
          public void append(long sequence, long offset) {
            super.append(sequence, offset);
            first.countDown();
          }
        };
    FileSource source = FileSource.builder("-").fields(FIELDS).standardInput(pipe).build();
    FutureTask<Void> run =
        new FutureTask<>(() -> {
          source.run(Sources.context(out, Position.START, Set.of()));
          return null;
        });
    Thread thread = Thread.startVirtualThread(run);
    first.await();
    thread.interrupt();
    assertThatThrownBy(() -> run.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(out.lines()).hasSize(1);
    source.close();
    writer.close();
  }
}
