package io.forebay.connectors.kafka;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
}
