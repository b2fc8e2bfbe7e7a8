package io.forebay.connectors.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/**
 * How the brokers are reached.
 *
 * @param brokers {@code host:port}, several separated by commas
 * @param user empty: no login
 * @param password of the user
 * @param mechanism {@code PLAIN}, {@code SCRAM-SHA-256} or {@code SCRAM-SHA-512}
 * @param tls whether connections are encrypted and the brokers' certificates and names are checked
 * @param caFile the certificates that are trusted, as PEM; empty: those of the JDK
 */
public record KafkaServers(
    String brokers,
    Optional<String> user,
    Optional<String> password,
    String mechanism,
    boolean tls,
    Optional<String> caFile) {

  /** Brokers without login and TLS. */
  public static KafkaServers plain(String brokers) {
    return new KafkaServers(
        brokers, Optional.empty(), Optional.empty(), "PLAIN", false, Optional.empty());
  }

  /** The properties of the client; they hold the password. */
  Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
    // Jittered by the client.
    properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 100);
    properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 10_000);
    properties.put(
        CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
        (user.isPresent() ? "SASL_" : "") + (tls ? "SSL" : "PLAINTEXT"));
    caFile.ifPresent(file -> {
      properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
      properties.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, file);
    });
    user.ifPresent(name -> {
      properties.put(SaslConfigs.SASL_MECHANISM, mechanism);
      properties.put(
          SaslConfigs.SASL_JAAS_CONFIG,
          "org.apache.kafka.common.security."
              + (mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule")
              + " required username="
              + quoted(name)
              + " password="
              + quoted(password.orElse(""))
              + ";");
    });
    return properties;
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "KafkaServers[" + brokers + ", user=" + user.orElse("") + ", tls=" + tls + "]";
  }
}
