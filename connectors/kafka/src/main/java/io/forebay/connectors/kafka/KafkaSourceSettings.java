package io.forebay.connectors.kafka;

import io.forebay.Schema;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.CsvHeaders;
import io.forebay.formats.api.MessageFormat;
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
 * @param headers how the header rows of CSV are treated
 */
public record KafkaSourceSettings(
    KafkaServers servers,
    List<String> topics,
    String group,
    MessageFormat format,
    Schema fields,
    MessageFields more,
    boolean fromBeginning,
    boolean stopAtEnd,
    CsvHeaders headers) {
  /** With {@link CsvHeaderRow#AUTO}. */
  public KafkaSourceSettings(
      KafkaServers servers,
      List<String> topics,
      String group,
      MessageFormat format,
      Schema fields,
      MessageFields more,
      boolean fromBeginning,
      boolean stopAtEnd) {
    this(
        servers,
        topics,
        group,
        format,
        fields,
        more,
        fromBeginning,
        stopAtEnd,
        CsvHeaders.of(CsvHeaderRow.AUTO));
  }

  public KafkaSourceSettings {
    // One that is named twice is read once.
    topics = topics.stream().distinct().toList();
  }
}
