package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.RecordCounts;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are cut off at random moments, until one of them comes to its end. */
@Timeout(180)
class ResumeTest {
  @BeforeAll
  static void bePatientOnLoadedMachines() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  /** Fails at one of its commits, so that the outputs before it are ahead of those behind. */
  private record FailsAtCommit(RecordingSink kept, AtomicInteger commitsLeft) implements Sink {
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
      kept.write(batch);
    }

    @Override
    public void commit(Progress progress) throws IOException {
      if (commitsLeft.getAndDecrement() == 0) {
        throw new IOException("power is gone");
      }
      kept.commit(progress);
    }

    @Override
    public boolean effectivelyOnce() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static List<Long> expected(long records) {
    return LongStream.rangeClosed(1, records)
        .filter(n -> n % 97 != 0 && n % 5 != 0 && n % 7 != 0)
        .boxed()
        .toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void delivers_exactly_once_to_every_output_when_runs_crash(long seed) throws Exception {
    Random random = new Random(seed);
    long records = 40_000;
    RecordingSink first = new RecordingSink();
    RecordingSink second = new RecordingSink();
    RecordingDeadLetters dead = new RecordingDeadLetters();
    RecordCounts counts = RecordCounts.NONE;
    boolean complete = false;
    for (int run = 0; !complete; run++) {
      first = first.afterCrash();
      second = second.afterCrash();
      dead = dead.afterCrash();
      boolean last = run >= 6;
      AtomicInteger commits = new AtomicInteger(last ? Integer.MAX_VALUE : random.nextInt(6));
      Pipeline pipeline =
          Pipeline.builder("resumes")
              .source("numbers", new TestSource(records, n -> n % 97 == 0))
              .forebay(4, 1 << 13)
              .stage(Stage.cpu("sieve", TestFunctions.Sieve.class).on(Placement.THREADS).workers(2))
              .sink("first", first)
              .sink("second", new FailsAtCommit(second, commits))
              .deadLetters(dead)
              .build()
              .start();
      if (!last && random.nextInt(3) == 0) {
        long until = random.nextInt(20_000);
        await()
            .until(() ->
                pipeline.snapshot().records().delivered() >= until
                    || pipeline.snapshot().sinks().getFirst().commits() > 0
                    || commits.get() < 0); // It has failed, maybe before the first sink's turn.
        pipeline.stop();
      }
      PipelineResult result = pipeline.await();
      complete = result instanceof PipelineResult.Completed;
      assertThat(complete || !last).isTrue();
      counts = result.snapshot().acrossRuns();
    }

    for (RecordingSink sink : List.of(first, second)) {
      assertThat(sink.committedRows().stream().map(RecordingSink.Row::sequence).toList())
          .isEqualTo(expected(records));
    }
    long delivered = expected(records).size();
    long deadLettered = dead.committedLetters().size();
    assertThat(counts)
        .isEqualTo(
            new RecordCounts(
                records, delivered, deadLettered, records - delivered - deadLettered, 0, 0));
    assertThat(
            dead.committedLetters().stream()
                .map(RecordingDeadLetters.DeadLetter::sequence)
                .toList())
        .isEqualTo(
            LongStream.rangeClosed(1, records)
                .filter(n -> n % 97 == 0 || (n % 5 != 0 && n % 7 == 0))
                .boxed()
                .toList());
  }

  /** In each run throws three records away, hands one in, and breaks. */
  private record ThrowsAway(TestSource source) implements Source {
    @Override
    public Schema schema() {
      return TestSource.SCHEMA;
    }

    @Override
    public boolean repeatable() {
      return true;
    }

    @Override
    public void run(SourceContext context) throws Exception {
      context.dropped(3);
      source.run(context);
      throw new IOException("the cable is cut");
    }

    @Override
    public void close() {}
  }

  @Test
  void counts_what_was_thrown_away_in_all_runs_when_they_break_one_after_the_other()
      throws Exception {
    RecordingSink sink = new RecordingSink();
    for (int run = 1; run <= 4; run++) {
      PipelineResult result =
          Pipeline.builder("drops")
              .source("numbers", new ThrowsAway(new TestSource(run)))
              .sink("out", sink)
              .build()
              .start()
              .await();

      assertThat(result).isInstanceOf(PipelineResult.Failed.class);
      assertThat(result.snapshot().acrossRuns())
          .isEqualTo(new RecordCounts(4L * run, run, 0, 0, 3L * run, 0));
    }
  }
}
