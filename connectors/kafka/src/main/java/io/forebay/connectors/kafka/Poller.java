package io.forebay.connectors.kafka;

import io.forebay.SourceContext;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Polls, hands messages to the readers of their partitions, pauses those that have enough, and
 * commits what is delivered. Runs on one thread, which alone uses the consumer until {@link #run}
 * has returned; {@link #stop} may be called by any thread.
 *
 * <pre>
 *   poll ──► wanted ──► readers ──► engine
 *    ▲ wait for room                   │ acknowledged
 *    └────────────── commit ◄──────────┘
 * </pre>
 */
final class Poller implements Runnable {
  private static final System.Logger LOG = System.getLogger(Poller.class.getName());

  /**
   * How long the client waits if nothing happens. In between it is woken up by room in a partition;
   * the group's rebalances and what is to be committed wait for it at most that long.
   */
  private static final Duration IDLE = Duration.ofMillis(100);

  /** How long a partition may be without room before it is paused, which costs a fetch. */
  private static final Duration GRACE = Duration.ofMillis(2);

  private final KafkaServers servers;
  private final Consumer<byte[], byte[]> consumer;
  private final String name;
  private final ConsumerCalls calls;
  private final Room room;
  private final Partitions partitions;
  private final Reading reading;
  private final Connection connection;
  private volatile boolean ended;
  private volatile @Nullable Exception failure;

  /**
   * @param readers gets the reader of each partition, by name
   */
  Poller(
      KafkaSourceSettings settings,
      Consumer<byte[], byte[]> consumer,
      SourceContext context,
      Map<String, PartitionReader> readers) {
    this.servers = settings.servers();
    this.consumer = consumer;
    this.name = context.name();
    this.calls = new ConsumerCalls(consumer);
    this.room = new Room(consumer);
    this.partitions = new Partitions(settings, context, readers, room::again);
    this.reading =
        settings.stopAtEnd()
            ? new OnceThrough(settings.topics(), calls, context, partitions)
            : new GroupMember(settings, calls, context, partitions);
    this.connection = new Connection(consumer, servers.brokers(), context);
  }

  /** Asks it to end soon. */
  void stop() {
    calls.stop();
  }

  /** Why it has ended, if not because it was asked to or has read everything. */
  @Nullable Exception failure() {
    return failure;
  }

  @Override
  public void run() {
    try {
      connection.connecting();
      reading.begin();
      while (!isAsked() && !reading.isAtEnd()) {
        poll();
      }
      if (!isAsked()) {
        partitions.finish();
        check();
      }
    } catch (WakeupException e) {
      // Asked to stop.
    } catch (InterruptedException | InterruptException e) {
      if (!isAsked()) {
        failure = e;
      }
      Thread.currentThread().interrupt();
    } catch (KafkaException e) {
      failure = KafkaSource.failed(servers, e);
    } catch (Throwable e) { // Otherwise the source would seem to have come to its end.
      failure = e instanceof Exception exception ? exception : new IllegalStateException(e);
    } finally {
      partitions.interrupt();
      ended = true;
    }
  }

  private boolean isAsked() {
    return calls.isStopping() || partitions.areAsked();
  }

  private void poll() throws Exception {
    room.watch();
    partitions.pauseAndResume(consumer);
    boolean paused = !consumer.paused().isEmpty();
    ConsumerRecords<byte[], byte[]> messages;
    try {
      messages = fetch();
    } catch (OffsetOutOfRangeException e) {
      skipDeleted(e.offsetOutOfRangePartitions());
      return;
    }
    for (TopicPartition partition : messages.partitions()) {
      partitions.offer(partition, reading.wanted(partition, messages.records(partition)));
    }
    awaitRoom();
    check();
    reading.commit();
    if (messages.isEmpty() && !paused) {
      connection.quiet();
    } else {
      connection.busy();
    }
  }

  /** What has come; nothing if a partition has room again first. */
  private ConsumerRecords<byte[], byte[]> fetch() {
    try {
      return consumer.poll(room.beginPoll() ? IDLE : Duration.ZERO);
    } catch (WakeupException e) {
      if (calls.isStopping()) {
        throw e;
      }
      return ConsumerRecords.empty();
    } finally {
      room.endPoll();
    }
  }

  /** While no partition has room, there is nothing to poll for: waits a little for one. */
  private void awaitRoom() throws InterruptedException {
    room.watch();
    if (partitions.areFull()) {
      room.await(GRACE.toNanos());
    }
  }

  private void check() throws Exception {
    Exception broken = partitions.failure();
    if (broken != null) {
      throw broken;
    }
  }

  /** The broker has deleted what comes next: goes on at the oldest that there is. */
  private void skipDeleted(Map<TopicPartition, Long> wanted) {
    Map<TopicPartition, Long> oldest = calls.beginningOffsets(wanted.keySet());
    wanted.forEach((partition, offset) -> {
      long from = oldest.getOrDefault(partition, 0L);
      LOG.log(
          System.Logger.Level.WARNING,
          "source ''{0}'': the broker no longer has offset {1} of {2}; reading goes on at its"
              + " oldest, {3}: give the topic a longer retention",
          name,
          Long.toString(offset),
          Partitions.name(partition),
          Long.toString(from));
      consumer.seek(partition, from);
    });
  }

  /** Commits what was delivered meanwhile and leaves the group; {@link #run} has returned. */
  void close(Duration timeout) {
    if (!ended) {
      return; // It hangs in the client; the thread is a daemon.
    }
    try {
      reading.end();
    } finally {
      consumer.close(CloseOptions.timeout(timeout));
    }
  }
}
