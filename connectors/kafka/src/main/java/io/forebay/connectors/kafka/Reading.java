package io.forebay.connectors.kafka;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Which partitions are read, from where to where. Belongs to the thread that polls. */
sealed interface Reading permits GroupMember, OnceThrough {
  void begin();

  /** Whether there is nothing left to read, ever. */
  boolean isAtEnd();

  /** Those of the fetched messages that are to be read. */
  List<ConsumerRecord<byte[], byte[]>> wanted(
      TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> messages);

  /** Tells the brokers what is delivered by now, without waiting. */
  void commit();

  /** The same for the last time. */
  void end();
}
