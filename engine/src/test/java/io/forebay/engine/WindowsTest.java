package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.Position;
import io.forebay.RecordCounts;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.engine.api.Windows;
import io.forebay.engine.internal.windows.KeptNumbers;
import io.forebay.engine.internal.windows.Sums;
import io.forebay.errors.ConfigurationException;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines with windows, on threads and in processes of their own. */
@Timeout(120)
class WindowsTest {
  @TempDir private Path folder;

  /** Hands in n = 1, 2, 3 …, every millisecond from one second before 1970 on, of many sensors. */
  private record Sensors(long records, int sensors, boolean ends) implements Source {
    @Override
    public Schema schema() {
      return Schema.of(
          Field.of("at", ColumnType.TIMESTAMP_MS),
          Field.of("sensor", ColumnType.INT64),
          Field.of("n", ColumnType.INT64));
    }

    @Override
    public boolean repeatable() {
      return true;
    }

    @Override
    public void run(SourceContext context) throws Exception {
      RecordWriter writer = context.partition("");
      for (long n = context.resumeFrom("").sequence() + 1; n <= records; n++) {
        writer.setLong(0, n % 50 == 0 ? n - 1_300 : n - 1_000);
        writer.setLong(1, n % sensors);
        writer.setLong(2, n);
        writer.append(n, n);
      }
      if (!ends) {
        new CountDownLatch(1).await();
      }
    }

    @Override
    public void acknowledged(String partition, Position position) {}

    @Override
    public void close() {}
  }

  private Windows windows() {
    return Windows.of(Duration.ofMillis(200), folder.resolve("state"))
        .every(Duration.ofMillis(100))
        .by("sensor")
        .maxLateness(Duration.ofMillis(150));
  }

  private static PipelineBuilder pipeline(
      Source source,
      Stage.Cpu stage,
      Windows windows,
      RecordingSink sink,
      RecordingDeadLetters dead) {
    return Pipeline.builder("windows")
        .source("s", source)
        .aggregate(stage, windows)
        .sink("out", sink)
        .deadLetters(dead)
        .forebay(8, 1 << 16);
  }

  private static Stage.Cpu stage() {
    return Stage.cpu("sums", Sums.class).on(Placement.INLINE);
  }

  private static List<String> rows(RecordingSink sink) {
    return sink.committedRows().stream().map(row -> row.values().toString()).toList();
  }

  @Test
  void rows_are_the_same_whatever_batches_and_workers_there_are() throws Exception {
    List<String> first = List.of();
    for (Stage.Cpu each :
        List.of(
            stage().batch(BatchSize.of(1)),
            stage().batch(BatchSize.of(700)),
            stage().on(Placement.THREADS).workers(3).batch(BatchSize.of(37)),
            stage().on(Placement.PROCESSES).workers(2).batch(BatchSize.of(200)))) {
      RecordingSink sink = new RecordingSink();
      RecordingDeadLetters dead = new RecordingDeadLetters();
      try (Pipeline pipeline =
          pipeline(new Sensors(6_000, 5, true), each, windows(), sink, dead).build()) {
        PipelineResult result = pipeline.run();
        assertThat(result).isInstanceOf(PipelineResult.Completed.class);
        long letters = dead.committedLetters().size();
        assertThat(letters).isEqualTo(6_000 / 50 + 6_000 / 23 - 6_000 / (23 * 50));
        assertThat(result.snapshot().records())
            .isEqualTo(new RecordCounts(6_000, 0, letters, 0, 0, 0, 6_000 - letters));
      }
      List<String> rows = rows(sink);
      assertThat(rows).hasSizeGreaterThan(250);
      assertThat(first.isEmpty() ? rows : first).isEqualTo(rows);
      first = rows;
    }
  }

  @Test
  void rows_of_windows_go_through_the_stages_behind_wherever_these_run() throws Exception {
    List<String> first = List.of();
    for (Placement on : Placement.values()) {
      RecordingSink sink = new RecordingSink();
      RecordingDeadLetters dead = new RecordingDeadLetters();
      Stage.Cpu fragile = Stage.cpu("fragile", TestFunctions.FragileOfWindow.class);
      try (Pipeline pipeline =
          pipeline(new Sensors(6_000, 5, true), stage(), windows(), sink, dead)
              .stage(fragile.on(on).workers(on == Placement.INLINE ? 1 : 2).batch(BatchSize.of(9)))
              .stage(Stage.cpu("halves", TestFunctions.HalfOfWindow.class).on(Placement.INLINE))
              .fresh(true)
              .build()) {
        PipelineResult result = pipeline.run();
        assertThat(result).isInstanceOf(PipelineResult.Completed.class);
        long letters = dead.committedLetters().stream().filter(WindowsTest::isOfRecord).count();
        assertThat(result.snapshot().records())
            .isEqualTo(new RecordCounts(6_000, 0, letters, 0, 0, 0, 6_000 - letters));
        StageSnapshot behind = result.snapshot().stages().get(1);
        assertThat(behind.name()).isEqualTo("fragile");
        long rejected = dead.committedLetters().size() - letters;
        assertThat(rejected).isPositive();
        assertThat(result.snapshot().stages().get(2).recordsIn())
            .isEqualTo(behind.recordsIn() - rejected);
        assertThat(sink.committedRows()).hasSizeLessThan((int) (behind.recordsIn() - rejected));
      }
      assertThat(dead.committedLetters())
          .filteredOn(each -> !isOfRecord(each))
          .allSatisfy(each -> {
            assertThat(each.stage()).isEqualTo("fragile");
            assertThat(each.reason()).contains("a window breaks it");
            assertThat((Long) ((Map<?, ?>) each.content()).get("n") % 13).isZero();
          });
      assertThat(sink.committedRows())
          .allSatisfy(row -> {
            long n = (Long) row.values().get("n");
            assertThat(n % 13).isNotZero();
            assertThat(n % 2).isZero();
            assertThat(row.values().get("half")).isEqualTo(n / 2);
          });
      List<String> rows = rows(sink);
      assertThat(rows).hasSizeGreaterThan(40);
      assertThat(first.isEmpty() ? rows : first).isEqualTo(rows);
      first = rows;
    }
  }

  /** A thousand records of 8 bytes, where a slot has 8 KiB; those at the edges are smaller. */
  @Test
  void windows_that_no_slot_holds_go_to_dead_letter_whole_and_the_others_to_the_stage_behind()
      throws Exception {
    RecordingSink sink = new RecordingSink();
    RecordingDeadLetters dead = new RecordingDeadLetters();
    Windows windows =
        Windows.of(Duration.ofSeconds(2), folder.resolve("state"))
            .by("sensor")
            .maxLateness(Duration.ofMillis(1_400));
    try (Pipeline pipeline =
        pipeline(
                new Sensors(5_000, 2, true),
                Stage.cpu("numbers", KeptNumbers.class).on(Placement.INLINE),
                windows,
                sink,
                dead)
            .stage(Stage.cpu("lengths", TestFunctions.Lengths.class).on(Placement.INLINE))
            .forebay(4, 1 << 13)
            .build()) {
      PipelineResult result = pipeline.run();
      assertThat(result).isInstanceOf(PipelineResult.Completed.class);
      assertThat(result.snapshot().records())
          .isEqualTo(new RecordCounts(5_000, 0, 0, 0, 0, 0, 5_000));
    }
    long numbers = 0;
    for (RecordingDeadLetters.DeadLetter each : dead.committedLetters()) {
      assertThat(each.stage()).isEqualTo("numbers");
      assertThat(each.reason()).contains("larger than a slot").contains("raise the slot size");
      numbers += ((List<?>) ((Map<?, ?>) each.content()).get("numbers")).size();
    }
    assertThat(numbers).isPositive();
    assertThat(sink.committedRows()).isNotEmpty();
    for (RecordingSink.Row row : sink.committedRows()) {
      numbers += (Long) row.values().get("length");
    }
    assertThat(numbers).isEqualTo(5_000);
  }

  @Test
  void records_that_windows_keep_one_by_one_count_against_the_limit() throws Exception {
    RecordingSink sink = new RecordingSink();
    RecordingDeadLetters dead = new RecordingDeadLetters();
    Windows windows =
        Windows.of(Duration.ofDays(1), folder.resolve("state"))
            .by("sensor")
            .maxLateness(Duration.ofHours(1))
            .most(704);
    try (Pipeline pipeline =
        pipeline(
                new Sensors(1_000, 2, true),
                Stage.cpu("numbers", KeptNumbers.class)
                    .on(Placement.INLINE)
                    .batch(BatchSize.of(100)),
                windows,
                sink,
                dead)
            .build()) {
      assertThat(pipeline.run()).isInstanceOf(PipelineResult.Completed.class);
    }
    int kept = 0;
    for (RecordingSink.Row row : sink.committedRows()) {
      kept += ((List<?>) row.values().get("numbers")).size();
    }
    assertThat(kept).isBetween(600, 702);
    assertThat(dead.committedLetters())
        .hasSize(1_000 - kept)
        .allMatch(letter -> letter.reason().contains("counts the records as well"));
  }

  private static boolean isOfRecord(RecordingDeadLetters.DeadLetter letter) {
    return !letter.source().equals("forebay:windows");
  }

  @Test
  void goes_on_with_open_windows_after_it_was_drained_also_from_a_file_of_the_first_version()
      throws Exception {
    RecordingSink whole = new RecordingSink();
    try (Pipeline pipeline =
        pipeline(new Sensors(3_000, 3, true), stage(), windows(), whole, new RecordingDeadLetters())
            .build()) {
      pipeline.run();
    }
    RecordingSink sink = new RecordingSink();
    RecordingDeadLetters dead = new RecordingDeadLetters();
    try (Pipeline pipeline =
        pipeline(new Sensors(1_700, 3, false), stage(), windows(), sink, dead)
            .fresh(true)
            .build()) {
      pipeline.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> pipeline.snapshot().records().read() == 1_700);
      pipeline.drain(Duration.ofSeconds(60));
      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Drained.class);
    }
    asFirstVersion(onlyEpoch());
    sink = sink.afterCrash();
    dead = dead.afterCrash();
    try (Pipeline pipeline =
        pipeline(new Sensors(3_000, 3, true), stage(), windows(), sink, dead).build()) {
      PipelineResult result = pipeline.run();
      assertThat(result).isInstanceOf(PipelineResult.Completed.class);
      assertThat(result.snapshot().records().read()).isEqualTo(1_300);
      assertThat(result.snapshot().earlier().aggregated()).isPositive();
    }
    assertThat(rows(sink)).isEqualTo(rows(whole));
  }

  private Path onlyEpoch() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("state"))) {
      return files
          .filter(each -> String.valueOf(each.getFileName()).startsWith("epoch-"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Makes of a file what the first version has written, which does not name the rows' columns. */
  private static void asFirstVersion(Path file) throws IOException {
    ByteBuffer now = ByteBuffer.wrap(Files.readAllBytes(file));
    ByteBuffer then = ByteBuffer.allocate(now.capacity());
    then.putLong((now.getLong() & ~0xFFL) | '1');
    int rest = now.position() + 4 + now.getInt(now.position()) + 16;
    then.put(now.array(), now.position(), rest - now.position());
    now.position(rest);
    for (int columns = now.getInt(); columns > 0; columns--) {
      skipText(now);
      skipText(now);
      now.get();
    }
    then.put(now.array(), now.position(), now.remaining() - 8);
    CRC32C crc = new CRC32C();
    crc.update(then.array(), 0, then.position());
    then.putLong(crc.getValue());
    Files.write(file, Arrays.copyOf(then.array(), then.position()));
  }

  private static void skipText(ByteBuffer from) {
    int length = from.getInt();
    from.position(from.position() + length);
  }

  @Test
  void refuses_to_go_on_when_the_state_is_gone_or_damaged() throws Exception {
    RecordingSink sink = new RecordingSink();
    RecordingDeadLetters dead = new RecordingDeadLetters();
    try (Pipeline pipeline =
        pipeline(new Sensors(500, 3, false), stage(), windows(), sink, dead).build()) {
      pipeline.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> pipeline.snapshot().records().aggregated() > 0);
    }
    Path file = onlyEpoch();
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at += 1 + bytes.length / 40) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      assertRefused(sink, dead, file.toString() + "' is damaged");
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertRefused(sink, dead, file.toString() + "' is damaged");
    Files.delete(file);
    assertRefused(sink, dead, "the state of its windows is gone");
  }

  private void assertRefused(RecordingSink sink, RecordingDeadLetters dead, String why)
      throws IOException {
    try (Pipeline pipeline =
        pipeline(
                new Sensors(500, 3, true), stage(), windows(), sink.afterCrash(), dead.afterCrash())
            .build()) {
      assertThatThrownBy(pipeline::start)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(why);
    }
  }

  @Test
  void keeps_a_hundred_thousand_sensors_and_rejects_what_is_beyond_the_limit() throws Exception {
    RecordingSink sink = new RecordingSink();
    RecordingDeadLetters dead = new RecordingDeadLetters();
    Windows day =
        Windows.of(Duration.ofDays(1), folder.resolve("state"))
            .by("sensor")
            .maxLateness(Duration.ofHours(1))
            .most(100_010);
    try (Pipeline pipeline =
        pipeline(new Sensors(120_000, 110_000, true), stage(), day, sink, dead).build()) {
      PipelineResult result = pipeline.run();
      RecordCounts records = result.snapshot().records();
      assertThat(records.aggregated() + records.deadLettered()).isEqualTo(120_000);
    }
    assertThat(sink.committedRows()).hasSize(100_010);
    assertThat(dead.committedLetters())
        .filteredOn(letter -> !letter.reason().equals("23 divides it"))
        .hasSizeGreaterThan(5_000)
        .allMatch(letter ->
            letter.reason().startsWith("100010 pieces of windows are open, and the record needs"));
  }

  @Test
  void refuses_what_cannot_be() {
    assertRefused(
        windows().every(Duration.ofMillis(70)), "a size of 200ms is no multiple of every");
    assertRefused(windows().by("room"), "stage 'sums': there is no field 'room'");
    assertRefused(windows().time("n"), "stage 'sums': window: the column 'n' is int64, not a time");
    assertRefused(windows().maxLateness(Duration.ofNanos(1)), "are whole multiples of 1ms");
    assertThatThrownBy(() ->
            Pipeline.builder("p")
                .source("s", new Sensors(1, 1, true))
                .aggregate(Stage.cpu("sums", "com.acme.Missing"), windows())
                .sink("out", new RecordingSink())
                .build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is no class 'com.acme.Missing'");
    assertThatThrownBy(() ->
            Pipeline.builder("p")
                .aggregate(stage(), windows())
                .aggregate(Stage.cpu("b", Sums.class), windows()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "the stages 'sums' and 'b' both gather records into windows: a pipeline has one such"
                + " stage");
    assertThatThrownBy(() ->
            Pipeline.builder("p")
                .source("s", new Sensors(1, 1, true))
                .aggregate(stage(), windows())
                .stage(Stage.cpu("halves", TestFunctions.HalfOfWindow.class))
                .stage(Stage.cpu("lacks", TestFunctions.Half.class))
                .sink("out", new RecordingSink())
                .build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("stage 'lacks'");
    assertThatThrownBy(() ->
            pipeline(
                    new Sensors(1, 1, true),
                    stage(),
                    windows(),
                    new RecordingSink(),
                    new RecordingDeadLetters())
                .ordered(false)
                .build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("remove ordered: false");
  }

  private static void assertRefused(Windows windows, String why) {
    assertThatThrownBy(() ->
            pipeline(
                    new Sensors(1, 1, true),
                    stage(),
                    windows,
                    new RecordingSink(),
                    new RecordingDeadLetters())
                .build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(why);
  }
}
