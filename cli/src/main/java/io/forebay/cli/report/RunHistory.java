package io.forebay.cli.report;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.snapshot.PipelineSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How a pipeline got on: a snapshot four times a second at first. There are never more than a few
 * hundred: when there are, every second one goes, and they are taken half as often. A daemon thread
 * takes them; anybody may read them.
 */
public final class RunHistory implements AutoCloseable {
  private static final long FIRST_MILLIS = 250;
  private static final int MOST = 240;

  private final CountDownLatch closed = new CountDownLatch(1);

  @GuardedBy("this")
  private final List<PipelineSnapshot> taken = new ArrayList<>();

  @GuardedBy("this")
  private long everyMillis = FIRST_MILLIS;

  private RunHistory() {}

  /** Nothing is kept. */
  public static RunHistory none() {
    return new RunHistory();
  }

  /**
   * Keeps what {@code snapshots} gives, from now on until it is closed.
   *
   * @param trouble is told if that is not possible any more
   */
  public static RunHistory of(Supplier<PipelineSnapshot> snapshots, Consumer<String> trouble) {
    RunHistory history = new RunHistory();
    history.add(snapshots.get());
    Thread.ofPlatform()
        .daemon()
        .name("forebay-report")
        .start(
            AgentRunner.once(
                () -> history.take(snapshots),
                e -> trouble.accept("The report does not show what comes now (" + e + ").")));
    return history;
  }

  private void take(Supplier<PipelineSnapshot> snapshots) {
    try {
      while (!closed.await(every(), TimeUnit.MILLISECONDS)) {
        add(snapshots.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized long every() {
    return everyMillis;
  }

  synchronized void add(PipelineSnapshot snapshot) {
    taken.add(snapshot);
    if (taken.size() > MOST) {
      for (int i = taken.size() - 2; i > 0; i -= 2) {
        taken.remove(i);
      }
      everyMillis *= 2;
    }
  }

  /** What was taken, the first first. */
  synchronized List<PipelineSnapshot> taken() {
    return List.copyOf(taken);
  }

  /** Takes no more. */
  @Override
  public void close() {
    closed.countDown();
  }
}
