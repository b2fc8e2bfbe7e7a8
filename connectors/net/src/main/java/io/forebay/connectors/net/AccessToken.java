package io.forebay.connectors.net;

import io.forebay.errors.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;

/** A secret that clients send; compared in a time that says nothing about it. Thread-safe. */
public final class AccessToken {
  private final byte[] digest;

  private AccessToken(byte[] digest) {
    this.digest = digest;
  }

  /**
   * The token.
   *
   * @throws ConfigurationException if it has fewer than 8 characters
   */
  public static AccessToken of(String secret) {
    if (secret.length() < 8) {
      throw new ConfigurationException(
          "the token is too short to be a secret: use 8 characters or more");
    }
    return new AccessToken(sha256(secret.getBytes(StandardCharsets.UTF_8)));
  }

  /** Whether {@code candidate} is the token. */
  public boolean matches(String candidate) {
    return matches(candidate.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether {@code candidate}, in UTF-8, is the token. */
  public boolean matches(byte[] candidate) {
    return MessageDigest.isEqual(digest, sha256(candidate));
  }

  /**
   * Whether an {@code Authorization} header brings the token: as {@code Bearer}, as the password of
   * {@code Basic}, or as InfluxDB's clients send it, {@code Token}, a user before a colon or not.
   */
  public boolean isIn(String authorization) {
    int space = authorization.indexOf(' ');
    String scheme = space < 0 ? "" : authorization.substring(0, space).toLowerCase(Locale.ROOT);
    String credentials = authorization.substring(space + 1).trim();
    return switch (scheme) {
      case "bearer" -> matches(credentials);
      case "token" -> matches(credentials) || matches(behindColon(credentials));
      case "basic" -> matches(behindColon(decoded(credentials)));
      default -> false;
    };
  }

  private static String behindColon(String text) {
    return text.substring(text.indexOf(':') + 1);
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
