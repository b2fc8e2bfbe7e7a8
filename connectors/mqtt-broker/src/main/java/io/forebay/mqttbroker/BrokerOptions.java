package io.forebay.mqttbroker;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PfxOptions;
import io.vertx.mqtt.MqttAuth;
import io.vertx.mqtt.MqttServerOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a broker listens. */
public final class BrokerOptions {
  private static final int MESSAGE_BYTES = 64 << 20;

  private int port;
  private Optional<Path> keyStore = Optional.empty();
  private Optional<Path> clientTrust = Optional.empty();
  private String password = "";
  private Map<String, String> users = Map.of();
  private int mostQueued = 1_000_000;

  /** The port; 0, the default: any that is free. */
  public BrokerOptions port(int number) {
    port = number;
    return this;
  }

  /** TLS with the key in a PKCS #12 file. */
  public BrokerOptions tls(Path pkcs12, String secret) {
    keyStore = Optional.of(pkcs12);
    password = secret;
    return this;
  }

  /** Only clients whose certificates are trusted by this PKCS #12 file, of the same password. */
  public BrokerOptions clients(Path pkcs12) {
    clientTrust = Optional.of(pkcs12);
    return this;
  }

  /** Only these users, with their passwords. */
  public BrokerOptions users(Map<String, String> passwords) {
    users = Map.copyOf(passwords);
    return this;
  }

  /** How many messages wait for a client at most; what comes then is thrown away. */
  public BrokerOptions mostQueued(int messages) {
    mostQueued = messages;
    return this;
  }

  /** What a server at that port of 127.0.0.1 is told. */
  MqttServerOptions listening(int at) {
    MqttServerOptions listening =
        new MqttServerOptions()
            .setHost("127.0.0.1")
            .setPort(at)
            .setMaxMessageSize(MESSAGE_BYTES)
            .setMaxClientIdLength(65_535)
            .setAutoClientId(true);
    keyStore.ifPresent(file -> listening.setSsl(true).setKeyCertOptions(store(file)));
    clientTrust.ifPresent(
        file -> listening.setClientAuth(ClientAuth.REQUIRED).setTrustOptions(store(file)));
    return listening;
  }

  private PfxOptions store(Path file) {
    return new PfxOptions().setPath(file.toString()).setPassword(password);
  }

  /** Whether a client has said who it is, where that is asked. */
  boolean accepts(@Nullable MqttAuth auth) {
    return users.isEmpty()
        || (auth != null
            && auth.getPassword() != null
            && auth.getPassword().equals(users.get(String.valueOf(auth.getUsername()))));
  }

  /** The port that was asked for; 0: any that is free. */
  int port() {
    return port;
  }

  int mostQueued() {
    return mostQueued;
  }
}
