package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.RejectionLimit;
import io.forebay.engine.internal.plan.PipelineDefinition;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import io.forebay.workers.api.StageProfiling;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several sinks: each writes on a thread of its own, in its own time. */
@Timeout(120)
final class SinksAtOnceTest {
  private static final int RECORDS = 6_000;
  private static final int SLOTS = 8;
  private static final long PATIENCE_SECONDS = 60;

  /** What happens before a sink's n-th write, from 1 on. */
  private interface Before {
    void write(int n) throws Exception;
  }

  /** A sink that may be made to wait, and that only one thread may use. */
  private static final class Waiting implements Sink {
    final RecordingSink store = new RecordingSink();
    private final Before before;
    private int writes;
    private Thread user;

    Waiting(Before before) {
      this.before = before;
    }

    private void use() {
      if (user == null) {
        user = Thread.currentThread();
      }
      assertThat(Thread.currentThread()).isSameAs(user);
    }

    @Override
    public Optional<Progress> recover() throws IOException {
      return store.recover();
    }

    @Override
    public void open(SinkContext context) {
      store.open(context);
    }

    @Override
    public void write(Batch batch) throws IOException {
      use();
      try {
        before.write(++writes);
      } catch (InterruptedException e) {
        throw new InterruptedIOException("interrupted");
      } catch (Exception e) {
        throw new IOException(e.toString(), e);
      }
      store.write(batch);
    }

    @Override
    public void commit(Progress progress) {
      use();
      store.commit(progress);
    }

    @Override
    public boolean effectivelyOnce() {
      return true;
    }

    @Override
    public void close() {}

    List<Long> committed() {
      return store.committedRows().stream().map(row -> (Long) row.values().get("n")).toList();
    }
  }

  private static final class Numbers implements Source {
    @Override
    public Schema schema() {
      return Schema.of(Field.of("n", ColumnType.INT64));
    }

    @Override
    public boolean repeatable() {
      return true;
    }

    @Override
    public void run(SourceContext context) throws InterruptedException {
      RecordWriter writer = context.partition("");
      for (long n = context.resumeFrom("").sequence() + 1; n <= RECORDS; n++) {
        writer.setLong(0, n);
        writer.append(n, n);
      }
    }
  }

  /** Time stands still, so that it is no time for a commit before there is nothing else to do. */
  private static Pipeline pipeline(Sink... sinks) {
    List<PipelineDefinition.NamedSink> named = new ArrayList<>();
    for (Sink sink : sinks) {
      named.add(new PipelineDefinition.NamedSink("sink" + named.size(), sink, Optional.empty()));
    }
    return new Pipeline(
        new PipelineDefinition(
            "several",
            List.of(new PipelineDefinition.NamedSource("numbers", new Numbers(), "")),
            List.of(),
            named,
            new RecordingDeadLetters(),
            new PipelineDefinition.Memory(SLOTS, 1 << 12),
            new PipelineDefinition.Delivery(
                true,
                Duration.ofSeconds(1),
                Duration.ofMillis(5),
                100_000,
                new RejectionLimit.Unlimited()),
            false,
            "",
            Optional.empty(),
            StageProfiling.NONE,
            Optional.empty()),
        () -> 1_000_000_000L);
  }

  private static PipelineResult run(Sink... sinks) throws InterruptedException {
    try (Pipeline pipeline = pipeline(sinks)) {
      pipeline.start();
      return pipeline.await();
    }
  }

  private static void checkAll(Waiting sink) {
    assertThat(sink.committed()).isEqualTo(LongStream.rangeClosed(1, RECORDS).boxed().toList());
    assertThat(sink.store.progress().orElseThrow().frontier().of("numbers"))
        .isEqualTo(new Position(RECORDS, RECORDS));
  }

  private static void await(CountDownLatch latch) throws Exception {
    if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the other sink did not come that far");
    }
  }

  /**
   * Were they written one after the other, none would come to the barrier while the other waits.
   */
  @Test
  void writes_a_batch_to_all_sinks_at_the_same_time() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    Waiting one = new Waiting(n -> both.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    Waiting other = new Waiting(n -> both.await(PATIENCE_SECONDS, TimeUnit.SECONDS));

    assertThat(run(one, other)).isInstanceOf(PipelineResult.Completed.class);

    checkAll(one);
    checkAll(other);
  }

  @Test
  void lets_a_fast_sink_go_ahead_of_a_slow_one() throws Exception {
    CountDownLatch ahead = new CountDownLatch(SLOTS / 2);
    Waiting slow =
        new Waiting(n -> {
          if (n == 1) {
            await(ahead);
          }
        });
    Waiting fast = new Waiting(n -> ahead.countDown());

    assertThat(run(slow, fast)).isInstanceOf(PipelineResult.Completed.class);

    checkAll(slow);
    checkAll(fast);
  }

  @Test
  void acknowledges_nothing_that_the_slowest_sink_has_not_committed() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch ahead = new CountDownLatch(SLOTS - 1);
    Waiting stuck =
        new Waiting(n -> {
          if (n > 1) {
            await(never);
          }
        });
    Waiting fast = new Waiting(n -> ahead.countDown());
    try (Pipeline pipeline = pipeline(stuck, fast)) {
      pipeline.start();
      await(ahead);
      pipeline.stop();
      PipelineResult result = pipeline.await();

      assertThat(result).isInstanceOf(PipelineResult.DeadlineExceeded.class);
      assertThat(result.snapshot().records().inFlight()).isPositive();
    }
    long reached =
        fast.store.progress().map(has -> has.frontier().of("numbers").sequence()).orElse(0L);
    assertThat(reached).isLessThanOrEqualTo(stuck.store.rows().size());
  }

  @Test
  void ends_all_sinks_when_one_fails() throws Exception {
    Waiting fine = new Waiting(n -> {});
    Waiting broken =
        new Waiting(n -> {
          if (n == 3) {
            throw new IOException("no room");
          }
        });

    PipelineResult result = run(fine, broken);

    assertThat(result)
        .isInstanceOfSatisfying(
            PipelineResult.Failed.class,
            failed -> assertThat(failed.reason()).contains("'sink1' could not write"));
  }
}
