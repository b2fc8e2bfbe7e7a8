package io.forebay.connectors.kafka;

import io.forebay.ColumnType;
import io.forebay.Field;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What of a message, besides its value, becomes fields.
 *
 * @param key the field with the message's key, as text
 * @param topic the field with the topic
 * @param timestamp the field with the message's timestamp, in milliseconds
 * @param headers for each header the field with its last value, as text
 */
public record MessageFields(
    Optional<String> key,
    Optional<String> topic,
    Optional<String> timestamp,
    Map<String, String> headers) {
  /** Nothing. */
  public static final MessageFields NONE =
      new MessageFields(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

  public MessageFields {
    headers = Collections.unmodifiableMap(new TreeMap<>(headers));
  }

  /** {@code fields} with these behind them. */
  Schema behind(Schema fields) {
    List<Field> all = new ArrayList<>(fields.fields());
    key.ifPresent(name -> all.add(Field.nullable(name, ColumnType.STRING)));
    topic.ifPresent(name -> all.add(Field.of(name, ColumnType.STRING)));
    timestamp.ifPresent(name -> all.add(Field.of(name, ColumnType.TIMESTAMP_MS)));
    headers.values().forEach(name -> all.add(Field.nullable(name, ColumnType.STRING)));
    return Schema.of(all);
  }

  /** Sets these fields of the message, from column {@code first} on. */
  void set(RecordWriter writer, int first, ConsumerRecord<byte[], byte[]> message) {
    int column = first;
    if (key.isPresent()) {
      setText(writer, column++, message.key());
    }
    if (topic.isPresent()) {
      writer.setString(column++, message.topic());
    }
    if (timestamp.isPresent()) {
      writer.setLong(column++, message.timestamp());
    }
    for (String name : headers.keySet()) {
      Header header = message.headers().lastHeader(name);
      setText(writer, column++, header == null ? null : header.value());
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
