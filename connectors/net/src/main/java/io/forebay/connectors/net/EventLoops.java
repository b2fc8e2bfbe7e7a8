package io.forebay.connectors.net;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * The few platform threads that hold a source's sockets, and how punctual they are: each runs a
 * timer, and how late it fires is the event-loop delay.
 *
 * <p>Anybody may call it. Each loop's recorder is written by its loop.
 */
public final class EventLoops implements AutoCloseable {
  private static final long LONGEST_NANOS = 60_000_000_000L;

  /** How late the timers of all loops fired since the last reading, in milliseconds. */
  public record Delay(double p50, double p99, double p999, double max) {
    /** {@code event-loop delay p99 0.21 ms, max 1.9 ms}. */
    public String text() {
      return "event-loop delay p99 %.2f ms, max %.1f ms".formatted(p99, max);
    }
  }

  private final Vertx vertx;
  private final List<Context> loops = new ArrayList<>();

  @GuardedBy("this")
  private final List<SingleWriterRecorder> recorders = new ArrayList<>();

  /** What {@link #delay} has not told; guarded by this. */
  private final Histogram unread = new Histogram(LONGEST_NANOS, 3);

  /** What {@link #recentDelay} has not told; guarded by this. */
  private final Histogram unreported = new Histogram(LONGEST_NANOS, 3);

  private EventLoops(int count, long timerMillis) {
    vertx =
        Vertx.builder()
            .with(
                new VertxOptions()
                    .setEventLoopPoolSize(count)
                    .setWorkerPoolSize(1)
                    .setInternalBlockingPoolSize(1)
                    .setUseDaemonThread(true)
                    .setFileSystemOptions(
                        new FileSystemOptions()
                            .setFileCachingEnabled(false)
                            .setClassPathResolvingEnabled(false)))
            .build();
    for (int i = 0; i < count; i++) {
      SingleWriterRecorder recorder = new SingleWriterRecorder(LONGEST_NANOS, 3);
      Loop loop = new Loop();
      await(vertx.deployVerticle(loop)); // Each deployment gets the next loop.
      loops.add(loop.context());
      recorders.add(recorder);
      loop.context().runOnContext(ignored -> arm(recorder, timerMillis));
    }
  }

  private static void await(Future<?> deployed) {
    deployed.toCompletionStage().toCompletableFuture().join();
  }

  private static final class Loop extends VerticleBase {
    Context context() {
      return context;
    }
  }

  private void arm(SingleWriterRecorder recorder, long millis) {
    long due = System.nanoTime() + millis * 1_000_000;
    vertx.setTimer(
        millis,
        ignored -> {
          long late = Math.clamp(System.nanoTime() - due, 0, LONGEST_NANOS);
          // A stall counts for every time that the timer would have fired within it.
          recorder.recordValueWithExpectedInterval(late, millis * 1_000_000);
          arm(recorder, millis);
        });
  }

  /** How often the delay is measured, unless said otherwise. */
  public static final long TIMER_MILLIS = 10;

  /** How many loops suit the machine: one for each two cores, four at most. */
  public static int suitable() {
    return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);
  }

  /**
   * Starts loops for an address; only one if it may have any free port, because each would get
   * another.
   *
   * @param timerMillis how often the delay of each is measured
   */
  public static EventLoops start(ListenAddress address, int count, long timerMillis) {
    return new EventLoops(address.port() == 0 ? 1 : count, timerMillis);
  }

  /** Each loop, as what runs tasks on it. */
  public List<Executor> executors() {
    return loops.stream().map(EventLoops::executor).toList();
  }

  private static Executor executor(Context loop) {
    return task -> loop.runOnContext(ignored -> task.run());
  }

  /** What servers and timers are made with. */
  public Vertx vertx() {
    return vertx;
  }

  /**
   * Lets every loop serve an address: runs {@code listen} once on each, one after the other.
   *
   * @param what for messages: {@code port 8086 on 127.0.0.1}
   * @throws IOException if one fails
   */
  public void listenOnEach(String what, Supplier<Future<?>> listen)
      throws IOException, InterruptedException {
    for (Context loop : loops) {
      CompletableFuture<Object> done = new CompletableFuture<>();
      loop.runOnContext(ignored -> {
        try {
          listen
              .get()
              .onComplete(
                  result -> done.complete("listening"),
                  failure -> done.completeExceptionally(failure));
        } catch (RuntimeException e) {
          done.completeExceptionally(e);
        }
      });
      try {
        done.get(30, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw new IOException("cannot listen on " + what + ": " + reason(cause), cause);
      }
    }
  }

  private static String reason(Throwable cause) {
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  /** How late the timers fired since the last call of this method. */
  public Delay delay() {
    return read(unread);
  }

  /** How late the timers fired since the last call of this method, for reports. */
  public Delay recentDelay() {
    return read(unreported);
  }

  private synchronized Delay read(Histogram all) {
    for (SingleWriterRecorder recorder : recorders) {
      Histogram latest = recorder.getIntervalHistogram();
      unread.add(latest);
      unreported.add(latest);
    }
    Delay delay = of(all);
    all.reset();
    return delay;
  }

  private static Delay of(Histogram all) {
    return new Delay(
        all.getValueAtPercentile(50) / 1e6,
        all.getValueAtPercentile(99) / 1e6,
        all.getValueAtPercentile(99.9) / 1e6,
        all.getTotalCount() == 0 ? 0 : all.getMaxValue() / 1e6);
  }

  /** Closes all sockets and ends the threads. */
  @Override
  public void close() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // The threads are daemons; nothing depends on their end.
    }
  }
}
