package io.forebay.config.sinks;

import io.forebay.Sink;
import io.forebay.config.secrets.Secret;
import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.connectors.postgres.PostgresSettings;
import io.forebay.connectors.postgres.PostgresSink;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A table of PostgreSQL, or of what speaks its protocol. */
@Variant("postgres")
public record PostgresSinkConfig(
    @Key(value = "The sink's name.", otherwise = "`table`") Optional<String> name,
    @Key(value = "The server.", byDefault = "localhost") String host,
    @Key(value = "Its port.", byDefault = "5432", min = 1, max = 65535) int port,
    @Key("The database.") String database,
    @Key("Who logs in.") String user,
    @Key(value = "The password, as `${env:…}` or `${file:…}`.", otherwise = "none")
        Optional<Secret> password,
    @Key("The table, made from the fields if it is missing; `schema.table` names another schema.")
        String table,
    @Key(
            value =
                "Whether a run that starts over adds to the table, instead of emptying one that an"
                    + " earlier run has made.",
            byDefault = "false")
        boolean append,
    @Key("Fields by which a row replaces the one that is there; without them rows are only added.")
        List<String> key,
    @Key(
            value = "Whether the connection is encrypted and the server's certificate checked.",
            otherwise = "`true`, unless the server is this machine")
        Optional<Boolean> tls,
    @Key(value = "The certificates that are trusted (PEM).", otherwise = "those of the JDK")
        Optional<String> caFile,
    @Key(
            value =
                "Whether undeclared fields of JSON records are left out, instead of kept as JSON in"
                    + " a column `extras`.",
            byDefault = "false")
        boolean dropExtras)
    implements SinkConfig {
  private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "::1");

  /** Whether a server is this machine. */
  public static boolean isHere(String host) {
    return HERE.contains(host);
  }

  @Override
  public String target() {
    return table;
  }

  public Sink sink() {
    return PostgresSink.to(
        new PostgresSettings(
            host,
            port,
            database,
            user,
            password.map(Secret::value),
            table,
            append,
            key,
            dropExtras,
            tls.orElse(!isHere(host)),
            caFile));
  }

  /** Where the rows go: what makes it the same sink in another run. Not the password. */
  @Override
  public String toString() {
    return "PostgresSinkConfig["
        + host
        + ":"
        + port
        + "/"
        + database
        + ", "
        + table
        + ", "
        + key
        + "]";
  }
}
