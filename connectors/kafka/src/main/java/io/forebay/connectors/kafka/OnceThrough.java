package io.forebay.connectors.kafka;

import io.forebay.Position;
import io.forebay.SourceContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads all partitions, outside of the group, from their beginning, or from where the outputs are,
 * to what is their end at the start.
 */
final class OnceThrough implements Reading {
  private final List<String> topics;
  private final ConsumerCalls calls;
  private final SourceContext context;
  private final Partitions partitions;
  private final Map<TopicPartition, Long> ends = new HashMap<>();

  OnceThrough(
      List<String> topics, ConsumerCalls calls, SourceContext context, Partitions partitions) {
    this.topics = topics;
    this.calls = calls;
    this.context = context;
    this.partitions = partitions;
  }

  @Override
  public void begin() {
    List<TopicPartition> all = new ArrayList<>();
    for (String topic : topics) {
      List<PartitionInfo> infos = calls.partitionsOf(topic);
      if (infos == null || infos.isEmpty()) {
        throw new KafkaException("there is no topic '" + topic + "'");
      }
      infos.forEach(each -> all.add(new TopicPartition(topic, each.partition())));
    }
    calls.consumer().assign(all);
    ends.putAll(calls.endOffsets(all));
    for (TopicPartition partition : all) {
      Position resume = context.resumeFrom(Partitions.name(partition));
      if (resume.sequence() > 0) {
        calls.consumer().seek(partition, resume.offset());
      } else {
        calls.consumer().seekToBeginning(List.of(partition));
      }
      partitions.begin(partition);
    }
  }

  @Override
  public boolean isAtEnd() {
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      if (calls.position(end.getKey()) < end.getValue()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public List<ConsumerRecord<byte[], byte[]>> wanted(
      TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> messages) {
    Long end = ends.get(partition);
    return end == null || messages.getLast().offset() < end
        ? messages
        : messages.stream().filter(message -> message.offset() < end).toList();
  }

  /** There is no group that would have offsets. */
  @Override
  public void commit() {}

  @Override
  public void end() {}
}
