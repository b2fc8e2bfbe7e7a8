package io.forebay.connectors.net;

import io.forebay.SourceContext;
import io.forebay.formats.MessageFormat;
import io.forebay.internal.concurrent.AgentRunner;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The lanes of a source and their threads; used by the source's thread. */
final class Lanes {
  /** The same on every machine, because the names of partitions are kept with the data. */
  static final int COUNT = 4;

  /** For handing in what was received; the engine interrupts when it does not wait so long. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final List<Lane> lanes = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();

  private Lanes() {}

  static Lanes start(SourceContext context, NetSettings settings) {
    Lanes started = new Lanes();
    for (int i = 0; i < COUNT; i++) {
      String partition = String.valueOf(i);
      Lane lane =
          new Lane(
              new LaneRecords(context.partition(partition), context.resumeFrom(partition)),
              settings.decoder(context.replacedColumns()),
              settings.format() == MessageFormat.JSON || settings.format() == MessageFormat.NUMBER);
      started.lanes.add(lane);
    }
    for (int i = 0; i < COUNT; i++) {
      Lane lane = started.lanes.get(i);
      started.threads.add(
          Thread.ofVirtual()
              .name("forebay-" + context.name() + "-lane-" + i)
              .start(AgentRunner.once(lane::run, started.failure::completeExceptionally)));
    }
    return started;
  }

  List<Lane> all() {
    return lanes;
  }

  /** Waits until a lane breaks, which is never, or until the thread is interrupted. */
  void awaitFailure(Runnable report) throws IOException, InterruptedException {
    Reports.until(failure, "received lines could not be handed in", report);
  }

  /** Lets the lanes hand in what was received, as long as the engine waits. */
  void finish() {
    lanes.forEach(Lane::finish);
    threads.forEach(Lanes::finish);
  }

  /** Waits until the thread has handed in what was received, as long as the engine waits. */
  static void finish(Thread thread) {
    boolean interrupted = Thread.interrupted();
    try {
      if (!thread.join(PATIENCE)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      thread.interrupt();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
