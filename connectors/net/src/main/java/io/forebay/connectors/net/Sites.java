package io.forebay.connectors.net;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a browser asks on behalf of a page of elsewhere: any page may send to any address
 * that the browser reaches, this machine's own too, as long as it reads no answer. Browsers say so
 * ({@code Sec-Fetch-Site}, {@code Origin}); programs send neither. A page whose name leads to this
 * machine only after it was loaded (DNS rebinding) looks like one of its own, but names a host that
 * this machine does not have.
 *
 * @param byName whether a request may name any host: where it is reached by others, by its name
 * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata Request Headers</a>
 */
public record Sites(boolean byName) {
  /** IPv4 and IPv6 as they stand in addresses; a name that leads here is something else. */
  private static final Pattern NUMERIC =
      Pattern.compile("[0-9.]+|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\\]?");

  /** What suits an address: with a token a page of elsewhere gets nowhere, whatever its name. */
  public static Sites of(ListenAddress address, Access access) {
    return new Sites(access.token().isPresent() || !address.isLoopback());
  }

  /**
   * Why the request is refused.
   *
   * @param consequence what that means for it: {@code nothing was taken}
   */
  public Optional<String> refusal(HttpServerRequest request, String consequence) {
    String site = lower(request.getHeader("Sec-Fetch-Site"));
    if (!site.isEmpty() && !site.equals("same-origin") && !site.equals("none")) {
      return Optional.of(
          "a browser sent this for a page of elsewhere (Sec-Fetch-Site: "
              + site
              + "), so "
              + consequence
              + ": send it from a program");
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
              + "), so "
              + consequence
              + ": send it from a program");
    }
    if (authority != null && !isOwn(request)) {
      return Optional.of(
          "the host '"
              + authority.host()
              + "' is not this machine, on whose own address this listens, so "
              + consequence
              + ": send it to localhost or 127.0.0.1, let a proxy say so, or set a token");
    }
    return Optional.empty();
  }

  /** Whether the host that the request names may be this one. */
  public boolean isOwn(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    return byName || authority == null || isOwn(lower(authority.host()));
  }

  /** Names of one label cannot be registered by others. */
  private static boolean isOwn(String host) {
    return NUMERIC.matcher(host).matches()
        || host.indexOf('.') < 0
        || host.endsWith(".localhost")
        || host.equals("localhost.");
  }

  private static String lower(@Nullable String header) {
    return header == null ? "" : header.trim().toLowerCase(Locale.ROOT);
  }
}
