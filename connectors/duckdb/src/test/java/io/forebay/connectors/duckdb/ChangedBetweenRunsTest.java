package io.forebay.connectors.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.SinkContext;
import io.forebay.connectors.duckdb.capi.Database;
import io.forebay.testkit.Batches;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody does to a folder of Parquet files, or to a database, between two runs. */
class ChangedBetweenRunsTest {
  @TempDir Path directory;
  private Path folder;

  private static SinkContext context(boolean resume) {
    return new SinkContext("p", Batches.of("value", 1).schema(), List.of("s"), resume);
  }

  private static Progress progress(int row) {
    return new Progress("p", new Frontier(Map.of("s", new Position(row, row))), false);
  }

  private ParquetSink sink() {
    return ParquetSink.to(folder.toString()).rowsPerFile(1);
  }

  @BeforeEach
  void run() throws IOException {
    folder = directory.resolve("rows");
    try (ParquetSink sink = sink()) {
      sink.open(context(false));
      for (int row = 1; row <= 3; row++) {
        sink.write(Batches.of("value", row));
        sink.commit(progress(row));
      }
    }
  }

  private Path part(int number) {
    return folder.resolve("part-00000" + number + ".parquet");
  }

  private void resume() throws IOException {
    try (ParquetSink sink = sink()) {
      assertThat(sink.recover()).contains(progress(3));
      sink.open(context(true));
    }
  }

  private void refuses(String... words) {
    assertThatThrownBy(this::resume).isInstanceOf(IOException.class).hasMessageContainingAll(words);
  }

  @Test
  void refuses_to_go_on_when_a_part_is_gone_cut_renamed_or_replaced() throws IOException {
    byte[] whole = Files.readAllBytes(part(2));
    Path renamed = Files.move(part(2), folder.resolve("two.parquet"));
    refuses("part-000002.parquet' is gone", "--fresh");
    Files.move(renamed, part(2));
    Files.copy(part(3), replaced(part(2)));
    refuses("part-000002.parquet' has another end");
    try (FileChannel channel = FileChannel.open(part(2), StandardOpenOption.WRITE)) {
      channel.truncate(100);
    }
    refuses("part-000002.parquet' has 100 bytes, and had " + whole.length);
    Files.createSymbolicLink(replaced(part(2)), part(3));
    refuses("part-000002.parquet' is gone");
    Files.write(replaced(part(2)), whole);
    resume();
  }

  private static Path replaced(Path path) throws IOException {
    Files.delete(path);
    return path;
  }

  @Test
  void refuses_to_go_on_when_a_foreign_part_was_added_and_removes_what_a_crash_has_left()
      throws IOException {
    Path foreign = Files.copy(part(1), part(5));
    refuses("part-000005.parquet' is not one of the 3 files");
    Files.move(foreign, folder.resolve("copy of part 1.parquet"));
    refuses("copy of part 1.parquet' is not one of the 3 files", "move it elsewhere");
    Files.delete(folder.resolve("copy of part 1.parquet"));
    Files.copy(part(1), part(4));
    resume();
    assertThat(part(4)).doesNotExist();
    assertThat(part(3)).exists();
  }

  @Test
  void refuses_the_folder_when_its_database_is_gone_or_empty() throws IOException {
    Path staging = folder.resolve(".forebay.duckdb");
    Path aside = Files.move(staging, directory.resolve("aside"));
    assertThatThrownBy(() -> open(true)).hasMessageContaining(".forebay.duckdb' is gone");
    assertThatThrownBy(() -> open(false)).hasMessageContaining("Parquet files of something else");
    Files.write(staging, new byte[0]);
    assertThatThrownBy(() -> open(true)).hasMessageContaining(".forebay.duckdb' cannot be opened");
    Files.delete(staging);
    Database.open(staging.toString()).close();
    assertThatThrownBy(() -> open(true)).hasMessageContaining(".forebay.duckdb' is gone or knows");
    assertThatThrownBy(() -> open(false)).hasMessageContaining("Parquet files of something else");
    Files.createSymbolicLink(replaced(staging), aside);
    assertThatThrownBy(() -> open(true)).hasMessageContaining("is a symbolic link");
    Files.move(aside, replaced(staging));
    resume();
  }

  private void open(boolean resume) throws IOException {
    try (ParquetSink sink = sink()) {
      sink.open(context(resume));
    }
  }

  @Test
  void keeps_what_the_parts_of_an_earlier_version_are_known_by() throws IOException {
    try (Database staging = Database.open(folder.resolve(".forebay.duckdb").toString())) {
      staging.run("DROP TABLE forebay_parts");
    }
    resume();
    Files.copy(part(3), replaced(part(2)));
    refuses("part-000002.parquet' has another end");
  }

  @Test
  void refuses_a_second_sink_of_this_process_in_the_folder() throws IOException {
    try (ParquetSink first = sink()) {
      first.open(context(true));
      Path link = Files.createSymbolicLink(directory.resolve("link"), folder);
      try (ParquetSink second = ParquetSink.to(link.toString())) {
        assertThatThrownBy(() -> second.open(context(true)))
            .hasMessageContaining("is being written by another output of this process");
      }
    }
    resume();
  }

  @Test
  void refuses_to_go_on_when_the_database_is_gone_while_others_remain() throws IOException {
    Path file = directory.resolve("rows.duckdb");
    try (DuckDbSink sink = DuckDbSink.to(file.toString(), "rows")) {
      assertThatThrownBy(() -> sink.open(context(true)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("rows.duckdb' is gone")
          .hasMessageContaining("--fresh");
    }
    assertThat(file).doesNotExist();
  }
}
