package io.forebay.connectors.kafka;

import io.forebay.RecordWriter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Sets the {@link MessageFields} of messages: which columns they are is looked up once, not for
 * each message. Used by one thread.
 */
final class MessageColumns {
  private static final int NONE = -1;

  private final int key;
  private final int topic;
  private final int timestamp;
  private final String[] headers;
  private final int firstHeader;

  /**
   * @param first the column of the first of these fields
   */
  MessageColumns(MessageFields fields, int first) {
    int column = first;
    key = fields.key().isPresent() ? column++ : NONE;
    topic = fields.topic().isPresent() ? column++ : NONE;
    timestamp = fields.timestamp().isPresent() ? column++ : NONE;
    headers = fields.headers().keySet().toArray(String[]::new);
    firstHeader = column;
  }

  void set(RecordWriter writer, ConsumerRecord<byte[], byte[]> message) {
    if (key != NONE) {
      setText(writer, key, message.key());
    }
    if (topic != NONE) {
      writer.setString(topic, message.topic());
    }
    if (timestamp != NONE) {
      writer.setLong(timestamp, message.timestamp());
    }
    for (int i = 0; i < headers.length; i++) {
      Header header = message.headers().lastHeader(headers[i]);
      setText(writer, firstHeader + i, header == null ? null : header.value());
    }
  }

  private static void setText(RecordWriter writer, int column, byte @Nullable [] utf8) {
    if (utf8 == null) {
      writer.setNull(column);
    } else {
      // Bytes that are no UTF-8 become U+FFFD.
      writer.setString(column, new String(utf8, StandardCharsets.UTF_8));
    }
  }
}
