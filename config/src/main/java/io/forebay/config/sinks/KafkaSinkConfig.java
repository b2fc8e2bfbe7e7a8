package io.forebay.config.sinks;

import io.forebay.Sink;
import io.forebay.config.secrets.Secret;
import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.connectors.kafka.KafkaServers;
import io.forebay.connectors.kafka.KafkaSink;
import io.forebay.connectors.kafka.KafkaSinkSettings;
import java.util.Optional;

/** A topic of Kafka. */
@Variant("kafka")
public record KafkaSinkConfig(
    @Key(value = "The sink's name.", otherwise = "`topic`") Optional<String> name,
    @Key("The brokers, `host:port`, several separated by commas.") String brokers,
    @Key("The topic; it has to exist.") String topic,
    @Key(value = "The string field that is the messages' key.", otherwise = "no key")
        Optional<String> key,
    @Key(
            value =
                "Whether records and progress are committed in one transaction, for consumers that"
                    + " read committed messages; otherwise records may arrive twice after a crash.",
            byDefault = "true")
        boolean transactional,
    @Key(
            value = "Who writes; a later writer of the same identity shuts out the earlier one.",
            otherwise = "`forebay-`, the pipeline's name, `-` and the sink's name")
        Optional<String> transactionalId,
    @Key(value = "Who logs in (SASL).", otherwise = "nobody") Optional<String> user,
    @Key(value = "The password, as `${env:…}` or `${file:…}`.", otherwise = "none")
        Optional<Secret> password,
    @Key(value = "`PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.", byDefault = "SCRAM-SHA-512")
        String mechanism,
    @Key(
            value = "Whether connections are encrypted and the brokers' certificates checked.",
            otherwise = "`true`, unless all brokers are this machine")
        Optional<Boolean> tls,
    @Key(value = "The certificates that are trusted (PEM).", otherwise = "those of the JDK")
        Optional<String> caFile)
    implements SinkConfig {
  @Override
  public String target() {
    return topic;
  }

  /** The brokers of this configuration and of others. */
  public static KafkaServers servers(
      String brokers,
      Optional<String> user,
      Optional<Secret> password,
      String mechanism,
      Optional<Boolean> tls,
      Optional<String> caFile) {
    return new KafkaServers(
        brokers,
        user,
        password.map(Secret::value),
        mechanism,
        tls.orElse(!areHere(brokers)),
        caFile);
  }

  /** Whether connections are encrypted. */
  public static boolean encrypted(String brokers, Optional<Boolean> tls) {
    return tls.orElseGet(() -> !areHere(brokers));
  }

  private static boolean areHere(String brokers) {
    for (String broker : brokers.split(",", -1)) {
      String host = broker.strip().replaceFirst(":[0-9]+$", "").replaceAll("[\\[\\]]", "");
      if (!PostgresSinkConfig.isHere(host)) {
        return false;
      }
    }
    return true;
  }

  public Sink sink(String pipeline) {
    return KafkaSink.to(
        new KafkaSinkSettings(
            servers(brokers, user, password, mechanism, tls, caFile),
            topic,
            key,
            transactional,
            transactionalId.orElse("forebay-" + pipeline + "-" + label())));
  }

  /** Where the records go: what makes it the same sink in another run. Not the password. */
  @Override
  public String toString() {
    return "KafkaSinkConfig[" + brokers + ", " + topic + ", " + transactional + "]";
  }
}
