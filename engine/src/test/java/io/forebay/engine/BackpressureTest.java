package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.RecordFunction;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.SourceContext;
import io.forebay.engine.TestFunctions.Doubled;
import io.forebay.engine.TestFunctions.N;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.Placement;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose workers are told to have had nothing to do because what lies behind them was full. */
class BackpressureTest {
  private static CountDownLatch gate = new CountDownLatch(0);

  /** doubled = 2n, once the gate is open. */
  public static final class Gated implements RecordFunction<N, Doubled> {
    @Override
    public Doubled apply(N in) throws InterruptedException {
      gate.await();
      return new Doubled(2 * in.n());
    }
  }

  /** Takes nothing before the gate is open. */
  private static final class GatedSink implements Sink {
    @Override
    public Optional<Progress> recover() {
      return Optional.empty();
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public void write(Batch batch) throws IOException {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void commit(Progress progress) {}

    @Override
    public boolean effectivelyOnce() {
      return false;
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void close() {
    gate = new CountDownLatch(1);
  }

  @AfterEach
  void open() {
    gate.countDown();
  }

  @ParameterizedTest
  @EnumSource(
      value = Placement.class,
      names = {"INLINE", "THREADS"})
  void all_stages_wait_for_room_when_a_sink_takes_nothing(Placement on) throws Exception {
    try (Pipeline pipeline =
        Pipeline.builder("test")
            .source("numbers", new TestSource(Long.MAX_VALUE))
            .forebay(4, 1 << 13)
            .stage(Stage.cpu("first", TestFunctions.Twice.class).on(on).workers(workers(on)))
            .stage(Stage.cpu("second", TestFunctions.Half.class).on(on).workers(workers(on)))
            .sink("out", new GatedSink())
            .build()
            .start()) {
      awaitFull(pipeline);
      assertShares(pipeline, 1, 1);
    }
  }

  private static int workers(Placement on) {
    return on == Placement.INLINE ? 1 : 2;
  }

  @Test
  void only_what_lies_before_a_slow_stage_waits_for_room() throws Exception {
    try (Pipeline pipeline =
        chain(TestFunctions.Twice.class, Gated.class, TestFunctions.Half.class).start()) {
      awaitFull(pipeline);
      assertShares(pipeline, 1, 0, 0);
    }
  }

  @Test
  void nothing_waits_for_room_behind_a_slow_stage() throws Exception {
    try (Pipeline pipeline = chain(Gated.class, TestFunctions.Half.class).start()) {
      awaitFull(pipeline);
      assertShares(pipeline, 0, 0);
    }
  }

  @Test
  void nothing_waits_for_room_when_a_source_gives_no_more() throws Exception {
    TestSource source =
        new TestSource(1_000) {
          @Override
          public void run(SourceContext context) throws Exception {
            super.run(context);
            gate.await();
          }
        };
    try (Pipeline pipeline =
        Pipeline.builder("test")
            .source("numbers", source)
            .forebay(4, 1 << 13)
            .stage(Stage.cpu("first", TestFunctions.Twice.class).on(Placement.THREADS).workers(2))
            .sink("out", new RecordingSink())
            .build()
            .start()) {
      await().until(() -> pipeline.snapshot().records().delivered() == 1_000);
      assertShares(pipeline, 0);
    }
  }

  private static Pipeline chain(Class<?>... functions) {
    var builder =
        Pipeline.builder("test")
            .source("numbers", new TestSource(Long.MAX_VALUE))
            .forebay(8, 1 << 13);
    for (Class<?> function : functions) {
      builder.stage(Stage.cpu(function.getSimpleName(), function).on(Placement.THREADS).workers(2));
    }
    return builder.sink("out", new RecordingSink()).build();
  }

  private static void awaitFull(Pipeline pipeline) {
    await().during(Duration.ofMillis(100)).until(() -> pipeline.snapshot().slotsFree() == 0);
  }

  /** Over a while in which nothing moves any more. */
  private static void assertShares(Pipeline pipeline, double... shares) {
    PipelineSnapshot before = pipeline.snapshot();
    await().pollDelay(Duration.ofMillis(200)).until(() -> true);
    PipelineSnapshot now = pipeline.snapshot();
    long elapsed = now.elapsed().minus(before.elapsed()).toNanos();
    for (int i = 0; i < shares.length; i++) {
      double waited =
          now.stages().get(i).times().since(before.stages().get(i).times()).backpressured();
      assertThat(waited / elapsed / now.stages().get(i).workers())
          .as(now.stages().get(i).name())
          .isCloseTo(shares[i], within(0.02));
    }
  }
}
