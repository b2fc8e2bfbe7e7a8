package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.RecordCounts;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.engine.api.PipelineResult;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A record counts as delivered, dead-lettered or filtered when that is committed everywhere. */
@Timeout(60)
class CommittedCountsTest {
  private static final long NEVER = Long.MAX_VALUE;

  private final RecordingDeadLetters dead = new RecordingDeadLetters();

  /** A store that after some rows breaks or hangs, in a write or in a commit. */
  private static final class Ailing implements Sink {
    final RecordingSink kept = new RecordingSink();
    final CountDownLatch hangs = new CountDownLatch(1);
    long breaksAt = NEVER;
    boolean breaks = true;
    boolean inCommit;
    private long rows;

    @Override
    public Optional<Progress> recover() {
      return kept.recover();
    }

    @Override
    public void open(SinkContext context) {
      kept.open(context);
    }

    private void ail() throws IOException {
      if (rows < breaksAt || kept.commits() == 0) {
        return;
      }
      if (breaks) {
        throw new IOException("the disk is full");
      }
      hangs.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void write(Batch batch) throws IOException {
      rows += batch.rows();
      if (!inCommit) {
        ail();
      }
      kept.write(batch);
    }

    @Override
    public void commit(Progress progress) throws IOException {
      if (inCommit) {
        ail();
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

  private PipelineBuilder pipeline(TestSource source, Sink sink) {
    return Pipeline.builder("counts")
        .source("numbers", source)
        .forebay(4, 1 << 13)
        .sink("out", sink)
        .deadLetters(dead);
  }

  private void assertCommitted(PipelineResult result, RecordingSink kept) {
    RecordCounts counts = result.snapshot().records();
    assertThat(counts.delivered()).isEqualTo(kept.committedRows().size());
    assertThat(counts.deadLettered()).isLessThanOrEqualTo(dead.committedLetters().size());
    assertThat(counts.inFlight()).isPositive();
    assertThat(counts.read())
        .isEqualTo(
            counts.delivered() + counts.deadLettered() + counts.filtered() + counts.inFlight());
    assertThat(result.snapshot().acrossRuns()).isEqualTo(counts);
  }

  @Test
  void counts_what_is_committed_when_a_write_fails() throws Exception {
    Ailing sink = new Ailing();
    sink.breaksAt = 5_000;
    TestSource source = new TestSource(NEVER, n -> n % 10 == 0);
    PipelineResult result = pipeline(source, sink).build().start().await();

    assertThat(result).isInstanceOf(PipelineResult.Failed.class);
    assertCommitted(result, sink.kept);
    assertThat(sink.kept.rows().size()).isGreaterThanOrEqualTo(sink.kept.committedRows().size());
    assertThat(result.snapshot().sinks().getFirst().records())
        .as("rows of the sink")
        .isEqualTo(sink.kept.committedRows().size());
    assertThat(result.snapshot().sinks().getLast().records())
        .as("dead letters")
        .isEqualTo(dead.committedLetters().size());
  }

  @Test
  void counts_what_is_committed_when_a_commit_fails() throws Exception {
    Ailing sink = new Ailing();
    sink.breaksAt = 5_000;
    sink.inCommit = true;
    TestSource source = new TestSource(NEVER, n -> n % 10 == 0);
    PipelineResult result = pipeline(source, sink).build().start().await();

    assertThat(result).isInstanceOf(PipelineResult.Failed.class);
    assertCommitted(result, sink.kept);
  }

  @Test
  void counts_what_every_sink_has_committed_when_one_of_two_fails_to_commit() throws Exception {
    Ailing sink = new Ailing();
    sink.breaksAt = 5_000;
    sink.inCommit = true;
    RecordingSink other = new RecordingSink();
    PipelineResult result =
        pipeline(new TestSource(NEVER), sink).sink("other", other).build().start().await();

    assertThat(result).isInstanceOf(PipelineResult.Failed.class);
    assertCommitted(result, sink.kept);
    assertThat(other.committedRows().size())
        .isGreaterThanOrEqualTo(sink.kept.committedRows().size());
  }

  @Test
  void counts_what_is_committed_when_it_is_stopped_while_a_store_hangs() throws Exception {
    Ailing sink = new Ailing();
    sink.breaksAt = 5_000;
    sink.breaks = false;
    Pipeline pipeline = pipeline(new TestSource(NEVER), sink).build().start();
    sink.hangs.await();
    pipeline.drain(Duration.ofSeconds(30));

    pipeline.stop();

    PipelineResult result = pipeline.await();
    assertThat(result).isInstanceOf(PipelineResult.DeadlineExceeded.class);
    assertCommitted(result, sink.kept);
  }

  @Test
  void counts_nothing_that_is_not_committed_at_any_instant() throws Exception {
    RecordingSink sink = new RecordingSink();
    TestSource source = new TestSource(20_000, n -> n % 10 == 0);
    try (Pipeline pipeline = pipeline(source, sink).build().start()) {
      await()
          .atMost(Duration.ofSeconds(50))
          .pollInterval(Duration.ofMillis(2))
          .until(() -> {
            RecordCounts counts = pipeline.snapshot().records();
            assertThat(counts.delivered()).isLessThanOrEqualTo(sink.committedRows().size());
            assertThat(counts.deadLettered()).isLessThanOrEqualTo(dead.committedLetters().size());
            return counts.delivered() + counts.deadLettered() == 20_000;
          });
    }
  }
}
