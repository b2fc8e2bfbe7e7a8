package io.forebay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.RecordCounts;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.errors.RetryableException;
import io.forebay.testkit.Batches;
import io.forebay.testkit.Place;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import io.forebay.testkit.SinkContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
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

  /** A sink that is slow or away when the test wants it, and refuses some rows. */
  private static final class Troubled implements Sink {
    final RecordingSink kept;
    final CountDownLatch gate;
    final SplittableRandom random = new SplittableRandom(3);
    volatile boolean flaky;
    final AtomicInteger failures = new AtomicInteger();
    int mostFailures = 12;
    volatile LongPredicate refuses = n -> false;
    private final List<Refusal> refused = new ArrayList<>();

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
      if (flaky && failures.get() < mostFailures && random.nextInt(4) == 0) {
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
      refused.clear();
    }

    @Override
    public void write(Batch batch) throws IOException {
      mayFail();
      int from = 0;
      for (int row = 0; row < batch.rows(); row++) {
        if (refuses.test(batch.int64("n").get(row))) {
          refused.add(
              new Refusal(batch.partition(row), batch.sequence(row), "no such field", "row"));
          writeSome(batch, from, row);
          from = row + 1;
        }
      }
      writeSome(batch, from, batch.rows());
      mayFail();
    }

    private void writeSome(Batch batch, int from, int to) throws IOException {
      if (from < to) {
        kept.write(batch.slice(from, to));
      }
    }

    @Override
    public List<Refusal> refused() {
      List<Refusal> all = List.copyOf(refused);
      refused.clear();
      return all;
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
    slow.mostFailures = 6; // The waits between them grow while nothing is committed.

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

  /** The numbers of the rows in dead letter that a store has refused. */
  private static List<Object> refusedIn(RecordingDeadLetters letters) {
    List<Object> found = new ArrayList<>();
    for (RecordingDeadLetters.DeadLetter letter : letters.committedLetters()) {
      if (letter.stage().equals("slow")) {
        assertThat(letter.source()).isEqualTo("in");
        assertThat(letter.partition()).isEqualTo("p");
        assertThat(letter.reason()).isEqualTo("no such field");
        Object n = ((Map<?, ?>) letter.content()).get("n");
        assertThat(n).isEqualTo(letter.sequence());
        found.add(n);
      }
    }
    return found;
  }

  private static List<Object> numbers(long records, LongPredicate wanted) {
    return LongStream.rangeClosed(1, records)
        .filter(n -> n % 10 != 7 && wanted.test(n))
        .<Object>mapToObj(n -> n)
        .toList();
  }

  private static List<Object> taken(RecordingSink sink) {
    return sink.committedRows().stream().map(row -> row.values().get("n")).toList();
  }

  @Test
  void puts_refused_rows_into_dead_letter_once_and_goes_on_when_the_store_is_away_at_random()
      throws Exception {
    Troubled slow = new Troubled(new RecordingSink(), new CountDownLatch(0));
    slow.flaky = true;
    slow.mostFailures = 4; // The waits between them grow while nothing is committed.
    slow.refuses = n -> n % 50 == 0 || (n > 5_000 && n < 5_900);
    RecordingSink fast = new RecordingSink();
    long records = 20_000;
    try (Pipeline pipeline = pipeline(records, fast, slow, dead).start()) {
      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Completed.class);
      List<Object> refused = numbers(records, slow.refuses);
      assertThat(pipeline.snapshot().records())
          .isEqualTo(
              new RecordCounts(
                  records,
                  records - records / 10 - refused.size(),
                  records / 10 + refused.size(),
                  0,
                  0,
                  0));
      assertThat(refusedIn(dead)).isEqualTo(refused);
    }
    assertThat(slow.failures.get()).isPositive();
    assertAll(fast, records);
    assertThat(taken(slow.kept)).isEqualTo(numbers(records, slow.refuses.negate()));
  }

  @Test
  void puts_refused_rows_into_dead_letter_though_nothing_more_comes() throws Exception {
    Troubled slow = new Troubled(new RecordingSink(), new CountDownLatch(0));
    slow.refuses = n -> n % 100 == 0;
    LiveSource source = new LiveSource(1, Long.MAX_VALUE - 1, true);
    source.pauseBehind = 1_000;
    try (Pipeline pipeline = pipeline(source, new RecordingSink(), slow, dead).start()) {
      await()
          .untilAsserted(() -> assertThat(refusedIn(dead)).isEqualTo(numbers(1_000, slow.refuses)));
      pipeline.drain(Duration.ofSeconds(30));
      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Drained.class);
    }
  }

  @Test
  void goes_on_when_rows_are_refused_and_the_spool_is_full() throws Exception {
    Troubled slow = new Troubled(new RecordingSink(), new CountDownLatch(1));
    slow.refuses = n -> n % 100 == 0;
    try (Pipeline pipeline = pipeline(200_000, new RecordingSink(), slow, dead).start()) {
      await().until(() -> bytes() > SIZE * 3 / 4);
      slow.gate.countDown();
      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Completed.class);
    }
    assertThat(taken(slow.kept)).isEqualTo(numbers(200_000, slow.refuses.negate()));
    assertThat(refusedIn(dead)).isEqualTo(numbers(200_000, slow.refuses));
  }

  @Test
  void lets_go_of_a_refused_row_only_when_it_is_durable_in_dead_letter() throws Exception {
    Troubled slow = new Troubled(new RecordingSink(), new CountDownLatch(0));
    slow.refuses = n -> n == 3;
    Path directory = folder.resolve("alone");
    Schema schema = Schema.of(Field.of("n", ColumnType.INT64));
    Batch batch =
        Batches.of(schema, Batches.row(1L), Batches.row(2L), Batches.row(3L), Batches.row(4L));
    Progress first = new Progress("p", new Frontier(Map.of("in/p", new Position(4, 4))), false);

    try (SpooledSink sink = spooled(slow, directory)) {
      sink.recover();
      sink.open(new SinkContext("p", schema, List.of("in/p"), false));
      sink.write(batch);
      sink.commit(first);
      await().until(sink::needsCommit);
      assertThat(sink.refusedLate())
          .singleElement()
          .satisfies(late -> {
            assertThat(late.partition()).isEqualTo("in/p");
            assertThat(late.ofThisRun()).isTrue();
          });
      assertThat(sink.needsCommit()).isFalse();
      assertThat(sink.refusedLate()).isEmpty();
      // The crash comes here: the dead letters may have it or not.
    }
    assertThat(slow.kept.progress()).as("the place of the sink").isEmpty();

    Troubled again = new Troubled(slow.kept.afterCrash(), new CountDownLatch(0));
    again.refuses = slow.refuses;
    try (SpooledSink sink = spooled(again, directory)) {
      assertThat(sink.recover()).contains(first);
      sink.open(new SinkContext("p", schema, List.of(), true));
      await().until(sink::needsCommit);
      assertThat(sink.refusedLate())
          .singleElement()
          .satisfies(late -> {
            assertThat(late.sequence()).isEqualTo(batch.sequence(2));
            assertThat(late.ofThisRun()).isFalse();
          });
      assertThat(again.kept.progress()).isEmpty();

      sink.commit(first);

      await().until(() -> again.kept.progress().isPresent());
      assertThat(again.kept.committedRows()).hasSize(3);
      assertThat(sink.needsCommit()).isFalse();
    }
  }

  @Test
  void is_not_complete_while_the_sink_has_not_got_everything() throws Exception {
    Troubled never = new Troubled(new RecordingSink(), new CountDownLatch(1));
    Path directory = folder.resolve("alone");
    Schema schema = Schema.of(Field.of("n", ColumnType.INT64));
    Progress last = new Progress("p", new Frontier(Map.of("in/p", new Position(1, 1))), true);
    SinkContext context = new SinkContext("p", schema, List.of("in/p"), false);
    SpooledSink killed = spooled(never, directory);
    killed.recover();
    killed.open(context);
    killed.write(Batches.of(schema, Batches.row(1L)));
    Thread waits =
        Thread.startVirtualThread(() -> {
          try {
            killed.commit(last);
          } catch (IOException e) {
            // It is interrupted: its process was killed, as it were.
          }
        });
    Troubled then = new Troubled(new RecordingSink(), new CountDownLatch(0));
    Path copy = folder.resolve("as it is when the process is killed");
    await()
        .untilAsserted(() -> {
          copyFiles(directory, copy);
          try (SpooledSink sink = spooled(then, copy)) {
            assertThat(sink.recover())
                .contains(new Progress(last.pipeline(), last.frontier(), false));
          }
        });
    waits.interrupt();
    waits.join();
    never.gate.countDown(); // Only so that it can be closed.
    killed.close();

    try (SpooledSink sink = spooled(then, copy)) {
      sink.recover();
      sink.open(new SinkContext("p", schema, List.of("in/p"), true));
      sink.commit(last);
      assertThat(then.kept.committedRows()).hasSize(1);
    }
    try (SpooledSink sink = spooled(then, copy)) {
      assertThat(sink.recover()).contains(last);
    }
  }

  @Test
  @Timeout(30)
  void fails_the_commit_when_the_sink_behind_it_throws_an_Error() throws Exception {
    Troubled broken = new Troubled(new RecordingSink(), new CountDownLatch(0));
    broken.refuses =
        n -> {
          throw new AssertionError("a mistake of the sink");
        };
    Schema schema = Schema.of(Field.of("n", ColumnType.INT64));
    try (SpooledSink sink = spooled(broken, folder.resolve("error"))) {
      sink.recover();
      sink.open(new SinkContext("p", schema, List.of("in/p"), false));
      sink.write(Batches.of(schema, Batches.row(1L)));

      assertThatThrownBy(() ->
              sink.commit(
                  new Progress("p", new Frontier(Map.of("in/p", new Position(1, 1))), true)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("a mistake of the sink");
    }
  }

  private static void copyFiles(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private long bytes() {
    try (Stream<Path> files = Files.list(folder.resolve("slow"))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
