package io.forebay.connectors.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.MessageFormat;
import io.forebay.mqttbroker.BrokerOptions;
import io.forebay.mqttbroker.EmbeddedBroker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in, who is trusted, and what happens where nobody is there. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class ConnectionTest {
  private static final String SECRET = "changeit";

  @TempDir private static Path folder;

  @BeforeAll
  static void makeCertificates() throws Exception {
    for (String who : List.of("broker", "client", "stranger")) {
      keytool(
          who,
          "-genkeypair",
          "-keyalg",
          "EC",
          "-dname",
          "CN=" + who,
          "-validity",
          "30",
          "-ext",
          "SAN=dns:localhost");
      keytool(who, "-exportcert", "-rfc", "-file", folder.resolve(who + ".pem").toString());
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(folder.resolve(who + ".p12"))) {
        store.load(in, SECRET.toCharArray());
      }
      Files.writeString(
          folder.resolve(who + ".key"),
          "-----BEGIN PRIVATE KEY-----\n"
              + Base64.getMimeEncoder(64, new byte[] {'\n'})
                  .encodeToString(store.getKey(who, SECRET.toCharArray()).getEncoded())
              + "\n-----END PRIVATE KEY-----\n");
    }
    run(
        "-importcert",
        "-noprompt",
        "-alias",
        "client",
        "-file",
        folder.resolve("client.pem").toString(),
        "-keystore",
        folder.resolve("clients.p12").toString());
  }

  private static void keytool(String who, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-alias", who, "-keystore", folder.resolve(who + ".p12").toString()));
    run(all.toArray(String[]::new));
  }

  private static void run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", SECRET));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
  }

  private static EmbeddedBroker secured() {
    return EmbeddedBroker.open(
        new BrokerOptions()
            .tls(folder.resolve("broker.p12"), SECRET)
            .clients(folder.resolve("clients.p12")));
  }

  private static MqttBroker localhost(EmbeddedBroker broker) {
    return MqttBroker.at("mqtts://localhost:" + broker.port()).trust(folder.resolve("broker.pem"));
  }

  private static Wire open(MqttBroker broker) throws IOException {
    return Wire.open(broker, new Opening("me", Duration.ZERO, 10, Optional.empty()), 1_000);
  }

  @Test
  void receives_over_tls_when_both_sides_show_a_certificate() throws Exception {
    try (EmbeddedBroker broker = secured()) {
      MqttSource source =
          MqttSource.builder(
                  localhost(broker)
                      .certificate(folder.resolve("client.pem"), folder.resolve("client.key")),
                  "source")
              .topics(List.of("t"))
              .format(MessageFormat.NUMBER)
              .build();
      Taken taken = new Taken();
      try (Receiving receiving = Receiving.connected(source, taken)) {
        broker.publish("t", "1.5".getBytes(StandardCharsets.UTF_8), 1, false);
        receiving.awaitEntries(1);
      }
      assertThat(taken.column(0)).containsExactly(1.5);
    }
  }

  @Test
  void refuses_the_broker_when_its_certificate_is_not_trusted_or_for_another_name() {
    try (EmbeddedBroker broker = secured()) {
      MqttBroker untrusted =
          MqttBroker.at("mqtts://localhost:" + broker.port()).trust(folder.resolve("stranger.pem"));
      assertThatThrownBy(() -> open(untrusted)).isInstanceOf(SSLHandshakeException.class);
      MqttBroker misnamed =
          MqttBroker.at("mqtts://127.0.0.1:" + broker.port()).trust(folder.resolve("broker.pem"));
      assertThatThrownBy(() -> open(misnamed)).isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void is_not_let_in_when_its_certificate_is_missing_or_a_strangers() {
    try (EmbeddedBroker broker = secured()) {
      assertThatThrownBy(() -> open(localhost(broker))).isInstanceOf(IOException.class);
      assertThatThrownBy(() ->
              open(
                  localhost(broker)
                      .certificate(folder.resolve("stranger.pem"), folder.resolve("stranger.key"))))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void says_what_is_wrong_with_files_of_certificates() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    MqttBroker broker = MqttBroker.at("mqtts://localhost");
    assertThatThrownBy(() -> source(broker.trust(empty)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("empty.pem");
    assertThatThrownBy(() -> source(broker.trust(folder.resolve("none.pem"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("none.pem");
    assertThatThrownBy(() ->
            source(broker.certificate(folder.resolve("client.pem"), folder.resolve("client.pem"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("private key");
  }

  private static MqttSource source(MqttBroker broker) {
    return MqttSource.builder(broker, "source")
        .topics(List.of("t"))
        .format(MessageFormat.NUMBER)
        .build();
  }

  @Test
  void fails_in_one_sentence_when_the_password_is_wrong() throws Exception {
    try (EmbeddedBroker broker =
        EmbeddedBroker.open(new BrokerOptions().users(Map.of("me", "right")))) {
      MqttBroker at = MqttBroker.at("mqtt://127.0.0.1:" + broker.port());
      for (MqttProtocol protocol : MqttProtocol.values()) {
        Receiving wrong =
            new Receiving(source(at.protocol(protocol).login("me", "wrong")), new Taken());
        wrong.join();
        assertThat(wrong.failure.get())
            .hasMessage("the broker refused the connection: the user or the password is wrong");
        wrong.source.close();
        Receiving.connected(source(at.protocol(protocol).login("me", "right")), new Taken())
            .close();
      }
    }
  }

  @Test
  void waits_for_the_broker_when_it_is_away_at_the_start_and_stops_when_asked() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.open()) {
      broker.stop();
      MqttBroker at = MqttBroker.at("mqtt://127.0.0.1:" + broker.port());
      Taken taken = new Taken();
      try (Receiving receiving = new Receiving(source(at), taken)) {
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> taken.states.stream().filter(s -> s.startsWith("DISC")).count() >= 2);
        broker.start();
        assertThat(taken.connected.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(receiving.failure.get()).isNull();
      }
      broker.stop();
      Receiving stopped = new Receiving(source(at), new Taken());
      stopped.close();
      assertThat(stopped.failure.get()).isNull();
    }
  }

  @Test
  void refuses_settings_that_cannot_work() {
    MqttBroker at = MqttBroker.at("mqtt://host");
    MqttSource.Builder builder = MqttSource.builder(at, "id");
    assertThatThrownBy(() -> builder.build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("topics");
    assertThatThrownBy(() -> builder.qos(3)).isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> builder.receiveMaximum(0)).isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> builder.sharedGroup("a/b")).isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> MqttSource.builder(at, "")).isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() ->
            MqttSource.builder(at, "id")
                .topics(List.of("{value}"))
                .format(MessageFormat.NUMBER)
                .topicField("value")
                .build())
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> MqttSink.builder(at, "id", "out").inFlight(0))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(
            () -> MqttSink.builder(at, "id", "out").numberOf("value").idField("id").build())
        .isInstanceOf(ConfigurationException.class);
  }
}
