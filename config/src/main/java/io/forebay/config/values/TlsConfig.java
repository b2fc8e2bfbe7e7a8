package io.forebay.config.values;

import io.forebay.connectors.net.ServerTls;
import java.nio.file.Path;
import java.util.Optional;

/** TLS of what listens: a source, the dashboard. */
public record TlsConfig(
    @Key("The server's certificate, a PEM file with those that vouch for it behind it.")
        String certificate,
    @Key("Its private key, a PEM file.") String key,
    @Key(
            value = "Certificates that vouch for clients; only clients with one get in.",
            otherwise = "clients need none")
        Optional<String> clientCa) {
  public ServerTls tls() {
    return new ServerTls(Path.of(certificate), Path.of(key), clientCa.map(Path::of));
  }
}
