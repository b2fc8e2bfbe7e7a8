package io.forebay.connectors.kafka;

import io.forebay.SourceContext;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.api.FormatLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that are read now, each with its reader. Belongs to the thread that polls.
 *
 * <p>A partition that has left and comes again gets the reader that it had.
 */
final class Partitions {
  private final KafkaSourceSettings settings;
  private final SourceContext context;

  /** All there ever were, by name; shared with the thread that acknowledges. */
  private final Map<String, PartitionReader> readers;

  private final Runnable roomAgain;
  private final Map<TopicPartition, PartitionReader> active = new HashMap<>();

  Partitions(
      KafkaSourceSettings settings,
      SourceContext context,
      Map<String, PartitionReader> readers,
      Runnable roomAgain) {
    this.settings = settings;
    this.context = context;
    this.readers = readers;
    this.roomAgain = roomAgain;
  }

  /** The partition's name in the engine. */
  static String name(TopicPartition partition) {
    return partition.topic() + "-" + partition.partition();
  }

  void begin(TopicPartition partition) {
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
                        context.replacedColumns(),
                        settings.headers()),
                    settings.more(),
                    context.resumeFrom(key),
                    roomAgain));
    active.put(partition, reader);
    reader.start("forebay-" + context.name() + "-" + name);
  }

  /** The readers of those that are read now. */
  Map<TopicPartition, PartitionReader> of(Collection<TopicPartition> partitions) {
    Map<TopicPartition, PartitionReader> found = new HashMap<>(active);
    found.keySet().retainAll(partitions);
    return found;
  }

  Map<TopicPartition, PartitionReader> all() {
    return active;
  }

  void remove(Collection<TopicPartition> partitions) {
    partitions.forEach(active::remove);
  }

  void offer(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> messages) {
    PartitionReader reader = active.get(partition);
    if (reader != null) {
      reader.offer(messages);
    }
  }

  /** Whether there are some, and none has room. */
  boolean areFull() {
    return !active.isEmpty() && active.values().stream().allMatch(PartitionReader::isFull);
  }

  /** Has the client fetch for those that have room, and for no others. */
  void pauseAndResume(Consumer<?, ?> consumer) {
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

  /** What has gone wrong with one of them. */
  @Nullable Exception failure() {
    for (PartitionReader reader : active.values()) {
      Exception failure = reader.failure();
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  /** Whether the engine has asked the source to stop. */
  boolean areAsked() {
    return active.values().stream().anyMatch(PartitionReader::isAsked);
  }

  /** Everything was read: waits until it is decoded. */
  void finish() throws InterruptedException {
    active.values().forEach(PartitionReader::end);
    for (PartitionReader reader : active.values()) {
      reader.join();
    }
  }

  /** No reader hands in a record any more; also those whose partition has moved. */
  void interrupt() {
    readers.values().forEach(PartitionReader::interrupt);
    try {
      for (PartitionReader reader : readers.values()) {
        reader.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
