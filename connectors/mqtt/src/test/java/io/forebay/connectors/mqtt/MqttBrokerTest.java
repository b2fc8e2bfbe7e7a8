package io.forebay.connectors.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.errors.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MqttBrokerTest {
  @ParameterizedTest
  @CsvSource({
    "mqtt://localhost, localhost, 1883, false",
    "mqtts://broker.example, broker.example, 8883, true",
    "mqtt://10.0.0.7:1884, 10.0.0.7, 1884, false",
    "mqtts://[::1]:9, ::1, 9, true"
  })
  void reads_the_address(String url, String host, int port, boolean tls) {
    MqttBroker broker = MqttBroker.at(url);

    assertThat(broker.host()).isEqualTo(host);
    assertThat(broker.port()).isEqualTo(port);
    assertThat(broker.tls().isPresent()).isEqualTo(tls);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost", "tcp://localhost", "mqtt://", "mqtt://a b", "mqtt://u:p@host",
        "mqtt://host/path", "mqtt://host:0", "mqtt://host:65536", "mqtt://host?x=y", "mqtt://h#f"
      })
  void refuses_in_one_sentence_when_it_is_no_address(String url) {
    assertThatThrownBy(() -> MqttBroker.at(url))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("mqtt://host:1883");
  }

  @Test
  void does_not_show_the_password() {
    assertThat(MqttBroker.at("mqtt://host").login("me", "secret").toString())
        .doesNotContain("secret")
        .contains("me");
  }

  @Test
  void refuses_certificates_without_tls_and_impossible_keep_alives() {
    MqttBroker broker = MqttBroker.at("mqtt://host");

    assertThatThrownBy(() -> broker.trust(Path.of("ca.pem")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("mqtts://");
    assertThatThrownBy(() -> broker.keepAlive(Duration.ofMillis(10)))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> broker.keepAlive(Duration.ofDays(1)))
        .isInstanceOf(ConfigurationException.class);
  }
}
