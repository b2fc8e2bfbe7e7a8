package io.forebay.config.internal.rules;

import io.forebay.config.secrets.Secret;
import io.forebay.config.sinks.KafkaSinkConfig;
import io.forebay.config.sinks.PostgresSinkConfig;
import io.forebay.config.sinks.SinkConfig;
import io.forebay.config.sources.KafkaSourceConfig;
import io.forebay.config.sources.MqttSourceConfig;
import io.forebay.config.sources.SourceConfig;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Keys that another key makes ineffective: whoever wrote them believes that they do something. */
final class UnusedKeys {
  private final Predicate<String> written;
  private final BiConsumer<String, String> problems;

  /**
   * @param written whether a key stands in the file
   * @param problems takes a key and what is wrong with it
   */
  UnusedKeys(Predicate<String> written, BiConsumer<String, String> problems) {
    this.written = written;
    this.problems = problems;
  }

  void check(String path, SourceConfig source) {
    switch (source) {
      case KafkaSourceConfig kafka -> {
        checkLogin(path, kafka.user(), kafka.password());
        checkTrust(path, KafkaSinkConfig.encrypted(kafka.brokers(), kafka.tls()));
        refuse(
            kafka.stopAtEnd() && written.test(path + ".from"),
            path + ".from",
            "is not used with stopAtEnd, which reads from the beginning; remove one of them");
      }
      case MqttSourceConfig mqtt -> {
        boolean old = mqtt.version() == io.forebay.connectors.mqtt.MqttProtocol.V3_1_1;
        refuse(
            old && written.test(path + ".receiveMaximum"),
            path + ".receiveMaximum",
            "only MQTT 5 has it; remove it or write version: 5");
      }
      case SourceConfig.Simulated simulated ->
          refuse(
              simulated.bursts() > 0 && !written.test(path + ".rate"),
              path + ".bursts",
              "needs a rate, without which nothing is held back; add rate or remove it");
      default -> {
        // Nothing of theirs is without effect.
      }
    }
  }

  void check(String path, SinkConfig sink) {
    switch (sink) {
      case KafkaSinkConfig kafka -> {
        checkLogin(path, kafka.user(), kafka.password());
        checkTrust(path, KafkaSinkConfig.encrypted(kafka.brokers(), kafka.tls()));
        refuse(
            !kafka.transactional() && kafka.transactionalId().isPresent(),
            path + ".transactionalId",
            "is not used without transactions; remove it or write transactional: true");
      }
      case PostgresSinkConfig table ->
          checkTrust(path, table.tls().orElse(!PostgresSinkConfig.isHere(table.host())));
      default -> {
        // Nothing of theirs is without effect.
      }
    }
  }

  private void checkLogin(String path, Optional<String> user, Optional<Secret> password) {
    refuse(
        user.isEmpty() && password.isPresent(),
        path + ".password",
        "is not used without a user; add user or remove it");
    refuse(
        user.isEmpty() && written.test(path + ".mechanism"),
        path + ".mechanism",
        "is not used without a user; add user and password or remove it");
    refuse(
        user.isPresent() && password.isEmpty(),
        path + ".user",
        "needs a password; add password, as ${env:NAME} or ${file:PATH}");
  }

  private void checkTrust(String path, boolean encrypted) {
    refuse(
        !encrypted && written.test(path + ".caFile"),
        path + ".caFile",
        "is only used with TLS; write tls: true or remove it");
  }

  private void refuse(boolean wrong, String key, String sentence) {
    if (wrong) {
      problems.accept(key, sentence);
    }
  }
}
