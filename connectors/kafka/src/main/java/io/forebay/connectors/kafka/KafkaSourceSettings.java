package io.forebay.connectors.kafka;

import io.forebay.Schema;
import io.forebay.formats.MessageFormat;
import java.util.List;

/**
 * What a {@link KafkaSource} reads.
 *
 * @param group the consumer group, in which several engines share the partitions
 * @param fields the fields of the messages' values
 * @param more what else of a message becomes fields
 * @param fromBeginning where to begin in a partition for which the group has no offset: at its
 *     beginning, or at its end
 * @param stopAtEnd whether to read all partitions once, outside of the group, from their beginning
 *     to what is their end at the start
 */
public record KafkaSourceSettings(
    KafkaServers servers,
    List<String> topics,
    String group,
    MessageFormat format,
    Schema fields,
    MessageFields more,
    boolean fromBeginning,
    boolean stopAtEnd) {
  public KafkaSourceSettings {
    topics = List.copyOf(topics);
  }
}
