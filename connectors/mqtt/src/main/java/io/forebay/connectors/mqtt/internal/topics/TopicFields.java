package io.forebay.connectors.mqtt.internal.topics;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The fields that do not come from the payload: named levels of the topic, the whole topic, the
 * time of reception. They stand behind the payload's. Used by the reading thread.
 */
public final class TopicFields {
  /**
   * The values of the named levels of a topic.
   *
   * @param utf8 empty for a level that the topic does not have
   */
  private record Values(boolean matched, List<Optional<byte[]>> utf8) {}

  /** So many topics are remembered with their values; then they are found anew. */
  private static final int REMEMBERED = 16_384;

  private final List<TopicPattern> patterns;
  private final List<Field> fields = new ArrayList<>();
  private final List<String> levels;
  private final boolean wholeTopic;
  private final boolean arrival;
  private final InstantSource clock;
  private final Map<String, Values> remembered = new HashMap<>();
  private int first;

  /**
   * @param topicField the name of the field that holds the whole topic
   * @param arrivalField the name of the field that holds when the message came
   */
  public TopicFields(
      List<TopicPattern> patterns,
      Optional<String> topicField,
      Optional<String> arrivalField,
      InstantSource clock) {
    this.patterns = List.copyOf(patterns);
    Set<String> names = new LinkedHashSet<>();
    Set<String> everywhere = new HashSet<>(patterns.getFirst().names());
    for (TopicPattern pattern : patterns) {
      names.addAll(pattern.names());
      everywhere.retainAll(pattern.names());
    }
    this.levels = List.copyOf(names);
    for (String name : levels) {
      fields.add(new Field(name, ColumnType.STRING, !everywhere.contains(name)));
    }
    topicField.ifPresent(name -> fields.add(Field.of(name, ColumnType.STRING)));
    arrivalField.ifPresent(name -> fields.add(Field.of(name, ColumnType.TIMESTAMP_MS)));
    this.wholeTopic = topicField.isPresent();
    this.arrival = arrivalField.isPresent();
    this.clock = clock;
  }

  /**
   * The schema of records whose payload has these fields.
   *
   * @throws ConfigurationException if a field comes from both
   */
  public Schema behind(Schema payload) {
    List<Field> all = new ArrayList<>(payload.fields());
    first = all.size();
    for (Field field : fields) {
      if (payload.has(field.name())) {
        throw new ConfigurationException(
            "the field '"
                + field.name()
                + "' comes from the payload and from the topic: rename one of them");
      }
      all.add(field);
    }
    return Schema.of(all);
  }

  public Set<String> names() {
    Set<String> names = new HashSet<>();
    fields.forEach(field -> names.add(field.name()));
    return names;
  }

  /**
   * Sets the fields of a record that came by this topic. Returns false if none of the patterns
   * matches it.
   */
  public boolean set(String topic, RecordWriter writer) {
    Values values = remembered.get(topic);
    if (values == null) {
      if (remembered.size() >= REMEMBERED) {
        remembered.clear();
      }
      values = find(topic);
      remembered.put(topic, values);
    }
    int column = first;
    for (Optional<byte[]> value : values.utf8()) {
      if (value.isPresent()) {
        writer.setString(column, value.get(), 0, value.get().length);
      }
      column++;
    }
    if (wholeTopic) {
      writer.setString(column++, topic);
    }
    if (arrival) {
      writer.setLong(column, clock.millis());
    }
    return values.matched();
  }

  private Values find(String topic) {
    for (TopicPattern pattern : patterns) {
      String[] found = pattern.match(topic);
      if (found != null) {
        List<Optional<byte[]>> values = new ArrayList<>();
        for (String level : levels) {
          int index = pattern.names().indexOf(level);
          values.add(
              index < 0
                  ? Optional.empty()
                  : Optional.of(found[index].getBytes(StandardCharsets.UTF_8)));
        }
        return new Values(true, values);
      }
    }
    return new Values(false, List.of());
  }
}
