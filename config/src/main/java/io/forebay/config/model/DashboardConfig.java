package io.forebay.config.model;

import io.forebay.config.secrets.Secret;
import io.forebay.config.values.Key;
import io.forebay.config.values.TlsConfig;
import io.forebay.connectors.net.Access;
import io.forebay.connectors.net.AccessToken;
import io.forebay.connectors.net.ListenAddress;
import java.util.Optional;

/** Where a running pipeline shows itself, and to whom. */
public record DashboardConfig(
    @Key(
            "Where it listens, `host:port`, or a port of this machine's own; port 0 is any free"
                + " one. Any address but this machine's own needs `tls` and `token`.")
        String listen,
    @Key(
            value = "A secret that whoever looks on has to know, as `${env:…}` or `${file:…}`.",
            otherwise = "anybody on this machine may look on")
        Optional<Secret> token,
    @Key(value = "TLS 1.2 or newer.", otherwise = "plain connections") Optional<TlsConfig> tls) {

  /** Where it listens. */
  public ListenAddress address() {
    return ListenAddress.parse(listen);
  }

  /** Who gets in. */
  public Access access() {
    return new Access(tls.map(TlsConfig::tls), token.map(Secret::value).map(AccessToken::of));
  }
}
