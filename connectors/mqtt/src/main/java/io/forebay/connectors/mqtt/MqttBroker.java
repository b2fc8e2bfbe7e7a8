package io.forebay.connectors.mqtt;

import io.forebay.errors.ConfigurationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a broker is and how to connect to it. Immutable.
 *
 * <pre>{@code
 * MqttBroker.at("mqtts://broker.plant.example:8883").login("forebay", password)
 * }</pre>
 *
 * @param host its name or address; with TLS its certificate must be for this name
 * @param port 1 to 65535
 * @param protocol the version of MQTT
 * @param login user and password, if it asks for them
 * @param tls how TLS is done, if it is
 * @param keepAlive how long the connection may be silent, in whole seconds from 1 s to 18 h; it is
 *     taken for lost after one and a half times that
 */
public record MqttBroker(
    String host,
    int port,
    MqttProtocol protocol,
    Optional<Login> login,
    Optional<MqttTls> tls,
    Duration keepAlive) {
  private static final int PORT = 1883;
  private static final int TLS_PORT = 8883;

  /** User and password. */
  public record Login(String user, String password) {
    /** Without the password. */
    @Override
    public String toString() {
      return user + ":***";
    }
  }

  public MqttBroker {
    if (keepAlive.toSeconds() < 1 || keepAlive.toSeconds() > 65_535) {
      throw new ConfigurationException(
          "a keep-alive of " + keepAlive.toMillis() + " ms is not possible: use 1 s to 18 h");
    }
  }

  /**
   * The broker at {@code mqtt://host:port}, or {@code mqtts://host:port} for TLS; the port may be
   * left out. MQTT 5, a keep-alive of 30 s.
   *
   * @throws ConfigurationException if it is no such address
   */
  public static MqttBroker at(String url) {
    try {
      URI uri = new URI(url);
      boolean secure = "mqtts".equals(uri.getScheme());
      boolean path = uri.getPath() != null && !uri.getPath().isEmpty();
      if ((secure || "mqtt".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getQuery() == null
          && uri.getFragment() == null
          && !path
          && uri.getPort() != 0
          && uri.getPort() <= 65_535) {
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? TLS_PORT : PORT;
        String host = uri.getHost();
        return new MqttBroker(
            host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
            port,
            MqttProtocol.V5,
            Optional.empty(),
            secure ? Optional.of(MqttTls.DEFAULT) : Optional.empty(),
            Duration.ofSeconds(30));
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new ConfigurationException(
        "'"
            + url
            + "' is not the address of a broker: write mqtt://host:1883, or mqtts://host:8883 for"
            + " TLS; user and password have keys of their own");
  }

  /** The same with this version of MQTT. */
  public MqttBroker protocol(MqttProtocol version) {
    return new MqttBroker(host, port, version, login, tls, keepAlive);
  }

  /** The same with this user and password. */
  public MqttBroker login(String user, String password) {
    return new MqttBroker(
        host, port, protocol, Optional.of(new Login(user, password)), tls, keepAlive);
  }

  /** The same, trusting the certificates of the PEM file instead of the JDK's. */
  public MqttBroker trust(Path authorities) {
    return tls(tls().orElseGet(this::noTls).trust(authorities));
  }

  /** The same, showing the certificate of the PEM file with the key of another (PKCS #8). */
  public MqttBroker certificate(Path certificate, Path key) {
    return tls(tls().orElseGet(this::noTls).certificate(certificate, key));
  }

  /** The same with this keep-alive. */
  public MqttBroker keepAlive(Duration silence) {
    return new MqttBroker(host, port, protocol, login, tls, silence);
  }

  private MqttBroker tls(MqttTls settings) {
    return new MqttBroker(host, port, protocol, login, Optional.of(settings), keepAlive);
  }

  private MqttTls noTls() {
    throw new ConfigurationException(
        "certificates are only used with TLS: write mqtts:// in front of '" + host + "'");
  }

  /** {@code host:port}, for messages. */
  String address() {
    return host + ":" + port;
  }
}
