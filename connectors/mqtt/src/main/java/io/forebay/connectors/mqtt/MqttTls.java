package io.forebay.connectors.mqtt;

import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.2 or 1.3, always with a check of the certificate and of the host's name.
 *
 * @param authorities a PEM file of the certificates that are trusted, instead of the JDK's
 * @param identity what is shown to a broker that asks for a certificate
 */
public record MqttTls(Optional<Path> authorities, Optional<Identity> identity) {
  /** Trusts what the JDK trusts, shows nothing. */
  public static final MqttTls DEFAULT = new MqttTls(Optional.empty(), Optional.empty());

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /** A certificate (with the chain behind it) and its private key (PKCS #8), in PEM files. */
  public record Identity(Path certificate, Path key) {}

  MqttTls trust(Path file) {
    return new MqttTls(Optional.of(file), identity);
  }

  MqttTls certificate(Path certificate, Path key) {
    return new MqttTls(authorities, Optional.of(new Identity(certificate, key)));
  }

  /**
   * The context for connections.
   *
   * @throws ConfigurationException if a file cannot be read as what it should be
   */
  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          identity.isPresent() ? keys(identity.get()).getKeyManagers() : null,
          authorities.isPresent() ? trusted(authorities.get()).getTrustManagers() : null,
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new ConfigurationException(
          "TLS cannot be prepared (" + e.getMessage() + "): look at the files of certificates", e);
    }
  }

  /** A TLS connection over a connected socket, before its handshake. */
  static SSLSocket over(SSLContext context, java.net.Socket socket, String host, int port)
      throws IOException {
    SSLSocket secure =
        (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    return secure;
  }

  private static TrustManagerFactory trusted(Path file) throws GeneralSecurityException {
    KeyStore store = emptyStore();
    int count = 0;
    for (Certificate certificate : certificates(file)) {
      store.setCertificateEntry("trusted-" + count++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  private static KeyManagerFactory keys(Identity identity) throws GeneralSecurityException {
    KeyStore store = emptyStore();
    char[] password = new char[0];
    store.setKeyEntry(
        "client",
        privateKey(identity.key()),
        password,
        certificates(identity.certificate()).toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password);
    return factory;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      return store;
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws GeneralSecurityException {
    Collection<? extends Certificate> found;
    try (InputStream in = Files.newInputStream(file)) {
      found = CertificateFactory.getInstance("X.509").generateCertificates(in);
    } catch (IOException e) {
      throw new ConfigurationException("the file '" + file + "' cannot be read", e);
    }
    if (found.isEmpty()) {
      throw new ConfigurationException(
          "the file '" + file + "' holds no certificate: name a PEM file with one");
    }
    return found;
  }

  private static PrivateKey privateKey(Path file) throws GeneralSecurityException {
    byte[] encoded;
    try {
      String base64 =
          Files.readString(file)
              .replaceAll("(?s).*-----BEGIN PRIVATE KEY-----", "")
              .replaceAll("(?s)-----END PRIVATE KEY-----.*", "");
      encoded = Base64.getMimeDecoder().decode(base64);
    } catch (IOException | IllegalArgumentException e) {
      throw noKey(file, e);
    }
    for (String algorithm : new String[] {"RSA", "EC", "EdDSA"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        // The next one.
      }
    }
    throw noKey(file, null);
  }

  private static ConfigurationException noKey(Path file, @Nullable Exception cause) {
    String sentence =
        "the file '"
            + file
            + "' holds no private key that can be used: name a PEM file in PKCS #8, without a"
            + " password (openssl pkcs8 -topk8 -nodes makes one)";
    return cause == null
        ? new ConfigurationException(sentence)
        : new ConfigurationException(sentence, cause);
  }
}
