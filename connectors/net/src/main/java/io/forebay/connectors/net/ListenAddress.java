package io.forebay.connectors.net;

import io.forebay.errors.ConfigurationException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a source listens.
 *
 * @param host a name or an address of this machine
 * @param port 0: any free port
 */
public record ListenAddress(String host, int port) {
  private static final Pattern TEXT =
      Pattern.compile("(?:(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+):)?([0-9]{1,5})");

  public ListenAddress {
    if (port < 0 || port > 65_535) {
      throw new ConfigurationException("there is no port " + port + ": use 1 to 65535");
    }
  }

  /** Reads {@code host:port}, {@code [address]:port} or {@code port} (on 127.0.0.1). */
  public static ListenAddress parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new ConfigurationException(
          "'" + text + "' is not an address to listen on: write host:port, as 127.0.0.1:8086");
    }
    String host = matcher.group(1) == null ? "127.0.0.1" : matcher.group(1);
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    return new ListenAddress(host, Integer.parseInt(matcher.group(2)));
  }

  /** Whether only this machine reaches it; a name that cannot be resolved is not. */
  public boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** The same with the port that was given, where any free one would do. */
  public ListenAddress withPort(int actual) {
    return new ListenAddress(host, actual);
  }

  /** The address behind the name. */
  public InetAddress resolve() {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new ConfigurationException(
          "'" + host + "' is no address of this machine, so nothing listens: correct the name", e);
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
