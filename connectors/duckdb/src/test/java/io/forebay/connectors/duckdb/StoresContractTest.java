package io.forebay.connectors.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.connectors.duckdb.capi.Database;
import io.forebay.testkit.Place;
import io.forebay.testkit.SinkContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of sinks, on tables and on folders of Parquet files. */
class StoresContractTest {
  @TempDir Path folder;
  private final AtomicInteger places = new AtomicInteger();

  private record TablePlace(Path file) implements Place<DuckDbSink> {
    @Override
    public DuckDbSink output() {
      return DuckDbSink.to(file.toString(), "rows");
    }

    @Override
    public Object contents() throws IOException {
      try (Database database = Database.open(file.toString())) {
        return database.query("SELECT COLUMNS(*)::VARCHAR FROM rows");
      }
    }
  }

  /**
   * Files of {@code rowsPerFile} rows; the contents are what is in the files, then what waits for
   * the next one.
   */
  private record FolderPlace(Path folder, long rowsPerFile) implements Place<ParquetSink> {
    @Override
    public ParquetSink output() {
      return new ParquetSink(folder, new AtomicLong()::get)
          .rowsPerFile(rowsPerFile)
          .fileAge(Duration.ofDays(1));
    }

    @Override
    public Object contents() throws IOException {
      List<Object> rows = new ArrayList<>();
      try (Database database = Database.open(folder.resolve(".forebay.duckdb").toString());
          Stream<Path> files = Files.list(folder)) {
        for (Path file :
            files.filter(path -> path.toString().endsWith(".parquet")).sorted().toList()) {
          rows.addAll(database.query("SELECT COLUMNS(*)::VARCHAR FROM '" + file + "'"));
        }
        rows.addAll(database.query("SELECT COLUMNS(*)::VARCHAR FROM staged"));
      }
      return rows;
    }
  }

  @Test
  void table_keeps_the_contract() throws IOException {
    SinkContract.check(() -> new TablePlace(next().resolve("data.duckdb")));
  }

  @Test
  void folder_keeps_the_contract_when_every_commit_makes_a_file() throws IOException {
    SinkContract.check(() -> new FolderPlace(next(), 1));
  }

  @Test
  void folder_keeps_the_contract_when_some_commits_make_a_file() throws IOException {
    SinkContract.check(() -> new FolderPlace(next(), 10));
  }

  private Path next() {
    Path place = folder.resolve("place-" + places.incrementAndGet());
    try {
      return Files.createDirectories(place);
    } catch (IOException e) {
      throw new AssertionError(e);
    } finally {
      assertThat(place.getParent()).isDirectory();
    }
  }
}
