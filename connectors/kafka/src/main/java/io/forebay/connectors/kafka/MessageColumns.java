package io.forebay.connectors.kafka;

import io.forebay.RecordWriter;
import io.forebay.columns.ColumnType;
import io.forebay.columns.TimestampRange;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
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

  /** Sets the columns; returns why they cannot hold what the message has, or an empty text. */
  String set(RecordWriter writer, ConsumerRecord<byte[], byte[]> message) {
    if (key != NONE && !setText(writer, key, message.key())) {
      return "the message's key is no UTF-8, and keyField keeps it as text";
    }
    if (topic != NONE) {
      writer.setString(topic, message.topic());
    }
    if (timestamp != NONE) {
      long time = message.timestamp();
      if (time == ConsumerRecord.NO_TIMESTAMP) {
        return "the message has no timestamp, and timestampField asks for one";
      }
      if (!TimestampRange.contains(ColumnType.TIMESTAMP_MS, time)) {
        return "the message's timestamp " + TimestampRange.problem(ColumnType.TIMESTAMP_MS, time);
      }
      writer.setLong(timestamp, time);
    }
    for (int i = 0; i < headers.length; i++) {
      Header header = message.headers().lastHeader(headers[i]);
      if (!setText(writer, firstHeader + i, header == null ? null : header.value())) {
        return "the message's header '" + headers[i] + "' is no UTF-8, and its field is text";
      }
    }
    return "";
  }

  /** Returns false if the bytes are no UTF-8, of which a text would be another one. */
  private static boolean setText(RecordWriter writer, int column, byte @Nullable [] utf8) {
    if (utf8 == null) {
      writer.setNull(column);
      return true;
    }
    try {
      writer.setString(
          column, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
