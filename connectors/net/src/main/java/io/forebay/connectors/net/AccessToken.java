package io.forebay.connectors.net;

import io.forebay.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

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
