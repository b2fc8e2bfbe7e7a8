package io.forebay.connectors.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The offsets of the group, which follow what is delivered: what was committed, and what may be.
 * Belongs to the thread that polls, which also runs the client's answers.
 */
final class GroupOffsets {
  private final ConsumerCalls calls;
  private final Map<TopicPartition, Long> committed = new HashMap<>();

  GroupOffsets(ConsumerCalls calls) {
    this.calls = calls;
  }

  /** The group has that offset; -1 for none. */
  void known(TopicPartition partition, long offset) {
    committed.put(partition, offset);
  }

  /** Commits offsets at which reading begins. */
  void pin(Map<TopicPartition, Long> starts) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    starts.forEach((partition, start) -> {
      committed.put(partition, start);
      offsets.put(partition, new OffsetAndMetadata(start));
    });
    calls.commit(offsets);
  }

  /** Commits what is delivered; if that fails it is tried again with the next one. */
  void commitSoon(Map<TopicPartition, PartitionReader> readers) {
    Map<TopicPartition, OffsetAndMetadata> offsets = committable(readers);
    if (offsets.isEmpty()) {
      return;
    }
    offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
    calls
        .consumer()
        .commitAsync(
            offsets,
            (of, e) -> {
              if (e != null) {
                of.forEach((partition, offset) -> committed.remove(partition, offset.offset()));
              }
            });
  }

  /** Commits what is delivered, and waits for it. */
  void commitNow(Map<TopicPartition, PartitionReader> readers) {
    Map<TopicPartition, OffsetAndMetadata> offsets = committable(readers);
    if (!offsets.isEmpty()) {
      calls.commit(offsets);
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> committable(
      Map<TopicPartition, PartitionReader> readers) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    readers.forEach((partition, reader) -> {
      long offset = reader.committable();
      if (offset > committed.getOrDefault(partition, -1L)) {
        offsets.put(partition, new OffsetAndMetadata(offset));
      }
    });
    return offsets;
  }
}
