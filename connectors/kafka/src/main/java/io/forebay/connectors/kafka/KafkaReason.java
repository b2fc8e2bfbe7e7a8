package io.forebay.connectors.kafka;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.jspecify.annotations.Nullable;

/**
 * Why Kafka was not reached or did not do what it was asked, as the end of a sentence that says
 * what to change; without the password.
 */
final class KafkaReason {
  /** What else may be the reason when nobody answers. */
  static final String NO_ANSWER =
      "check that brokers listen there, and whether they want TLS (tls) or a login (user)";

  private KafkaReason() {}

  /**
   * @param right what it says if a right is missing
   */
  static String of(Throwable e, KafkaServers servers, MissingRight right) {
    SslAuthenticationException handshake = find(e, SslAuthenticationException.class);
    if (handshake != null) {
      return ofTls(handshake, servers);
    }
    AuthenticationException login = find(e, AuthenticationException.class);
    if (login != null) {
      return "the login of '"
          + servers.user().orElse("nobody")
          + "' with "
          + servers.mechanism()
          + " is refused ("
          + login.getMessage()
          + "); correct user, password or mechanism";
    }
    AuthorizationException refused = find(e, AuthorizationException.class);
    if (refused != null) {
      return right.of(refused);
    }
    InvalidConfigurationException file = find(e, InvalidConfigurationException.class);
    if (file != null && servers.caFile().filter(String.valueOf(file)::contains).isPresent()) {
      return "the trusted certificates in '"
          + servers.caFile().get()
          + "' cannot be read ("
          + deepest(file, Throwable.class).getMessage()
          + "); name a PEM file with certificates as caFile";
    }
    return String.valueOf(deepest(e, KafkaException.class).getMessage());
  }

  private static String ofTls(SslAuthenticationException e, KafkaServers servers) {
    String why = String.valueOf(deepest(e, Throwable.class).getMessage());
    if (find(e, CertPathBuilderException.class) != null
        || find(e, CertPathValidatorException.class) != null) {
      return "the brokers' certificate is not trusted ("
          + why
          + "); "
          + servers
              .caFile()
              .map(file -> "'" + file + "' has to hold the certificate of who signed it")
              .orElse("name the certificate of who signed it as caFile");
    }
    if (find(e, CertificateException.class) != null) {
      return "the brokers' certificate is not valid for them ("
          + why
          + "); name them under brokers as the certificate does, or give them another one";
    }
    return "TLS with the brokers fails (" + why + "); check tls and caFile";
  }

  /** Whether another attempt does not mend it. */
  static boolean isFinal(Throwable e) {
    return find(e, AuthenticationException.class) != null
        || find(e, AuthorizationException.class) != null
        || find(e, InvalidConfigurationException.class) != null;
  }

  private static <T extends Throwable> @Nullable T find(Throwable e, Class<T> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  /** The last of the causes that are all of that type. */
  private static Throwable deepest(Throwable e, Class<? extends Throwable> type) {
    Throwable cause = e;
    while (type.isInstance(cause.getCause())) {
      cause = cause.getCause();
    }
    return cause;
  }
}
