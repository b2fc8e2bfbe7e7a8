package io.forebay.connectors.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * The consumer's calls that wait for the brokers, for a limited time. {@link Room} may wake up the
 * client in the middle of one, which then is made again; {@link #stop} ends it with a {@link
 * WakeupException}, and may be called by any thread.
 */
final class ConsumerCalls {
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final Consumer<byte[], byte[]> consumer;
  private volatile boolean stopping;

  ConsumerCalls(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /** For calls that wait for nobody. */
  Consumer<byte[], byte[]> consumer() {
    return consumer;
  }

  void stop() {
    stopping = true;
    consumer.wakeup();
  }

  boolean isStopping() {
    return stopping;
  }

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

  /** What is committed for the group; no entry, or null, where nothing is. */
  Map<TopicPartition, OffsetAndMetadata> committed(Collection<TopicPartition> partitions) {
    return calling(() -> consumer.committed(Set.copyOf(partitions), LONGEST));
  }

  Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
    return calling(() -> consumer.beginningOffsets(partitions, LONGEST));
  }

  Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
    return calling(() -> consumer.endOffsets(partitions, LONGEST));
  }

  long position(TopicPartition partition) {
    return calling(() -> consumer.position(partition, LONGEST));
  }

  @Nullable List<PartitionInfo> partitionsOf(String topic) {
    return calling(() -> consumer.partitionsFor(topic, LONGEST));
  }

  /** Also while it stops. */
  void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    try {
      consumer.commitSync(offsets, LONGEST);
    } catch (WakeupException e) {
      // That was for the loop; a second one does not come.
      consumer.commitSync(offsets, LONGEST);
    }
  }
}
