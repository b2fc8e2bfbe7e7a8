package io.forebay.connectors.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Refuses what a browser posts on behalf of a page of elsewhere: any page may post to any address
 * that the browser reaches, this machine's own too, as long as it asks for no answer. Browsers say
 * so ({@code Sec-Fetch-Site}, {@code Origin}); programs send neither. A page whose name leads to
 * this machine only after it was loaded (DNS rebinding) looks like one of its own, but names a host
 * that this machine does not have.
 *
 * @param byName whether a request may name any host: where it is reached by others, by its name
 * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata Request Headers</a>
 */
record Sites(boolean byName) {
  /** IPv4 and IPv6 as they stand in addresses; a name that leads here is something else. */
  private static final Pattern NUMERIC =
      Pattern.compile("[0-9.]+|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\\]?");

  static Sites of(HttpSettings settings) {
    // With a token a page of elsewhere gets nothing in, whatever it is called.
    return new Sites(settings.access().token().isPresent() || !settings.address().isLoopback());
  }

  /** Why the request is refused. */
  Optional<String> refusal(HttpServerRequest request) {
    String site = lower(request.getHeader("Sec-Fetch-Site"));
    if (!site.isEmpty() && !site.equals("same-origin") && !site.equals("none")) {
      return Optional.of(
          "a browser sent this for a page of elsewhere (Sec-Fetch-Site: "
              + site
              + "), so nothing was taken: send it from a program");
    }
    String origin = lower(request.getHeader("Origin"));
    HostAndPort authority = request.authority();
    String host = authority == null ? "" : lower(authority.toString());
    if (!origin.isEmpty()
        && !origin.equals("http://" + host)
        && !origin.equals("https://" + host)) {
      return Optional.of(
          "a browser sent this for a page of elsewhere (Origin: "
              + origin
              + "), so nothing was taken: send it from a program");
    }
    if (!byName && authority != null && !isOwn(lower(authority.host()))) {
      return Optional.of(
          "the host '"
              + authority.host()
              + "' is not this machine, on whose own address this listens, so nothing was taken:"
              + " send it to localhost or 127.0.0.1, let a proxy say so, or set a token");
    }
    return Optional.empty();
  }

  /** Names of one label cannot be registered by others. */
  private static boolean isOwn(String host) {
    return NUMERIC.matcher(host).matches()
        || host.indexOf('.') < 0
        || host.endsWith(".localhost")
        || host.equals("localhost.");
  }

  private static String lower(@org.jspecify.annotations.Nullable String header) {
    return header == null ? "" : header.trim().toLowerCase(Locale.ROOT);
  }
}
