package io.forebay.connectors.kafka;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The progress of transactional sinks, in a compacted topic of one partition, written in the
 * transaction of the data. The key {@code id} holds {@code complete} or {@code running}, a space
 * and the pipeline; the key {@code id}, a line break and a partition's name holds its sequence and
 * its offset; a message without a value takes the partition back. Used by one thread.
 */
final class ProgressTopic {
  private static final Duration CALL = Duration.ofSeconds(15);
  private static final TopicPartition PARTITION =
      new TopicPartition(KafkaSinkSettings.PROGRESS_TOPIC, 0);

  private final String id;
  private final Map<String, Position> stored = new HashMap<>();

  ProgressTopic(String id) {
    this.id = id;
  }

  /** Makes the topic if it is missing. */
  static void create(Map<String, Object> properties) throws Exception {
    Map<String, Object> patient = new HashMap<>(properties);
    patient.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) CALL.toMillis());
    patient.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) CALL.toMillis());
    try (Admin admin = Admin.create(patient)) {
      if (exists(admin)) {
        return; // Then the right to make it is not needed.
      }
      NewTopic topic =
          new NewTopic(KafkaSinkSettings.PROGRESS_TOPIC, Optional.of(1), Optional.empty())
              .configs(
                  Map.of(
                      TopicConfig.CLEANUP_POLICY_CONFIG,
                      TopicConfig.CLEANUP_POLICY_COMPACT,
                      TopicConfig.SEGMENT_BYTES_CONFIG,
                      String.valueOf(16 << 20),
                      TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                      "0.1"));
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicAuthorizationException) {
        throw new TopicAuthorizationException(Set.of(KafkaSinkSettings.PROGRESS_TOPIC));
      }
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e.getCause() instanceof Exception cause ? cause : e;
      }
    }
  }

  private static boolean exists(Admin admin) throws Exception {
    try {
      admin.describeTopics(List.of(KafkaSinkSettings.PROGRESS_TOPIC)).allTopicNames().get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
  }

  /** What was committed last; empty where nothing was. Nobody else writes under this id by now. */
  Optional<Progress> read(Map<String, Object> properties) {
    Map<String, Object> reading = new HashMap<>(properties);
    reading.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    reading.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // The client asks for more behind the end, and does not close before that is answered.
    reading.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    stored.clear();
    String run = null;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(PARTITION));
      consumer.seekToBeginning(List.of(PARTITION));
      long end = consumer.endOffsets(List.of(PARTITION), CALL).getOrDefault(PARTITION, 0L);
      for (long at = consumer.position(PARTITION, CALL); at < end; ) {
        ConsumerRecords<byte[], byte[]> messages = consumer.poll(CALL);
        long now = consumer.position(PARTITION, CALL);
        if (now == at) {
          throw new TimeoutException("the progress could not be read to its end");
        }
        at = now;
        for (ConsumerRecord<byte[], byte[]> message : messages) {
          String key = new String(message.key(), StandardCharsets.UTF_8);
          String value =
              message.value() == null ? null : new String(message.value(), StandardCharsets.UTF_8);
          if (key.equals(id)) {
            run = value;
          } else if (key.startsWith(id + "\n")) {
            take(key.substring(id.length() + 1), value);
          }
        }
      }
    }
    if (run == null) {
      return Optional.empty();
    }
    int space = run.indexOf(' ');
    return Optional.of(
        new Progress(run.substring(space + 1), new Frontier(stored), run.startsWith("complete ")));
  }

  private void take(String partition, @Nullable String value) {
    if (value == null) {
      stored.remove(partition);
      return;
    }
    int space = value.indexOf(' ');
    stored.put(
        partition,
        new Position(
            Long.parseLong(value.substring(0, space)), Long.parseLong(value.substring(space + 1))));
  }

  /** The messages of a run that has delivered nothing yet. */
  List<ProducerRecord<byte[], byte[]>> begin(String pipeline) {
    List<ProducerRecord<byte[], byte[]>> messages = new ArrayList<>();
    messages.add(message(id, "running " + pipeline));
    stored.keySet().forEach(partition -> messages.add(message(id + "\n" + partition, null)));
    stored.clear();
    return messages;
  }

  /** The messages that store what has changed. */
  List<ProducerRecord<byte[], byte[]>> write(Progress progress) {
    List<ProducerRecord<byte[], byte[]>> messages = new ArrayList<>();
    messages.add(
        message(id, (progress.complete() ? "complete " : "running ") + progress.pipeline()));
    progress
        .frontier()
        .rows()
        .forEach((partition, position) -> {
          if (!position.equals(stored.put(partition, position))) {
            messages.add(
                message(id + "\n" + partition, position.sequence() + " " + position.offset()));
          }
        });
    return messages;
  }

  private static ProducerRecord<byte[], byte[]> message(String key, @Nullable String value) {
    return new ProducerRecord<>(
        KafkaSinkSettings.PROGRESS_TOPIC,
        0,
        key.getBytes(StandardCharsets.UTF_8),
        value == null ? null : value.getBytes(StandardCharsets.UTF_8));
  }
}
