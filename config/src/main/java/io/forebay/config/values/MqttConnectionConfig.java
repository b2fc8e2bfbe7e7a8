package io.forebay.config.values;

import io.forebay.config.secrets.Secret;
import io.forebay.connectors.mqtt.MqttBroker;
import io.forebay.connectors.mqtt.MqttProtocol;
import io.forebay.errors.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What sources and sinks say of their connection to an MQTT broker. */
public interface MqttConnectionConfig {
  /** The broker's address. */
  String broker();

  /** The version of MQTT. */
  MqttProtocol version();

  /** By which the broker knows this client. */
  Optional<String> clientId();

  /** The user. */
  Optional<String> user();

  /** The user's password. */
  Optional<Secret> password();

  /** Certificates. */
  Optional<MqttTlsConfig> tls();

  /** How long the connection may be silent. */
  Duration keepAlive();

  /** The client id as written, or one that is always the same for this part of the pipeline. */
  default String clientId(String pipeline, String name) {
    return clientId().orElse("forebay-" + pipeline + "-" + name);
  }

  /**
   * The broker.
   *
   * @throws ConfigurationException if the keys do not go together
   */
  default MqttBroker connection() {
    MqttBroker at = MqttBroker.at(broker()).protocol(version()).keepAlive(keepAlive());
    if (user().isPresent() != password().isPresent()) {
      throw new ConfigurationException(
          "the connection to '" + broker() + "' needs both user and password, or none of them");
    }
    if (user().isPresent()) {
      at = at.login(user().get(), password().orElseThrow().value());
    }
    if (tls().isEmpty()) {
      return at;
    }
    MqttTlsConfig files = tls().get();
    if (files.ca().isPresent()) {
      at = at.trust(Path.of(files.ca().get()));
    }
    if (files.certificate().isPresent() != files.key().isPresent()) {
      throw new ConfigurationException(
          "the connection to '"
              + broker()
              + "' needs both tls.certificate and tls.key, or none of them");
    }
    return files.certificate().isPresent()
        ? at.certificate(Path.of(files.certificate().get()), Path.of(files.key().orElseThrow()))
        : at;
  }
}
