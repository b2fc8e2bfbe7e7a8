package io.forebay.connectors.net;

import io.forebay.SourceContext;
import io.forebay.formats.api.MessageFormat;
import io.forebay.internal.concurrent.AgentRunner;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The partitions of a source and their threads; used by the source's thread. */
final class LinePartitions {
  /** The same on every machine, because the names of partitions are kept with the data. */
  static final int COUNT = 4;

  /** For handing in what was received; the engine interrupts when it does not wait so long. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final List<LinePartition> partitions = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();

  private LinePartitions() {}

  static LinePartitions start(SourceContext context, NetSettings settings) {
    LinePartitions started = new LinePartitions();
    for (int i = 0; i < COUNT; i++) {
      String name = String.valueOf(i);
      LinePartition partition =
          new LinePartition(
              new PartitionRecords(context.partition(name), context.resumeFrom(name)),
              settings.decoder(context.replacedColumns()),
              settings.format() == MessageFormat.JSON || settings.format() == MessageFormat.NUMBER);
      started.partitions.add(partition);
    }
    for (int i = 0; i < COUNT; i++) {
      LinePartition partition = started.partitions.get(i);
      started.threads.add(
          Thread.ofVirtual()
              .name("forebay-" + context.name() + "-partition-" + i)
              .start(AgentRunner.once(partition::run, started.failure::completeExceptionally)));
    }
    return started;
  }

  List<LinePartition> all() {
    return partitions;
  }

  /** Waits until a partition breaks, which is never, or until the thread is interrupted. */
  void awaitFailure(Runnable report) throws IOException, InterruptedException {
    Reports.until(failure, "received lines could not be handed in", report);
  }

  /** Lets the partitions hand in what was received, as long as the engine waits. */
  void finish() {
    partitions.forEach(LinePartition::finish);
    threads.forEach(LinePartitions::finish);
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
