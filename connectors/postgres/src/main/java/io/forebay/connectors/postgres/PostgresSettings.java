package io.forebay.connectors.postgres;

import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * Which table of which server, and how it is written.
 *
 * @param password empty where the server asks for none
 * @param table {@code table} or {@code schema.table}
 * @param append whether a run that starts over keeps the rows that are there
 * @param key columns by which a row replaces one that is there; empty: rows are only added
 * @param tls whether the connection is encrypted and the server's certificate and name are checked
 * @param caFile the certificates that are trusted, as PEM; empty: those of the JDK
 */
public record PostgresSettings(
    String host,
    int port,
    String database,
    String user,
    Optional<String> password,
    String table,
    boolean append,
    List<String> key,
    boolean dropExtras,
    boolean tls,
    Optional<String> caFile) {

  public PostgresSettings {
    key = List.copyOf(key);
  }

  String url() {
    String address = host.contains(":") ? "[" + host + "]" : host;
    return "jdbc:postgresql://" + address + ":" + port + "/" + database;
  }

  /** The properties of the driver; holds the password. */
  Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    password.ifPresent(text -> properties.setProperty("password", text));
    properties.setProperty("ApplicationName", "forebay");
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("loginTimeout", "15");
    properties.setProperty("socketTimeout", "60");
    properties.setProperty("tcpKeepAlive", "true");
    if (tls) {
      properties.setProperty("sslmode", "verify-full");
      caFile.ifPresentOrElse(
          file -> properties.setProperty("sslrootcert", file),
          () -> properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory"));
    } else {
      properties.setProperty("sslmode", "disable");
    }
    return properties;
  }

  /** {@code the table 'readings' at host:port/database}: the place in messages. */
  String where() {
    return "the table '" + table + "' at " + host + ":" + port + "/" + database;
  }

  /** With {@code ***} in place of the password. */
  @Override
  public String toString() {
    return "PostgresSettings["
        + user
        + "@"
        + url()
        + ", "
        + table
        + ", append="
        + append
        + ", key="
        + key
        + ", dropExtras="
        + dropExtras
        + ", tls="
        + tls
        + "]";
  }
}
