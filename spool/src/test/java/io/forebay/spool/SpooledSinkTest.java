package io.forebay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.RetryableException;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineResult;
import io.forebay.testkit.Place;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import io.forebay.testkit.SinkContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class SpooledSinkTest {
  private static final long SIZE = 1 << 20;

  @BeforeAll
  static void bePatientOnLoadedMachines() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  @TempDir Path folder;

  private final AtomicInteger places = new AtomicInteger();

  private static SpooledSink spooled(Sink inner, Path directory) {
    return SpooledSink.of(inner, directory, SIZE, new SplittableRandom(1));
  }

  /** What the sink has, and what waits for it in the spool. */
  private final class SpooledPlace implements Place<SpooledSink> {
    private final Path spool = folder.resolve("spool-" + places.incrementAndGet());
    private RecordingSink inner = new RecordingSink();
    private Optional<SinkContext> context = Optional.empty();

    private void remember() {
      try {
        context = Optional.of(inner.context());
      } catch (IllegalStateException e) {
        // It was not opened: the one before was, with the same.
      }
    }

    @Override
    public SpooledSink output() {
      remember();
      inner = inner.afterCrash();
      return spooled(inner, spool);
    }

    @Override
    public Object contents() throws IOException {
      RecordingSink then = inner.afterCrash();
      Path copy = Files.createDirectory(folder.resolve("copy-" + places.incrementAndGet()));
      for (Path file : Segment.list(spool)) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
      try (SpooledSink rest = spooled(then, copy)) {
        Optional<Progress> progress = rest.recover();
        if (progress.isEmpty() || Segment.list(copy).isEmpty()) {
          return then.committedRows();
        }
        remember();
        SinkContext opened = context.orElseThrow();
        rest.open(new SinkContext(opened.pipeline(), opened.schema(), List.of("source"), true));
        await().until(() -> then.progress().map(SpooledSinkTest::place).orElse(0L) >= rest.last());
        return then.committedRows();
      }
    }
  }

  private static long place(Progress progress) {
    return progress.frontier().of(SpooledSink.PLACE).sequence();
  }

  @Test
  void keeps_the_contract_of_sinks() throws Exception {
    SinkContract.check(SpooledPlace::new);
  }

  /** A sink that is slow or away when the test wants it. */
  private static final class Troubled implements Sink {
    final RecordingSink kept;
    final CountDownLatch gate;
    final SplittableRandom random = new SplittableRandom(3);
    volatile boolean flaky;
    final AtomicInteger failures = new AtomicInteger();

    Troubled(RecordingSink kept, CountDownLatch gate) {
      this.kept = kept;
      this.gate = gate;
    }

    private void mayFail() throws IOException {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (flaky && failures.get() < 12 && random.nextInt(4) == 0) {
        failures.incrementAndGet();
        throw new RetryableException("connection reset");
      }
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
      mayFail();
      kept.write(batch);
      mayFail();
    }

    @Override
    public void commit(Progress progress) throws IOException {
      mayFail();
      kept.commit(progress);
      mayFail();
    }

    @Override
    public boolean effectivelyOnce() {
      return true;
    }

    @Override
    public void close() {}
  }

  private final RecordingDeadLetters dead = new RecordingDeadLetters();

  private Pipeline pipeline(long records, Sink fast, Sink slow, RecordingDeadLetters letters) {
    return pipeline(new LiveSource(1, records, true), fast, slow, letters);
  }

  private Pipeline pipeline(LiveSource source, Sink fast, Sink slow, RecordingDeadLetters letters) {
    return Pipeline.builder("slow")
        .source("in", source)
        .forebay(4, 1 << 14)
        .sink("fast", fast)
        .sink("slow", spooled(slow, folder.resolve("slow")))
        .deadLetters(letters)
        .build();
  }

  private static void assertAll(RecordingSink sink, long records) {
    assertThat(sink.committedRows().stream().map(row -> row.values().get("n")).toList())
        .isEqualTo(
            LongStream.rangeClosed(1, records)
                .filter(n -> n % 10 != 7)
                .<Object>mapToObj(n -> n)
                .toList());
  }

  @Test
  void does_not_hold_up_the_other_sink_when_it_takes_nothing() throws Exception {
    RecordingSink fast = new RecordingSink();
    Troubled slow = new Troubled(new RecordingSink(), new CountDownLatch(1));
    long records = 6_000;
    try (Pipeline pipeline = pipeline(records, fast, slow, dead).start()) {
      await().until(() -> fast.rows().size() == records - records / 10);
      assertThat(slow.kept.rows()).isEmpty();

      slow.gate.countDown();

      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Completed.class);
    }
    assertAll(slow.kept, records);
    assertThat(slow.kept.committedRows()).isEqualTo(fast.committedRows());
  }

  @Test
  void gives_every_row_once_when_the_store_is_away_at_random() throws Exception {
    Troubled slow = new Troubled(new RecordingSink(), new CountDownLatch(0));
    slow.flaky = true;

    assertThat(pipeline(20_000, new RecordingSink(), slow, dead).run())
        .isInstanceOf(PipelineResult.Completed.class);

    assertThat(slow.failures.get()).isPositive();
    assertAll(slow.kept, 20_000);
  }

  @Test
  void goes_on_in_the_next_run_with_what_waits_in_the_spool() throws Exception {
    RecordingSink fast = new RecordingSink();
    Troubled slow = new Troubled(new RecordingSink(), new CountDownLatch(1));
    LiveSource source = new LiveSource(1, Long.MAX_VALUE - 1, true);
    source.pauseBehind = 5_000;
    Pipeline drained = pipeline(source, fast, slow, dead).start();
    await().until(() -> fast.progress().isPresent());
    drained.drain(Duration.ofSeconds(30));
    assertThat(drained.await()).isInstanceOf(PipelineResult.Drained.class);
    long read = fast.progress().orElseThrow().frontier().of("in/p").sequence();
    assertThat(slow.kept.rows()).isEmpty();

    RecordingSink fastAfter = fast.afterCrash();
    Troubled slowAfter = new Troubled(slow.kept.afterCrash(), new CountDownLatch(0));
    assertThat(pipeline(read + 1_000, fastAfter, slowAfter, dead.afterCrash()).run())
        .isInstanceOf(PipelineResult.Completed.class);

    assertAll(fastAfter, read + 1_000);
    assertAll(slowAfter.kept, read + 1_000);
  }

  @Test
  void blocks_with_a_bounded_spool_when_the_sink_takes_nothing() throws Exception {
    Troubled slow = new Troubled(new RecordingSink(), new CountDownLatch(1));
    RecordingSink fast = new RecordingSink();
    try (Pipeline pipeline = pipeline(200_000, fast, slow, dead).start()) {
      await().until(() -> bytes() > SIZE * 3 / 4);
      await().during(Duration.ofMillis(400)).until(this::bytes, bytes -> bytes == bytes());
      assertThat(pipeline.snapshot().records().inFlight()).isPositive();

      slow.gate.countDown();

      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Completed.class);
    }
    assertAll(slow.kept, 200_000);
  }

  private long bytes() {
    try (Stream<Path> files = Files.list(folder.resolve("slow"))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
