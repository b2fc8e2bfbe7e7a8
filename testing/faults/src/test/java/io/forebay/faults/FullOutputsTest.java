package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.DeadLetters;
import io.forebay.RecordCounts;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.duckdb.DuckDbSink;
import io.forebay.connectors.duckdb.ParquetSink;
import io.forebay.connectors.file.CsvSink;
import io.forebay.connectors.file.FileSource;
import io.forebay.connectors.file.JsonlDeadLetters;
import io.forebay.connectors.file.JsonlSink;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.spool.SpooledSink;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each kind of output alone on a disk that runs full: the run ends with a sentence, what counts as
 * delivered is in the output, and with room again everything is there once. Needs the right to
 * mount a tmpfs, and is skipped without it.
 */
@EnabledOnOs(OS.LINUX)
final class FullOutputsTest {
  private static final int RECORDS = 12_000;
  private static final Schema SCHEMA =
      Schema.of(Field.of("id", ColumnType.INT64), Field.of("text", ColumnType.STRING));

  @TempDir static Path folder;

  private SmallDisk disk;

  /** Every third line is bad; what is random cannot be compressed. */
  @BeforeAll
  static void writeInput() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    try (Writer in = Files.newBufferedWriter(folder.resolve("in.jsonl"))) {
      for (int i = 1; i <= RECORDS; i++) {
        String text = Stream.generate(() -> hex(random)).limit(5).collect(Collectors.joining());
        String value = i % 3 == 0 ? "1" : "\"" + text + "\"";
        in.write("{\"id\":" + i + ",\"text\":" + value + "}\n");
      }
    }
  }

  private static String hex(SplittableRandom random) {
    return "%016x".formatted(random.nextLong());
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      disk.close();
    }
  }

  private Sink sink(String kind) {
    String at = disk.path().resolve(kind).toString();
    return switch (kind) {
      case "out.jsonl", "out.jsonl.zst" -> JsonlSink.to(at);
      case "out.csv", "out.csv.gz" -> CsvSink.to(at);
      case "out.duckdb" -> DuckDbSink.to(at, "kept");
      case "rows" -> ParquetSink.to(at);
      default -> JsonlSink.to(folder.resolve("with " + kind + ".jsonl").toString());
    };
  }

  private DeadLetters letters(String kind) {
    Path at = kind.equals("rejected.jsonl") ? disk.path() : folder;
    return JsonlDeadLetters.to(at.resolve("letters of " + kind + ".jsonl").toString());
  }

  private Pipeline pipeline(String kind, Sink sink) {
    return Pipeline.builder("full")
        .source(
            "in", FileSource.builder(folder.resolve("in.jsonl").toString()).fields(SCHEMA).build())
        .forebay(4, 256 << 10)
        .sink("out", sink)
        .deadLetters(letters(kind))
        .build();
  }

  private PipelineResult run(String kind) throws InterruptedException {
    try (Pipeline pipeline = pipeline(kind, sink(kind))) {
      return pipeline.run();
    }
  }

  private List<Long> delivered(String kind) throws Exception {
    Path at = disk.path().resolve(kind);
    return switch (kind) {
      case "out.duckdb" -> query("jdbc:duckdb:" + at, "SELECT id FROM kept");
      case "rows" -> query("jdbc:duckdb:", "SELECT id FROM '" + at + "/*.parquet'");
      case "out.csv" -> csv(Files.readAllLines(at));
      case "out.csv.gz" -> csv(gunzipped(at));
      case "out.jsonl" -> Ids.in(at);
      case "out.jsonl.zst" -> zstd(at);
      default -> Ids.in(folder.resolve("with " + kind + ".jsonl"));
    };
  }

  private static List<Long> csv(List<String> lines) {
    return lines.stream().skip(1).map(l -> Long.valueOf(l.substring(0, l.indexOf(',')))).toList();
  }

  private static List<String> gunzipped(Path file) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return in.lines().toList();
    }
  }

  private static List<Long> zstd(Path file) throws IOException {
    return query("jdbc:duckdb:", "SELECT id FROM read_json('" + file + "')");
  }

  private static List<Long> query(String url, String sql) throws IOException {
    List<Long> ids = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        ResultSet rows = connection.createStatement().executeQuery(sql)) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
    return ids;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "out.jsonl",
        "out.jsonl.zst",
        "out.csv",
        "out.csv.gz",
        "out.duckdb",
        "rows",
        "rejected.jsonl"
      })
  void ends_with_a_sentence_and_goes_on_when_there_is_room_again(String kind) throws Exception {
    boolean compressed = kind.endsWith(".gz") || kind.endsWith(".zst");
    disk = SmallDisk.mount(folder.resolve("disk"), compressed ? "120k" : "300k");

    PipelineResult full = run(kind);

    assertThat(full).isInstanceOf(PipelineResult.Failed.class);
    String reason = ((PipelineResult.Failed) full).reason();
    assertThat(reason)
        .contains("'" + disk.path(), "No space left on device", "free space there and run again")
        .doesNotContain("exception_type")
        .hasLineCount(1);
    RecordCounts counts = full.snapshot().records();
    assertThat(counts.delivered()).isLessThan(RECORDS * 2 / 3);

    disk.resize("32m");
    PipelineResult again = run(kind);

    assertThat(again).isInstanceOf(PipelineResult.Completed.class);
    assertThat(again.snapshot().acrossRuns().delivered()).isEqualTo(RECORDS * 2 / 3);
    assertThat(delivered(kind))
        .isEqualTo(LongStream.rangeClosed(1, RECORDS).filter(i -> i % 3 != 0).boxed().toList());
  }

  /** What a spool has no room for waits, and the run goes on by itself. */
  @Test
  void waits_and_goes_on_by_itself_when_the_spool_of_a_sink_has_no_room() throws Exception {
    disk = SmallDisk.mount(folder.resolve("disk"), "300k");
    Sink sink =
        SpooledSink.of(
            JsonlSink.to(folder.resolve("with spool.jsonl").toString()),
            disk.path().resolve("spool"),
            32 << 20,
            new SplittableRandom(1));
    AtomicBoolean full = new AtomicBoolean();
    Logger log = Logger.getLogger(SpooledSink.class.getName());
    log.setFilter(line -> {
      full.compareAndSet(false, line.getMessage().contains("No space left on device"));
      return true;
    });
    try (Pipeline pipeline = pipeline("spool", sink)) {
      CompletableFuture<PipelineResult> run =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return pipeline.run();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> Thread.ofPlatform().daemon().start(task));
      await().atMost(Duration.ofSeconds(60)).until(() -> full.get() || run.isDone());
      assertThat(run).isNotDone();

      disk.resize("32m");

      assertThat(run.get(60, TimeUnit.SECONDS)).isInstanceOf(PipelineResult.Completed.class);
    } finally {
      log.setFilter(null);
    }
    assertThat(Ids.in(folder.resolve("with spool.jsonl")))
        .isEqualTo(LongStream.rangeClosed(1, RECORDS).filter(i -> i % 3 != 0).boxed().toList());
  }
}
