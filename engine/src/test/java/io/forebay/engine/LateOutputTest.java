package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Position;
import io.forebay.RecordCounts;
import io.forebay.RecordWriter;
import io.forebay.RowFilter;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.engine.api.Windows;
import io.forebay.engine.internal.windows.Sums;
import io.forebay.errors.ConfigurationException;
import io.forebay.snapshot.Placement;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records that come too late for windows, and a sink that is given them. */
@Timeout(60)
class LateOutputTest {
  private static final long RECORDS = 2_000;

  @TempDir private Path folder;

  /** A record a millisecond; each fiftieth comes 300 ms too late. */
  private record Readings(String column, long records, boolean ends) implements Source {
    @Override
    public Schema schema() {
      return Schema.of(Field.of("at", ColumnType.TIMESTAMP_US), Field.of(column, ColumnType.INT64));
    }

    @Override
    public boolean repeatable() {
      return true;
    }

    @Override
    public void run(SourceContext context) throws Exception {
      RecordWriter writer = context.partition("");
      for (long n = context.resumeFrom("").sequence() + 1; n <= records; n++) {
        writer.setLong(0, 1_000 * (n % 50 == 0 ? n - 300 : n) + 1);
        writer.setLong(1, n);
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

  /** Rows of an even n. */
  private static final class Even implements RowFilter {
    @Override
    public void check(Schema schema) {
      schema.field("lateBy");
    }

    @Override
    public int[] rows(Batch batch) {
      return IntStream.range(0, batch.rows())
          .filter(row -> batch.int64("n").get(row) % 200 == 0)
          .toArray();
    }
  }

  /** As many rows as it likes. */
  public static final class AnyRows implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(List.of());
    }

    @Override
    public RowShape rowShape() {
      return RowShape.ANY;
    }

    @Override
    public void apply(Batch in, BatchWriter out) {}
  }

  private Windows windows() {
    return Windows.of(Duration.ofMillis(100), folder.resolve("state"))
        .maxLateness(Duration.ofMillis(100))
        .late("late");
  }

  private static PipelineBuilder pipeline(Windows windows) {
    return Pipeline.builder("late")
        .source("s", new Readings("n", RECORDS, true))
        .aggregate(Stage.cpu("sums", Sums.class).on(Placement.INLINE), windows)
        .forebay(4, 1 << 14);
  }

  @Test
  void a_sink_is_given_late_records_and_the_others_rows_of_windows() throws Exception {
    RecordingSink out = new RecordingSink();
    RecordingSink late = new RecordingSink();
    RecordingDeadLetters dead = new RecordingDeadLetters();
    try (Pipeline pipeline =
        pipeline(windows()).sink("out", out).sink("late", late).deadLetters(dead).build()) {
      PipelineResult result = pipeline.run();
      assertThat(result).isInstanceOf(PipelineResult.Completed.class);
      // The first ones come when no window is over.
      long lateRows = late.committedRows().size();
      assertThat(lateRows).isBetween(RECORDS / 50 - 6, RECORDS / 50);
      long letters = dead.committedLetters().size();
      assertThat(letters).isEqualTo(RECORDS / 23 - RECORDS / (23 * 50));
      assertThat(result.snapshot().records())
          .isEqualTo(
              new RecordCounts(RECORDS, lateRows, letters, 0, 0, 0, RECORDS - lateRows - letters));
    }
    assertThat(late.committedRows())
        .allSatisfy(row -> {
          Map<String, ?> values = row.values();
          long n = (Long) values.get("n");
          assertThat(values.keySet()).containsExactlyInAnyOrder("at", "n", "lateBy");
          assertThat(n % 50).isZero();
          // A microsecond more is another millisecond. What goes to dead letter is not the newest.
          long newest = (n - 1) % 23 == 0 ? n - 2 : n - 1;
          long end = Math.floorDiv(n - 300, 100) * 100 + 100;
          assertThat(values.get("lateBy")).isEqualTo(newest - 100 - end + 1);
        });
    assertThat(out.committedRows())
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.values()).containsKey("window_start"));
  }

  @Test
  void a_condition_of_that_sink_is_one_on_late_records() throws Exception {
    RecordingSink late = new RecordingSink();
    try (Pipeline pipeline =
        pipeline(windows())
            .sink("out", new RecordingSink())
            .sink("late", late, new Even())
            .deadLetters(new RecordingDeadLetters())
            .build()) {
      assertThat(pipeline.run()).isInstanceOf(PipelineResult.Completed.class);
    }
    assertThat(late.committedRows())
        .hasSizeGreaterThan(5)
        .allSatisfy(row -> assertThat((Long) row.values().get("n") % 200).isZero());
  }

  @Test
  void refuses_a_sink_that_cannot_be_that_one() {
    assertRefused(
        pipeline(windows()).sink("out", new RecordingSink()),
        "stage 'sums': late records are for the sink 'late', and there is no such sink: name one of"
            + " out");
    assertRefused(
        pipeline(windows()).sink("late", new RecordingSink()),
        "stage 'sums': the sink 'late' is given late records and nothing else, and there is none"
            + " for the rows of windows: add another sink");
    assertRefused(
        Pipeline.builder("late")
            .source("s", new Readings("lateBy", 1, true))
            .aggregate(Stage.cpu("sums", Sums.class), windows())
            .sink("out", new RecordingSink())
            .sink("late", new RecordingSink()),
        "stage 'sums': window: the column 'lateBy' has the name of the one that tells how late a"
            + " record is: rename it");
    assertRefused(
        Pipeline.builder("late")
            .source("s", new Readings("n", RECORDS, true))
            .stage(Stage.cpu("any", AnyRows.class).on(Placement.INLINE))
            .aggregate(Stage.cpu("sums", Sums.class), windows())
            .sink("out", new RecordingSink())
            .sink("late", new RecordingSink()),
        "stage 'sums': the stage 'any' may make several rows of a record, of which some are late"
            + " and others are not: leave out late, so that they go to dead letter");
  }

  private static void assertRefused(PipelineBuilder builder, String message) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }

  /** Runs until it was drained in the middle, and then, as the next run, to its end. */
  private PipelineResult drainedAndResumed(
      Windows windows, List<RecordingSink> sinks, AfterDraining then) throws Exception {
    RecordingDeadLetters dead = new RecordingDeadLetters();
    try (Pipeline pipeline = built(new Readings("n", 1_000, false), windows, sinks, dead)) {
      pipeline.start();
      await().until(() -> pipeline.snapshot().records().read() == 1_000);
      pipeline.drain(Duration.ofSeconds(60));
      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Drained.class);
    }
    then.run();
    sinks.replaceAll(RecordingSink::afterCrash);
    try (Pipeline pipeline =
        built(new Readings("n", RECORDS, true), windows, sinks, dead.afterCrash())) {
      return pipeline.run();
    }
  }

  private interface AfterDraining {
    void run() throws IOException;
  }

  private static Pipeline built(
      Source source, Windows windows, List<RecordingSink> sinks, RecordingDeadLetters dead) {
    PipelineBuilder builder =
        Pipeline.builder("late")
            .source("s", source)
            .aggregate(Stage.cpu("sums", Sums.class).on(Placement.INLINE), windows)
            .sink("out", sinks.getFirst())
            .deadLetters(dead)
            .forebay(4, 1 << 14);
    return sinks.size() == 1 ? builder.build() : builder.sink("late", sinks.get(1)).build();
  }

  @Test
  void counts_late_records_over_runs() throws Exception {
    List<RecordingSink> sinks = new ArrayList<>(List.of(new RecordingSink(), new RecordingSink()));
    PipelineResult result = drainedAndResumed(windows(), sinks, () -> {});
    RecordCounts earlier = result.snapshot().earlier();
    RecordCounts both = earlier.plus(result.snapshot().records());
    assertThat(earlier.delivered()).isBetween(10L, 20L);
    assertThat(both.delivered()).isEqualTo(sinks.get(1).committedRows().size());
    assertThat(both.filtered()).isZero();
    assertThat(both.read()).isEqualTo(RECORDS);
    assertThat(both.aggregated() + both.delivered() + both.deadLettered()).isEqualTo(RECORDS);
    assertThat(sinks.get(1).committedRows())
        .extracting(row -> row.values().get("n"))
        .doesNotHaveDuplicates();
  }

  @Test
  void goes_on_from_a_state_of_the_version_before() throws Exception {
    List<RecordingSink> sinks = new ArrayList<>(List.of(new RecordingSink()));
    PipelineResult result = drainedAndResumed(windows().late(""), sinks, this::makeOlder);
    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
    assertThat(result.snapshot().records().read()).isEqualTo(RECORDS - 1_000);
  }

  private void makeOlder() throws IOException {
    Path file;
    try (Stream<Path> files = Files.list(folder.resolve("state"))) {
      file = files.findFirst().orElseThrow();
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    assertThat(bytes.getLong(0)).isEqualTo(0x4642_5749_4E53_5433L);
    bytes.putLong(0, 0x4642_5749_4E53_5432L);
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), 0, bytes.capacity() - 8);
    bytes.putLong(bytes.capacity() - 8, crc.getValue());
    Files.write(file, bytes.array());
  }
}
