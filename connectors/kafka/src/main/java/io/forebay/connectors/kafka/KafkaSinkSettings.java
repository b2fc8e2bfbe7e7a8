package io.forebay.connectors.kafka;

import java.util.Optional;

/**
 * Where a {@link KafkaSink} writes.
 *
 * @param key the field that is the message's key, as text; empty: no key
 * @param transactional whether records and progress are committed in a transaction
 * @param transactionalId the one writer of that identity; whoever comes later shuts out who was
 *     before
 */
public record KafkaSinkSettings(
    KafkaServers servers,
    String topic,
    Optional<String> key,
    boolean transactional,
    String transactionalId) {
  /** The topic with the progress of all transactional sinks of a cluster. */
  public static final String PROGRESS_TOPIC = "forebay-progress";

  String where() {
    return "the topic '" + topic + "' at " + servers.brokers();
  }
}
