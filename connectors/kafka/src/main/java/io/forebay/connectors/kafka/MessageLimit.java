package io.forebay.connectors.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/**
 * How large a message may be: a broker that refuses one spoils the transaction, so what is certain
 * to be refused is not sent. The topic's limit counts for the compressed message. Used by one
 * thread.
 */
final class MessageLimit {
  /** The most that the sink's producers send, in one request. */
  static final int MOST_BYTES = 16 << 20;

  /** What a request has around the message, at most, with some room. */
  private static final int AROUND = 512;

  private static final int PATIENCE_MILLIS = 5_000;

  /** As the sink's producers compress. */
  private static final String COMPRESSION = "lz4";

  private final long topicBytes;
  private final boolean compressed;

  private MessageLimit(long topicBytes, boolean compressed) {
    this.topicBytes = topicBytes;
    this.compressed = compressed;
  }

  /** Asks the brokers; without an answer, or the right to ask, the topic's limit is not known. */
  static MessageLimit of(Map<String, Object> properties, String topic) {
    Map<String, Object> impatient = new HashMap<>(properties);
    impatient.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    impatient.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = Admin.create(impatient)) {
      Config config =
          admin
              .describeConfigs(List.of(resource))
              .all()
              .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
              .get(resource);
      return config == null ? unknown() : of(config);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      return unknown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unknown();
    }
  }

  private static MessageLimit of(Config config) {
    ConfigEntry most = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    ConfigEntry type = config.get(TopicConfig.COMPRESSION_TYPE_CONFIG);
    if (most == null || most.value() == null || type == null) {
      return unknown();
    }
    return switch (String.valueOf(type.value())) {
      case "producer", COMPRESSION -> new MessageLimit(Long.parseLong(most.value()), true);
      case "uncompressed" -> new MessageLimit(Long.parseLong(most.value()), false);
      default -> unknown(); // How the broker compresses it, it alone knows.
    };
  }

  static MessageLimit unknown() {
    return new MessageLimit(Long.MAX_VALUE, false);
  }

  /** Why the message is not sent; empty if it may be taken. */
  Optional<String> refuses(byte @Nullable [] key, byte[] value) {
    long plain = (key == null ? 0L : key.length) + value.length;
    if (plain > MOST_BYTES - AROUND) {
      return Optional.of(
          "the message has " + plain + " bytes, and this sink sends " + MOST_BYTES + " at most");
    }
    if (plain <= topicBytes - AROUND) {
      return Optional.empty();
    }
    Compression kind = compressed ? Compression.of(COMPRESSION).build() : Compression.NONE;
    int size = MemoryRecords.withRecords(kind, new SimpleRecord(0, key, value)).sizeInBytes();
    return size <= topicBytes
        ? Optional.empty()
        : Optional.of(
            "the message has "
                + size
                + " bytes"
                + (compressed ? " when it is compressed" : "")
                + ", and the topic takes "
                + topicBytes
                + "; raise its max.message.bytes");
  }
}
