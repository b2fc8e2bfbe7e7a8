package io.forebay.observe;

import io.forebay.errors.ConfigurationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * Where something takes metrics and traces over OTLP.
 *
 * @param url to which {@code /v1/metrics} and {@code /v1/traces} are added
 */
public record OtlpAddress(String url) {
  /** Checks it. */
  public OtlpAddress {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw refused(url);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (uri.getUserInfo() != null) {
      throw new ConfigurationException(
          "the address of an OTLP receiver cannot hold a user or password: set telemetry.token, or"
              + " the variable OTEL_EXPORTER_OTLP_HEADERS");
    }
    if (!Set.of("http", "https").contains(scheme)
        || uri.getHost() == null
        || uri.getQuery() != null
        || uri.getFragment() != null) {
      throw refused(url);
    }
  }

  private static ConfigurationException refused(String url) {
    return new ConfigurationException(
        "'" + url + "' is no address of an OTLP receiver: write it as http://127.0.0.1:4318");
  }
}
