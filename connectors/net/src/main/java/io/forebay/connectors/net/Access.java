package io.forebay.connectors.net;

import io.forebay.errors.ConfigurationException;
import java.util.Optional;

/** Who gets in: anybody, or only who knows the token, over plain connections or over TLS. */
public record Access(Optional<ServerTls> tls, Optional<AccessToken> token) {
  /** Anybody who reaches the address. */
  public static final Access OPEN = new Access(Optional.empty(), Optional.empty());

  /**
   * Refuses an address that others reach, unless it is protected by TLS and by a token or client
   * certificates.
   *
   * @param noun what listens: {@code the source 'plant'}
   * @throws ConfigurationException in one sentence
   */
  public void check(String noun, ListenAddress address) {
    if (address.isLoopback()) {
      return;
    }
    boolean known = token.isPresent() || tls.flatMap(ServerTls::clientCa).isPresent();
    if (tls.isEmpty() || !known) {
      throw new ConfigurationException(
          noun
              + " would listen on "
              + address
              + ", which other machines reach, without "
              + (tls.isEmpty() ? known ? "TLS" : "TLS and a token" : "a token")
              + ": add what is missing, or listen on 127.0.0.1");
    }
  }
}
