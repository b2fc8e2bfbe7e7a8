package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.Punctuality;
import io.forebay.testkit.RecordingSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whoever holds up what receives is named. The culprits go on until they are, so nothing is late.
 */
@Timeout(60)
public class HeartbeatsTest {
  private static final Logger LOGGER =
      Logger.getLogger("io.forebay.engine.internal.heartbeat.StallReport");

  /** What the culprits wait for. */
  private static volatile CountDownLatch named = new CountDownLatch(1);

  private final List<LogRecord> warnings = new ArrayList<>();

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          synchronized (warnings) {
            warnings.add(line);
          }
          named.countDown();
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    named = new CountDownLatch(1);
    LOGGER.addHandler(handler);
    LOGGER.setUseParentHandlers(false);
  }

  @AfterEach
  void listenNoMore() {
    LOGGER.removeHandler(handler);
    LOGGER.setUseParentHandlers(true);
  }

  private static void block() {
    try {
      named.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void compute() {
    while (named.getCount() > 0 && !Thread.currentThread().isInterrupted()) {
      Thread.onSpinWait();
    }
  }

  /** A source of three records that does something between them. */
  private record Numbers(Between between) implements Source {
    interface Between {
      void act(SourceContext context) throws InterruptedException;
    }

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
      for (long n = context.resumeFrom("").equals(Position.START) ? 1 : 4; n <= 3; n++) {
        writer.setLong(0, n);
        writer.append(n, n);
        if (n == 1) {
          between.act(context);
        }
      }
    }
  }

  /** Waits inline, where it should not. */
  public static final class Dozes implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of();
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      block();
    }
  }

  private static PipelineBuilder of(Numbers.Between between) {
    return Pipeline.builder("held-up")
        .source("numbers", new Numbers(between))
        .forebay(4, 1 << 14)
        .linger(Duration.ofMillis(1))
        .sink("out", new RecordingSink());
  }

  private static Punctuality beats(PipelineResult result, String thread) {
    return result.snapshot().heartbeats().stream()
        .filter(each -> each.thread().equals(thread))
        .findFirst()
        .orElseThrow();
  }

  private LogRecord warning(String start) {
    synchronized (warnings) {
      return warnings.stream()
          .filter(each -> each.getMessage().startsWith(start))
          .findFirst()
          .orElseThrow(
              () -> new AssertionError(warnings.stream().map(LogRecord::getMessage).toList()));
    }
  }

  @Test
  void names_the_function_that_blocks_inline() throws Exception {
    PipelineResult result =
        of(context -> {}).stage(Stage.cpu("dozes", Dozes.class).on(Placement.INLINE)).build().run();

    LogRecord told = warning("the dispatcher has been held up for ");
    assertThat(told.getMessage())
        .contains(" ms by io.forebay.engine.HeartbeatsTest.block(HeartbeatsTest.java:")
        .contains("'on: threads'");
    assertThat(told.getThrown().getStackTrace())
        .anySatisfy(frame -> assertThat(frame.getClassName()).isEqualTo(Dozes.class.getName()));
    assertThat(beats(result, "dispatcher").stalls()).isPositive();
    assertThat(beats(result, "dispatcher").delay().maxMs()).isGreaterThan(99);
    assertThat(beats(result, "virtual").delay().records()).isPositive();
  }

  @Test
  void names_the_source_that_computes_and_hands_in_nothing() throws Exception {
    of(context -> compute()).build().run();

    assertThat(warning("the source 'numbers' has been held up for ").getMessage())
        .contains(" ms by io.forebay.engine.HeartbeatsTest.compute(HeartbeatsTest.java:");
  }

  @Test
  void names_who_blocks_the_event_loop_of_a_source() throws Exception {
    PipelineResult result;
    try (ExecutorService loop = Executors.newSingleThreadExecutor()) {
      result =
          of(
                  context -> {
                    CountDownLatch beaten = new CountDownLatch(2);
                    context.receivesOn(task -> {
                      loop.execute(task);
                      beaten.countDown();
                    });
                    beaten.await(); // Its thread is known from its first beat on.
                    loop.execute(HeartbeatsTest::block);
                    named.await();
                  })
              .build()
              .run();
    }

    assertThat(warning("one of the loops of numbers has been held up for ").getMessage())
        .contains(" ms by io.forebay.engine.HeartbeatsTest.block(HeartbeatsTest.java:");
    assertThat(beats(result, "loops of numbers").stalls()).isPositive();
  }

  @Test
  void names_who_has_every_carrier_of_virtual_threads() throws Exception {
    List<Thread> hogs = new ArrayList<>();
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      hogs.add(Thread.ofVirtual().unstarted(HeartbeatsTest::compute));
    }
    of(
            context -> {
              hogs.forEach(Thread::start);
              named.await();
            })
        .build()
        .run();
    for (Thread hog : hogs) {
      hog.join();
    }

    LogRecord told = warning("the virtual threads on which sources receive have been held up for ");
    assertThat(told.getMessage())
        .contains(" ms by io.forebay.engine.HeartbeatsTest.compute(HeartbeatsTest.java:");
    assertThat(told.getThrown().getStackTrace()).isNotEmpty();
  }
}
