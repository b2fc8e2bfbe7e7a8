package io.forebay.connectors.kafka;

import io.forebay.Position;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.forebay.formats.FormatLimits;
import io.forebay.formats.MessageFormats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Polls, hands messages to the readers of their partitions, pauses those that have enough, and
 * commits what is delivered. Runs on one thread, which alone uses the consumer until {@link #run}
 * has returned; {@link #stop} may be called by any thread.
 */
final class Poller implements Runnable, ConsumerRebalanceListener {
  private static final System.Logger LOG = System.getLogger(Poller.class.getName());

  /**
   * How long the client waits if nothing happens. In between it is woken up by room in a partition;
   * the group's rebalances and what is to be committed wait for it at most that long.
   */
  private static final Duration IDLE = Duration.ofMillis(100);

  /** How long a partition may be without room before it is paused, which costs a fetch. */
  private static final Duration GRACE = Duration.ofMillis(2);

  /** How long a partition that moves away may take to be delivered. */
  private static final Duration HANDOVER = Duration.ofSeconds(10);

  private static final Duration CALL = Duration.ofSeconds(10);

  private final KafkaSourceSettings settings;
  private final Consumer<byte[], byte[]> consumer;
  private final SourceContext context;
  private final Map<String, PartitionReader> readers;
  private final Map<TopicPartition, PartitionReader> active = new HashMap<>();

  /** What was committed for the group. */
  private final Map<TopicPartition, Long> committed = new HashMap<>();

  /** Where reading stops, with {@code stopAtEnd}. */
  private final Map<TopicPartition, Long> ends = new HashMap<>();

  private final Room room;
  private final @Nullable Metric connections;
  private @Nullable SourceState state;
  private volatile boolean stopping;
  private volatile boolean ended;
  private volatile @Nullable Exception failure;

  Poller(
      KafkaSourceSettings settings,
      Consumer<byte[], byte[]> consumer,
      SourceContext context,
      Map<String, PartitionReader> readers) {
    this.settings = settings;
    this.consumer = consumer;
    this.room = new Room(consumer);
    this.context = context;
    this.readers = readers;
    this.connections =
        consumer.metrics().entrySet().stream()
            .filter(entry ->
                entry.getKey().name().equals("connection-count")
                    && entry.getKey().group().equals("consumer-metrics"))
            .map(entry -> (Metric) entry.getValue())
            .findFirst()
            .orElse(null);
  }

  static String name(TopicPartition partition) {
    return partition.topic() + "-" + partition.partition();
  }

  /** Asks it to end soon. */
  void stop() {
    stopping = true;
    consumer.wakeup();
  }

  @Nullable Exception failure() {
    return failure;
  }

  @Override
  public void run() {
    try {
      tell(SourceState.CONNECTING, "to " + settings.servers().brokers());
      if (settings.stopAtEnd()) {
        assignAll();
      } else {
        consumer.subscribe(settings.topics(), this);
      }
      while (!stopping && !isAtEnd()) {
        poll();
      }
      if (!stopping) {
        active.values().forEach(PartitionReader::end);
        for (PartitionReader reader : active.values()) {
          reader.join();
        }
        check();
      }
    } catch (WakeupException e) {
      // Asked to stop.
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
    } catch (KafkaException e) {
      failure = KafkaSource.failed(settings.servers(), e);
    } catch (Exception e) {
      failure = e;
    } finally {
      endReaders();
      ended = true;
    }
  }

  /**
   * No reader hands in a record when the source has ended; also those whose partition has moved.
   */
  private void endReaders() {
    readers.values().forEach(PartitionReader::interrupt);
    try {
      for (PartitionReader reader : readers.values()) {
        reader.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void poll() throws Exception {
    room.watch();
    pauseAndResume();
    boolean paused = !consumer.paused().isEmpty();
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = fetch();
    } catch (OffsetOutOfRangeException e) {
      skipDeleted(e.offsetOutOfRangePartitions());
      return;
    }
    for (TopicPartition partition : records.partitions()) {
      PartitionReader reader = active.get(partition);
      if (reader != null) {
        reader.offer(beforeEnd(partition, records.records(partition)));
      }
    }
    awaitRoom();
    check();
    if (!settings.stopAtEnd()) {
      commitDelivered();
    }
    if (records.isEmpty() && !paused) {
      boolean connected =
          connections == null || !Double.valueOf(0).equals(connections.metricValue());
      if (!connected) {
        tell(
            SourceState.DISCONNECTED,
            "no broker of " + settings.servers().brokers() + " answers: " + KafkaReason.NO_ANSWER);
      } else if (!consumer.assignment().isEmpty()) {
        tell(SourceState.IDLE, "");
      }
    } else {
      tell(SourceState.CONNECTED, "");
    }
  }

  /** What has come; nothing if a partition has room again first. */
  private ConsumerRecords<byte[], byte[]> fetch() {
    try {
      return consumer.poll(room.beginPoll() ? IDLE : Duration.ZERO);
    } catch (WakeupException e) {
      if (stopping) {
        throw e;
      }
      return ConsumerRecords.empty();
    } finally {
      room.endPoll();
    }
  }

  /** Makes a call again in the middle of which a partition had room again. */
  private <T> T calling(Supplier<T> call) {
    try {
      return call.get();
    } catch (WakeupException e) {
      if (stopping) {
        throw e;
      }
      return call.get();
    }
  }

  private void tell(SourceState now, String detail) {
    if (now != state) {
      state = now;
      context.state(now, detail);
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> beforeEnd(
      TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    Long end = ends.get(partition);
    return end == null || records.getLast().offset() < end
        ? records
        : records.stream().filter(record -> record.offset() < end).toList();
  }

  /** While no partition has room, there is nothing to poll for: waits a little for one. */
  private void awaitRoom() throws InterruptedException {
    room.watch();
    if (!active.isEmpty() && active.values().stream().allMatch(PartitionReader::isFull)) {
      room.await(GRACE.toNanos());
    }
  }

  private void pauseAndResume() {
    List<TopicPartition> pause = new ArrayList<>();
    List<TopicPartition> resume = new ArrayList<>();
    Set<TopicPartition> paused = consumer.paused();
    active.forEach((partition, reader) -> {
      boolean full = reader.isFull();
      if (full != paused.contains(partition)) {
        (full ? pause : resume).add(partition);
      }
    });
    consumer.pause(pause);
    consumer.resume(resume);
  }

  private void check() throws Exception {
    for (PartitionReader reader : active.values()) {
      Exception broken = reader.failure();
      if (broken != null) {
        throw broken;
      }
      stopping |= reader.isAsked();
    }
  }

  private void commitDelivered() {
    Map<TopicPartition, OffsetAndMetadata> offsets = committable(active.keySet());
    if (!offsets.isEmpty()) {
      offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
      consumer.commitAsync(
          offsets,
          (of, e) -> {
            if (e != null) {
              of.forEach((partition, offset) -> committed.remove(partition, offset.offset()));
            }
          });
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> committable(Collection<TopicPartition> of) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (TopicPartition partition : of) {
      PartitionReader reader = active.get(partition);
      long offset = reader == null ? -1 : reader.committable();
      if (offset > committed.getOrDefault(partition, -1L)) {
        offsets.put(partition, new OffsetAndMetadata(offset));
      }
    }
    return offsets;
  }

  // ------------------------------------------------------------------ partitions

  private void begin(TopicPartition partition) {
    String name = name(partition);
    PartitionReader reader =
        readers.computeIfAbsent(
            name,
            key ->
                new PartitionReader(
                    context.partition(key),
                    MessageFormats.decoder(
                        settings.format(),
                        settings.fields(),
                        FormatLimits.DEFAULT,
                        context.replacedColumns()),
                    settings.more(),
                    context.resumeFrom(key),
                    room::again));
    active.put(partition, reader);
    reader.start("forebay-" + context.name() + "-" + name);
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> group =
        calling(() -> consumer.committed(Set.copyOf(partitions), CALL));
    List<TopicPartition> unknown = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      Position resume = context.resumeFrom(name(partition));
      OffsetAndMetadata offset = group.get(partition);
      long before = offset == null ? -1 : offset.offset();
      long to = Math.max(resume.sequence() > 0 ? resume.offset() : -1, before);
      if (to >= 0) {
        consumer.seek(partition, to);
        committed.put(partition, before);
      } else {
        unknown.add(partition);
      }
    }
    pinStart(unknown);
    partitions.forEach(this::begin);
  }

  /** Commits where reading begins: what is the end now will not be skipped by a later run. */
  private void pinStart(List<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    Map<TopicPartition, Long> starts =
        settings.fromBeginning()
            ? calling(() -> consumer.beginningOffsets(partitions, CALL))
            : calling(() -> consumer.endOffsets(partitions, CALL));
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    starts.forEach((partition, start) -> {
      consumer.seek(partition, start);
      committed.put(partition, start);
      offsets.put(partition, new OffsetAndMetadata(start));
    });
    commitSync(offsets);
  }

  private void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
    try {
      consumer.commitSync(offsets, CALL);
    } catch (WakeupException e) {
      // That was for the loop; a second one does not come.
      consumer.commitSync(offsets, CALL);
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    List<PartitionReader> leaving =
        partitions.stream().map(active::get).filter(reader -> reader != null).toList();
    leaving.forEach(PartitionReader::stop);
    boolean delivered = true;
    try {
      for (PartitionReader reader : leaving) {
        delivered &= !stopping && reader.awaitAcknowledged(HANDOVER.toNanos());
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    if (!delivered && !stopping) {
      LOG.log(
          System.Logger.Level.WARNING,
          "source ''{0}'': partitions {1} move to another member of the group before all that was"
              + " read of them is delivered: it is delivered there again",
          context.name(),
          partitions);
    }
    commitNow(partitions);
    partitions.forEach(active::remove);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      PartitionReader reader = active.remove(partition);
      if (reader != null) {
        reader.stop();
      }
    }
  }

  private void commitNow(Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = committable(partitions);
    if (offsets.isEmpty()) {
      return;
    }
    try {
      commitSync(offsets);
    } catch (CommitFailedException | RetriableException | RebalanceInProgressException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "source ''{0}'': the group''s offsets could not be committed ({1}); what is behind them"
              + " may be delivered again",
          context.name(),
          e.getMessage());
    }
  }

  /** The broker has deleted what comes next: goes on at the oldest that there is. */
  private void skipDeleted(Map<TopicPartition, Long> partitions) {
    Map<TopicPartition, Long> oldest =
        calling(() -> consumer.beginningOffsets(partitions.keySet(), CALL));
    partitions.forEach((partition, wanted) -> {
      long from = oldest.getOrDefault(partition, 0L);
      LOG.log(
          System.Logger.Level.WARNING,
          "source ''{0}'': the broker no longer has offset {1} of {2}; reading goes on at its"
              + " oldest, {3}: give the topic a longer retention",
          context.name(),
          Long.toString(wanted),
          name(partition),
          Long.toString(from));
      consumer.seek(partition, from);
    });
  }

  private void assignAll() {
    List<TopicPartition> all = new ArrayList<>();
    for (String topic : settings.topics()) {
      List<PartitionInfo> partitions = consumer.partitionsFor(topic, CALL);
      if (partitions == null || partitions.isEmpty()) {
        throw new KafkaException("there is no topic '" + topic + "'");
      }
      partitions.forEach(each -> all.add(new TopicPartition(topic, each.partition())));
    }
    consumer.assign(all);
    ends.putAll(consumer.endOffsets(all, CALL));
    for (TopicPartition partition : all) {
      Position resume = context.resumeFrom(name(partition));
      if (resume.sequence() > 0) {
        consumer.seek(partition, resume.offset());
      } else {
        consumer.seekToBeginning(List.of(partition));
      }
      begin(partition);
    }
  }

  private boolean isAtEnd() {
    if (!settings.stopAtEnd()) {
      return false;
    }
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      if (calling(() -> consumer.position(end.getKey(), CALL)) < end.getValue()) {
        return false;
      }
    }
    return true;
  }

  /** Commits what was delivered meanwhile and leaves the group; {@link #run} has returned. */
  void close(Duration timeout) {
    if (!ended) {
      return; // It hangs in the client; the thread is a daemon.
    }
    try {
      if (!settings.stopAtEnd()) {
        commitNow(List.copyOf(active.keySet()));
      }
    } finally {
      active.clear();
      consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(timeout));
    }
  }
}
