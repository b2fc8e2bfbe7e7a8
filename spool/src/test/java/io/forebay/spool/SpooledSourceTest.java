package io.forebay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.Source;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.ListSource;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Spooled sources in real pipelines, with the crashes of the engine and of its outputs. */
@Timeout(180)
class SpooledSourceTest {
  private static final long SIZE = 1 << 20;

  @BeforeAll
  static void bePatientOnLoadedMachines() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  @TempDir Path folder;

  private RecordingSink sink = new RecordingSink();
  private RecordingDeadLetters dead = new RecordingDeadLetters();

  private Path spool() {
    return folder.resolve("spool");
  }

  private Pipeline pipeline(Source source, Sink out) {
    return Pipeline.builder("spooled")
        .source("live", SpooledSource.of(source, spool(), SIZE))
        .forebay(4, 1 << 13)
        .sink("out", out)
        .deadLetters(dead)
        .build();
  }

  private void assertAll(long last) {
    assertThat(sink.committedRows().stream().map(row -> row.values().get("n")).toList())
        .isEqualTo(
            LongStream.rangeClosed(1, last)
                .filter(n -> n % 10 != 7)
                .<Object>mapToObj(n -> n)
                .toList());
    assertThat(
            dead.committedLetters().stream().map(RecordingDeadLetters.DeadLetter::content).toList())
        .isEqualTo(
            LongStream.rangeClosed(1, last)
                .filter(n -> n % 10 == 7)
                .<Object>mapToObj(n -> "<" + n + ">")
                .toList());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(spool())) {
      return files.sorted().toList();
    }
  }

  /** A sink that takes nothing while the gate is closed. */
  private static final class Gated implements Sink {
    final RecordingSink kept;
    final CountDownLatch gate = new CountDownLatch(1);

    Gated(RecordingSink kept) {
      this.kept = kept;
    }

    @Override
    public Optional<Progress> recover() {
      return kept.recover();
    }

    @Override
    public void open(SinkContext context) {
      kept.open(context);
    }

    @Override
    public void write(Batch batch) throws IOException {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      kept.write(batch);
    }

    @Override
    public void commit(Progress progress) {
      kept.commit(progress);
    }

    @Override
    public boolean effectivelyOnce() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void keeps_what_fits_of_a_text_that_cannot_be_read_and_says_how_much_is_cut() throws Exception {
    ListSource source =
        new ListSource(Schema.of(Field.of("n", ColumnType.INT64)))
            .unreadable("long", "x".repeat(60_000))
            .unreadable("longer", "y".repeat(70_000));
    Pipeline.builder("texts")
        .source("list", SpooledSource.of(source, spool(), SIZE))
        .sink("out", sink)
        .deadLetters(dead)
        .build()
        .run();

    List<Object> texts =
        dead.committedLetters().stream().map(RecordingDeadLetters.DeadLetter::content).toList();
    assertThat(texts).hasSize(2).first().isEqualTo("x".repeat(60_000));
    String kept = texts.get(1).toString().replaceFirst("\\[.*", "");
    assertThat(kept).hasSizeBetween(65_000, 65_535).containsOnlyOnce("y".repeat(kept.length()));
    assertThat(texts.get(1).toString()).endsWith("[+" + (70_000 - kept.length()) + "]");
  }

  @Test
  void delivers_everything_in_order_through_many_segments() throws Exception {
    LiveSource live = new LiveSource(1, 60_000);

    PipelineResult result = pipeline(live, sink).run();

    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
    assertAll(60_000);
    assertThat(live.acknowledged).hasValue(60_000);
    assertThat(sink.committedRows().get(1).values())
        .containsEntry("name", "é2")
        .containsEntry("list", List.of(2.0, 1.0));
    assertThat(sink.context().partitions()).containsExactly("live");
    long bytes = 0;
    for (Path file : files()) {
      bytes += Files.size(file);
    }
    assertThat(bytes).as("what is delivered is removed").isLessThan(SIZE / 4);
  }

  @Test
  void acknowledges_to_the_source_and_blocks_it_when_full_while_the_sink_takes_nothing()
      throws Exception {
    LiveSource live = new LiveSource(1, 200_000);
    Gated gated = new Gated(sink);
    try (Pipeline pipeline = pipeline(live, gated).start()) {
      await().until(() -> live.acknowledged.get() > 5_000);
      assertThat(sink.rows()).isEmpty();
      await()
          .during(Duration.ofMillis(300))
          .until(live.handedIn::get, n -> n == live.handedIn.get() && n < 200_000);
      long blocked = live.handedIn.get();
      await().during(Duration.ofMillis(200)).until(() -> live.handedIn.get() == blocked);
      long bytes = 0;
      for (Path file : files()) {
        bytes += Files.size(file);
      }
      assertThat(bytes).isBetween(SIZE / 2, SIZE);

      gated.gate.countDown();

      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Completed.class);
    }
    assertAll(200_000);
  }

  @Test
  void delivers_what_was_acknowledged_to_the_source_when_the_engine_dies() throws Exception {
    LiveSource live = new LiveSource(1, Long.MAX_VALUE - 1);
    Gated gated = new Gated(sink);
    Pipeline crashed = pipeline(live, gated).start();
    await().until(() -> live.acknowledged.get() > 2_000);
    crashed.close();
    long told = live.acknowledged.get();
    long next = live.handedIn.get() + 1;
    assertThat(sink.committedRows()).isEmpty();

    sink = sink.afterCrash();
    dead = dead.afterCrash();
    PipelineResult result = pipeline(new LiveSource(next, next + 100), sink).run();

    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
    assertThat(told).isLessThan(next);
    List<Object> delivered = new ArrayList<>();
    sink.committedRows().forEach(row -> delivered.add(row.values().get("n")));
    assertThat(delivered)
        .containsAll(
            LongStream.rangeClosed(1, told)
                .filter(n -> n % 10 != 7)
                .<Object>mapToObj(n -> n)
                .toList())
        .contains(next % 10 == 7 ? next + 1 : next)
        .doesNotHaveDuplicates();
  }

  @Test
  void resumes_a_source_that_can_repeat_behind_what_is_spooled() throws Exception {
    LiveSource first = new LiveSource(1, 300_000, true);
    Gated gated = new Gated(sink);
    Pipeline crashed = pipeline(first, gated).start();
    await().until(() -> first.acknowledged.get() > 2_000);
    crashed.close();

    sink = sink.afterCrash();
    dead = dead.afterCrash();
    assertThat(pipeline(new LiveSource(1, 50_000, true), sink).run())
        .isInstanceOf(PipelineResult.Completed.class);

    assertAll(50_000);
  }

  @Test
  void does_not_read_an_ended_source_again_before_everything_is_delivered() throws Exception {
    LiveSource first = new LiveSource(1, 3_000, true);
    Gated gated = new Gated(sink);
    Pipeline crashed = pipeline(first, gated).start();
    await().until(() -> first.acknowledged.get() == 3_000);
    crashed.close();
    sink = sink.afterCrash();
    dead = dead.afterCrash();
    LiveSource second = new LiveSource(1, 3_000, true);

    assertThat(pipeline(second, sink).run()).isInstanceOf(PipelineResult.Completed.class);

    assertThat(second.ran).isFalse();
    assertAll(3_000);

    sink = sink.afterCrash();
    dead = dead.afterCrash();
    LiveSource third = new LiveSource(1, 2_000, true);
    assertThat(pipeline(third, sink).run()).isInstanceOf(PipelineResult.Completed.class);
    assertThat(third.ran).as("a finished run starts over").isTrue();
    assertAll(2_000);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void lets_only_its_owner_read() throws Exception {
    pipeline(new LiveSource(1, 100), sink).run();

    for (Path file : files()) {
      assertThat(Files.getPosixFilePermissions(file))
          .as(file.toString())
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    assertThat(Files.getPosixFilePermissions(spool()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void refuses_a_spool_of_other_fields() throws Exception {
    Pipeline crashed = pipeline(new LiveSource(1, 100), new Gated(sink)).start();
    await().until(() -> files().stream().anyMatch(f -> f.toString().endsWith(".spool")));
    crashed.close();
    Source other = new ListSource(Schema.of(Field.of("other", ColumnType.BOOL)));

    assertThatThrownBy(() -> pipeline(other, new RecordingSink()).run())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("holds records of other fields")
        .hasMessageContaining("other");
  }

  @Test
  void refuses_a_spool_that_is_in_use() throws Exception {
    try (Pipeline running = pipeline(new LiveSource(1, 100), new Gated(sink)).start()) {
      await().until(() -> Files.exists(spool().resolve("lock")));

      assertThatThrownBy(() -> pipeline(new LiveSource(1, 1), new RecordingSink()).run())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("is in use");
      running.stop();
    }
  }

  @Test
  void refuses_a_size_that_is_too_small() {
    assertThatThrownBy(() -> SpooledSource.of(new LiveSource(1, 1), spool(), 1_000))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("1MiB");
  }

  @Test
  void rejects_a_record_that_is_larger_than_the_spool_takes() throws Exception {
    Source big =
        new ListSource(Schema.of(Field.of("text", ColumnType.STRING)))
            .row("x".repeat(100_000))
            .row("y");

    assertThat(pipeline(big, sink).run()).isInstanceOf(PipelineResult.Completed.class);

    assertThat(sink.committedRows()).hasSize(1);
    assertThat(dead.committedLetters().getFirst().reason()).contains("larger size");
  }
}
