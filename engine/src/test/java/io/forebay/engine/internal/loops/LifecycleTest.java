package io.forebay.engine.internal.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.RecordCounts;
import io.forebay.RecordWriter;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.engine.FlakySink;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineBuilder;
import io.forebay.engine.TestFunctions;
import io.forebay.engine.TestSource;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.errors.ConfigurationException;
import io.forebay.snapshot.Placement;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class LifecycleTest {
  @BeforeAll
  static void bePatientOnLoadedMachines() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  private final RecordingDeadLetters dead = new RecordingDeadLetters();

  /** A sink that waits or breaks when it is told to. */
  private static final class Troubled implements Sink {
    final RecordingSink kept = new RecordingSink();
    final CountDownLatch reached = new CountDownLatch(1);
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile long breakAt = Long.MAX_VALUE;
    volatile boolean breakCommit;
    volatile boolean closed;
    long written;

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
      reached.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      written += batch.rows();
      if (written > breakAt) {
        throw new IOException("the disk is full");
      }
      kept.write(batch);
    }

    @Override
    public void commit(Progress progress) throws IOException {
      if (breakCommit) {
        throw new IOException("fsync failed");
      }
      kept.commit(progress);
    }

    @Override
    public boolean effectivelyOnce() {
      return true;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private PipelineBuilder numbers(TestSource source, Sink sink) {
    return Pipeline.builder("test")
        .source("numbers", source)
        .forebay(4, 1 << 13)
        .stage(Stage.cpu("twice", TestFunctions.Twice.class).on(Placement.THREADS).workers(2))
        .sink("out", sink)
        .deadLetters(dead);
  }

  private static void assertExactlyOnce(RecordingSink sink, long records) {
    assertThat(sink.rows().stream().map(row -> row.values().get("n")).toList())
        .isEqualTo(LongStream.rangeClosed(1, records).<Object>mapToObj(n -> n).toList());
  }

  private static void assertConserved(RecordCounts counts) {
    assertThat(counts.read())
        .isEqualTo(
            counts.delivered()
                + counts.deadLettered()
                + counts.filtered()
                + counts.dropped()
                + counts.inFlight());
    assertThat(counts.inFlight()).isNotNegative();
  }

  @Test
  void blocks_its_sources_with_bounded_memory_when_a_sink_takes_nothing() throws Exception {
    Troubled sink = new Troubled();
    sink.gate = new CountDownLatch(1);
    TestSource source = new TestSource(100_000);
    try (Pipeline pipeline = numbers(source, sink).build().start()) {
      sink.reached.await();
      await().until(() -> pipeline.snapshot().slotsFree() == 0);
      await().during(Duration.ofMillis(200)).until(() -> pipeline.snapshot().slotsFree() == 0);
      long read = pipeline.snapshot().records().read();
      await()
          .during(Duration.ofMillis(200))
          .until(() -> pipeline.snapshot().records().read() == read);
      assertThat(read).isLessThan(4 * 8192 / 16);
      assertThat(pipeline.snapshot().records().inFlight()).isEqualTo(read);

      sink.gate.countDown();

      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Completed.class);
      assertThat(pipeline.snapshot().sources().getFirst().blockedShare()).isPositive();
    }
    assertExactlyOnce(sink.kept, 100_000);
  }

  @Test
  void conserves_records_at_every_instant() throws Exception {
    TestSource source = new TestSource(300_000, n -> n % 100 == 0);
    try (Pipeline pipeline = numbers(source, new RecordingSink()).build().start()) {
      while (pipeline.snapshot().records().delivered()
              + pipeline.snapshot().records().deadLettered()
          < 300_000) {
        assertConserved(pipeline.snapshot().records());
      }
      pipeline.await();
      assertThat(pipeline.snapshot().records())
          .isEqualTo(new RecordCounts(300_000, 297_000, 3_000, 0, 0, 0));
    }
  }

  @Test
  void delivers_what_was_read_and_commits_it_as_incomplete_when_it_drains() throws Exception {
    Troubled sink = new Troubled();
    TestSource source = new TestSource(Long.MAX_VALUE);
    Pipeline pipeline = numbers(source, sink).build().start();
    await().until(() -> pipeline.snapshot().records().delivered() > 1_000);

    pipeline.drain(Duration.ofSeconds(30));

    PipelineResult result = pipeline.await();
    assertThat(result).isInstanceOf(PipelineResult.Drained.class);
    RecordCounts counts = result.snapshot().records();
    assertThat(counts.inFlight()).isZero();
    assertExactlyOnce(sink.kept, counts.read());
    Progress progress = sink.kept.progress().orElseThrow();
    assertThat(progress.complete()).isFalse();
    assertThat(progress.frontier().of("numbers").sequence()).isEqualTo(counts.read());
    assertThat(source.acknowledged.get("").sequence()).isEqualTo(counts.read());
    assertThat(sink.closed).isTrue();
    assertThat(source.closed).isTrue();
  }

  @Test
  void takes_what_a_source_that_cannot_repeat_has_received_when_it_drains() throws Exception {
    RecordingSink kept = new RecordingSink();
    CountDownLatch reading = new CountDownLatch(1);
    Source live =
        new SourceOf(
            false,
            context -> {
              RecordWriter writer = context.partition("");
              reading.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                for (int i = 1; i <= 10_000; i++) {
                  writer.setLong(0, i);
                  writer.append(i, 0);
                }
              }
            });
    Pipeline pipeline =
        Pipeline.builder("test").source("live", live).sink("out", kept).build().start();
    reading.await();

    pipeline.drain(Duration.ofSeconds(30));

    PipelineResult result = pipeline.await();
    assertThat(result).isInstanceOf(PipelineResult.Drained.class);
    assertThat(kept.committedRows()).hasSize(10_000);
    assertThat(kept.progress().orElseThrow().complete()).isFalse();
  }

  @Test
  void tells_that_the_deadline_has_passed_when_a_sink_hangs() throws Exception {
    Troubled sink = new Troubled();
    sink.gate = new CountDownLatch(1);
    TestSource source = new TestSource(Long.MAX_VALUE);
    Pipeline pipeline = numbers(source, sink).build().start();
    sink.reached.await();

    pipeline.drain(Duration.ofMillis(100));

    PipelineResult result = pipeline.await();
    assertThat(result).isInstanceOf(PipelineResult.DeadlineExceeded.class);
    assertThat(result.snapshot().records().inFlight()).isPositive();
    assertThat(source.acknowledged).isEmpty();
  }

  @Test
  void waits_with_bounded_memory_and_goes_on_by_itself_when_a_store_is_away() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    RecordingSink kept = new RecordingSink();
    TestSource source = new TestSource(100_000);
    Sink sink = new FlakySink(kept, away::get);
    try (Pipeline pipeline = numbers(source, sink).build().start()) {
      await().until(() -> !pipeline.snapshot().sinks().getFirst().away().isEmpty());
      assertThat(pipeline.snapshot().sinks().getFirst().away()).isEqualTo("connection reset");
      await().until(() -> pipeline.snapshot().slotsFree() == 0);
      long read = pipeline.snapshot().records().read();
      await()
          .during(Duration.ofMillis(200))
          .until(() -> pipeline.snapshot().records().read() == read);

      away.set(false);

      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Completed.class);
      assertThat(pipeline.snapshot().sinks().getFirst().away()).isEmpty();
      assertThat(pipeline.snapshot().sinks().getFirst().retries()).isPositive();
    }
    assertExactlyOnce(kept, 100_000);
  }

  @Test
  void acknowledges_nothing_undelivered_when_it_drains_while_a_store_is_away() throws Exception {
    AtomicBoolean away = new AtomicBoolean();
    RecordingSink kept = new RecordingSink();
    TestSource source = new TestSource(Long.MAX_VALUE);
    Pipeline pipeline = numbers(source, new FlakySink(kept, away::get)).build().start();
    await().until(() -> !source.acknowledged.isEmpty());
    away.set(true);
    await().until(() -> !pipeline.snapshot().sinks().getFirst().away().isEmpty());

    pipeline.drain(Duration.ofMillis(100));

    PipelineResult result = pipeline.await();
    assertThat(result).isInstanceOf(PipelineResult.DeadlineExceeded.class);
    assertThat(source.acknowledged.get("").sequence())
        .isLessThanOrEqualTo(kept.progress().orElseThrow().frontier().of("numbers").sequence());
    assertConserved(result.snapshot().records());
  }

  @Test
  void shows_what_a_source_says_about_its_outside_world() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Source source =
        new SourceOf(context -> {
          context.state(SourceState.CONNECTING, "");
          context.state(SourceState.DISCONNECTED, "refused");
          end.await();
        });
    try (Pipeline pipeline =
        Pipeline.builder("test")
            .source("live", source)
            .sink("out", new RecordingSink())
            .build()
            .start()) {
      await()
          .until(
              () -> pipeline.snapshot().sources().getFirst(),
              live -> live.detail().equals("refused"));
      assertThat(pipeline.snapshot().sources().getFirst().isAway()).isTrue();
      end.countDown();
      pipeline.await();
    }
  }

  @Test
  void ends_at_once_when_it_is_stopped_while_it_drains() throws Exception {
    Troubled sink = new Troubled();
    sink.gate = new CountDownLatch(1);
    Pipeline pipeline = numbers(new TestSource(Long.MAX_VALUE), sink).build().start();
    sink.reached.await();
    pipeline.drain(Duration.ofDays(1));

    pipeline.stop();

    assertThat(pipeline.await()).isInstanceOf(PipelineResult.DeadlineExceeded.class);
  }

  @Test
  void fails_and_acknowledges_nothing_uncommitted_when_a_sink_breaks() throws Exception {
    Troubled sink = new Troubled();
    sink.breakAt = 5_000;
    TestSource source = new TestSource(100_000);

    PipelineResult result = numbers(source, sink).build().run();

    assertThat(result).isInstanceOf(PipelineResult.Failed.class);
    assertThat(((PipelineResult.Failed) result).reason())
        .contains("'out'")
        .contains("the disk is full");
    long committed =
        sink.kept.progress().map(p -> p.frontier().of("numbers").sequence()).orElse(0L);
    long acknowledged = source.acknowledged.isEmpty() ? 0 : source.acknowledged.get("").sequence();
    assertThat(acknowledged).isEqualTo(committed);
    assertThat(sink.closed).isTrue();
    assertConserved(result.snapshot().records());
  }

  @Test
  void fails_and_acknowledges_nothing_when_a_commit_breaks() throws Exception {
    Troubled sink = new Troubled();
    sink.breakCommit = true;
    TestSource source = new TestSource(1_000);

    PipelineResult result = numbers(source, sink).build().run();

    assertThat(result).isInstanceOf(PipelineResult.Failed.class);
    assertThat(source.acknowledged).isEmpty();
  }

  @Test
  void delivers_what_was_read_when_a_source_breaks() throws Exception {
    RecordingSink sink = new RecordingSink();
    Source breaking =
        new SourceOf(context -> {
          var writer = context.partition("");
          for (long n = 1; n <= 500; n++) {
            writer.setLong(0, n);
            writer.append(n, n);
          }
          throw new IOException("the line is dead");
        });

    PipelineResult result =
        Pipeline.builder("test").source("live", breaking).sink("out", sink).build().run();

    assertThat(((PipelineResult.Failed) result).reason()).contains("the line is dead");
    assertExactlyOnce(sink, 500);
    assertThat(sink.progress().orElseThrow().complete()).isFalse();
  }

  @Test
  void fails_when_a_record_is_rejected_and_there_is_no_dead_letter() throws Exception {
    PipelineResult result =
        Pipeline.builder("test")
            .source("numbers", new TestSource(100, n -> n == 42))
            .sink("out", new RecordingSink())
            .build()
            .run();

    assertThat(((PipelineResult.Failed) result).reason())
        .contains("record 42 of numbers")
        .contains("dead letter");
  }

  @Test
  void goes_on_where_it_was_when_it_runs_again_after_a_drain() throws Exception {
    RecordingSink sink = new RecordingSink();
    Pipeline first = numbers(new TestSource(50_000), sink).build().start();
    await().until(() -> first.snapshot().records().delivered() > 100);
    first.drain(Duration.ofSeconds(30));
    first.await();

    Pipeline second = numbers(new TestSource(50_000), sink).build().start();

    assertThat(second.await()).isInstanceOf(PipelineResult.Completed.class);
    assertExactlyOnce(sink, 50_000);
  }

  @Test
  void starts_over_when_it_runs_again_after_it_completed() throws Exception {
    RecordingSink sink = new RecordingSink();
    numbers(new TestSource(1_000), sink).build().run();

    Pipeline second = numbers(new TestSource(1_000), sink).build().start();

    assertThat(second.notices()).first().asString().contains("starting over");
    second.await();
    assertExactlyOnce(sink, 1_000);
  }

  @Test
  void refuses_to_run_when_outputs_hold_unfinished_work_of_another_pipeline() throws Exception {
    RecordingSink sink = new RecordingSink();
    Pipeline first = numbers(new TestSource(Long.MAX_VALUE), sink).build().start();
    await().until(() -> first.snapshot().records().delivered() > 100);
    first.drain(Duration.ofSeconds(30));
    first.await();
    Set<Thread> before = engineThreads();

    Pipeline other = numbers(new TestSource(10), sink).identity("another file").build();

    assertThatThrownBy(other::start)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("another pipeline");
    assertThat(engineThreads()).isSubsetOf(before);
  }

  @Test
  void leaves_no_thread_behind_when_it_ends() throws Exception {
    Set<Thread> before = engineThreads();
    for (int i = 0; i < 3; i++) {
      numbers(new TestSource(1_000), new RecordingSink()).build().run();
      Pipeline stopped = numbers(new TestSource(Long.MAX_VALUE), new RecordingSink()).build();
      stopped.start();
      stopped.close();
    }

    await().until(() -> before.containsAll(engineThreads()));
  }

  private static Set<Thread> engineThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("forebay-"))
        .collect(Collectors.toSet());
  }

  private interface Reading {
    void run(SourceContext context) throws Exception;
  }

  private record SourceOf(boolean repeatable, Reading reading) implements Source {
    SourceOf(Reading reading) {
      this(true, reading);
    }

    @Override
    public io.forebay.Schema schema() {
      return TestSource.SCHEMA;
    }

    @Override
    public void run(SourceContext context) throws Exception {
      reading.run(context);
    }
  }

  @Test
  void delivers_all_records_when_there_are_ten_thousand_sources() throws Exception {
    RecordingSink sink = new RecordingSink();

    PipelineResult result =
        Pipeline.builder("many")
            .source("sensors", new SimulatedSource(10_000, 5, 0, 1))
            .forebay(4, 1 << 16)
            .sink("out", sink)
            .build()
            .run();

    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
    assertThat(sink.rows().stream().map(RecordingSink.Row::partition).distinct()).hasSize(10_000);
    assertThat(sink.rows()).hasSize(50_000);
  }

  @Test
  void keeps_within_the_window_when_the_sink_is_slow() throws Exception {
    TestSource source = new TestSource(2_000);
    RecordingSink sink = new RecordingSink();
    Pipeline pipeline = numbers(source, sink).window(100).build().start();

    while (!pipeline.snapshot().sources().getFirst().finished()) {
      long acknowledged =
          source.acknowledged.getOrDefault("", io.forebay.Position.START).sequence();
      long read = source.handedIn;
      long later = source.acknowledged.getOrDefault("", io.forebay.Position.START).sequence();
      assertThat(read - later).isLessThanOrEqualTo(100 + (later - acknowledged));
    }

    pipeline.await();
    assertExactlyOnce(sink, 2_000);
  }

  @Test
  void tells_one_sentence_when_a_pipeline_cannot_be_built() {
    List.of(
            Pipeline.builder("p").sink("out", new RecordingSink()),
            Pipeline.builder("p").source("s", new TestSource(1)),
            Pipeline.builder("p")
                .source("s", new TestSource(1))
                .source("s", new TestSource(1))
                .sink("o", new RecordingSink()),
            Pipeline.builder("p")
                .source("s", new TestSource(1))
                .source("t", new SimulatedSource(1, 1, 0, 1))
                .stage(Stage.cpu("x", TestFunctions.Twice.class).workers(-1))
                .sink("o", new RecordingSink()),
            numbers(new TestSource(1), new RecordingSink()).forebay(1, 1 << 20),
            numbers(new TestSource(1), new RecordingSink()).forebay(8, 10),
            numbers(new TestSource(1), new RecordingSink()).window(0),
            numbers(new TestSource(1), new RecordingSink()).linger(Duration.ofMillis(-1)),
            numbers(new TestSource(1), new RecordingSink()).stage(Stage.cpu("y", "no.such.Class")))
        .forEach(builder ->
            assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageMatching("(?s)[^\\n]{10,}"));
  }
}
