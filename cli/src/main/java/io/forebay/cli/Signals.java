package io.forebay.cli;

import io.forebay.engine.Pipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Turns SIGINT and SIGTERM into a drain, a second one into a stop, a third one into an end. A
 * handler of its own instead of a shutdown hook, because a hook cannot tell which signal came, and
 * the JVM would end with it when the hook returns.
 *
 * <p>The JVM calls {@link #received} on a thread for each signal.
 */
final class Signals implements AutoCloseable {
  /** The signals that ask to end, with their numbers on every Unix. */
  private enum Kind {
    INT(2),
    TERM(15);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  /** How much longer than the deadline a drain may take before the JVM is halted. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Pipeline pipeline;
  private final Duration deadline;
  private final Consumer<String> say;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger first = new AtomicInteger();
  private final List<Runnable> restore = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Handles signals until {@link #close}; {@code say} prints what is done about one. */
  Signals(Pipeline pipeline, Duration deadline, Consumer<String> say) {
    this.pipeline = pipeline;
    this.deadline = deadline;
    this.say = say;
    for (Kind kind : Kind.values()) {
      restore.add(SignalHandlers.handle(kind.name(), () -> received(kind)));
    }
  }

  /** The number of the first signal, or 0. */
  int first() {
    return first.get();
  }

  private void received(Kind kind) {
    switch (count.incrementAndGet()) {
      case 1 -> {
        first.set(kind.number);
        say.accept(
            "SIG"
                + kind
                + ": delivering what was read, within "
                + deadline.toSeconds()
                + " s; a second signal stops at once.");
        pipeline.drain(deadline);
        haltAfter(deadline.plus(GRACE));
      }
      case 2 -> {
        say.accept("SIG" + kind + ": stopping at once.");
        pipeline.stop();
        haltAfter(GRACE);
      }
      default -> Runtime.getRuntime().halt(ExitCode.DEADLINE);
    }
  }

  /** The last resort, should the pipeline not end by itself. */
  private void haltAfter(Duration limit) {
    Thread.ofPlatform()
        .daemon()
        .name("forebay-deadline")
        .start(() -> {
          try {
            if (!closed.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
              say.accept("The pipeline did not end within its deadline: it is cut off.");
              Runtime.getRuntime().halt(ExitCode.DEADLINE);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  @Override
  public void close() {
    closed.countDown();
    restore.forEach(Runnable::run);
  }
}
