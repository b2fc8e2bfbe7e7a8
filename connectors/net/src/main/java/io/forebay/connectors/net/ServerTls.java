package io.forebay.connectors.net;

import io.forebay.errors.ConfigurationException;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * TLS 1.2 or 1.3 with certificates from PEM files.
 *
 * @param certificate the server's certificate, with those that vouch for it behind it
 * @param key its private key (PKCS #8)
 * @param clientCa who vouches for clients; then only clients with a certificate get in
 */
public record ServerTls(Path certificate, Path key, Optional<Path> clientCa) {
  public ServerTls {
    for (Path file : Stream.concat(Stream.of(certificate, key), clientCa.stream()).toList()) {
      if (!Files.isReadable(file)) {
        throw new ConfigurationException(
            "the PEM file '" + file + "' is not there or cannot be read: correct its path");
      }
    }
  }

  /** Sets a server's options. */
  public void applyTo(NetServerOptions options) {
    options
        .setSsl(true)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPaths(List.of(certificate.toAbsolutePath().toString()))
                .setKeyPaths(List.of(key.toAbsolutePath().toString())))
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"));
    clientCa.ifPresent(ca ->
        options
            .setTrustOptions(new PemTrustOptions().addCertPath(ca.toAbsolutePath().toString()))
            .setClientAuth(ClientAuth.REQUIRED));
  }
}
