package io.forebay.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.engine.Pipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns SIGINT, SIGTERM and SIGHUP into a drain, a second one into a stop, a third one into an end.
 * A handler of its own instead of a shutdown hook, because a hook cannot tell which signal came,
 * and the JVM would end with it when the hook returns.
 *
 * <p>The JVM calls {@link #received} on a thread for each signal; all state is guarded by {@code
 * this}.
 */
final class Signals implements AutoCloseable {
  /** The signals that ask to end, with their numbers on every Unix. */
  private enum Kind {
    HUP(1),
    INT(2),
    TERM(15);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  /** How far the pipeline is; before {@code STARTING} there is nothing to drain. */
  private enum State {
    PREPARING,
    STARTING,
    RUNNING
  }

  /** How much longer than the deadline a drain may take before the JVM is halted. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Duration deadline;
  private final List<Runnable> restore = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  @GuardedBy("this")
  private State state = State.PREPARING;

  @GuardedBy("this")
  private @Nullable Pipeline pipeline;

  @GuardedBy("this")
  private Consumer<String> say = sentence -> {};

  @GuardedBy("this")
  private @Nullable Kind first;

  @GuardedBy("this")
  private int count;

  /** Handles signals until {@link #close}: at first, a signal ends the JVM. */
  Signals(Duration deadline) {
    this.deadline = deadline;
    for (Kind kind : Kind.values()) {
      restore.add(SignalHandlers.handle(kind.name(), () -> received(kind)));
    }
  }

  /** From now on a signal waits until {@link #running}. */
  synchronized void starting() {
    state = State.STARTING;
  }

  /** From now on a signal drains the pipeline; {@code say} prints what is done about one. */
  synchronized void running(Pipeline pipeline, Consumer<String> say) {
    this.pipeline = pipeline;
    this.say = say;
    state = State.RUNNING;
    if (first != null) {
      drain(pipeline, first);
    }
  }

  /** The number of the first signal, or 0. */
  synchronized int first() {
    return first == null ? 0 : first.number;
  }

  private synchronized void received(Kind kind) {
    count++;
    if (first == null) {
      first = kind;
    }
    if (state == State.PREPARING) {
      // Nothing was read. Not from this thread: exit waits for hooks while this holds the lock.
      Thread.ofPlatform().start(() -> System.exit(ExitCode.SIGNAL + kind.number));
    } else if (count == 1 && pipeline != null) {
      drain(pipeline, kind);
    } else if (count == 2 && pipeline != null) {
      say.accept("SIG" + kind + ": stopping at once.");
      haltAfter(GRACE);
      pipeline.stop();
    } else if (count > 1) {
      Runtime.getRuntime().halt(ExitCode.DEADLINE);
    }
  }

  @GuardedBy("this")
  private void drain(Pipeline pipeline, Kind kind) {
    say.accept(
        "SIG"
            + kind
            + ": delivering what was read, within "
            + deadline.toSeconds()
            + " s; a second signal stops at once.");
    haltAfter(deadline.plus(GRACE));
    pipeline.drain(deadline);
  }

  /** The last resort, should the pipeline not end by itself. */
  private void haltAfter(Duration limit) {
    Thread.ofPlatform()
        .daemon()
        .name("forebay-deadline")
        .start(() -> {
          try {
            if (!closed.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
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
