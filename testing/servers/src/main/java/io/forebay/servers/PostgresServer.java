package io.forebay.servers;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A real server on 127.0.0.1, which can be stopped and started again on its data. */
public final class PostgresServer implements AutoCloseable {
  private final Path data;
  private EmbeddedPostgres postgres;
  private int port;

  /** Starts a server with its data in {@code data}. */
  public PostgresServer(Path data) throws IOException {
    this.data = data;
    start();
  }

  /** Starts it again after {@link #stop}. */
  public void start() throws IOException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setServerConfig("fsync", "off");
    if (port != 0) {
      builder.setPort(port);
    }
    postgres = builder.start();
    port = postgres.getPort();
  }

  /** Stops it; its data stays. */
  public void stop() throws IOException {
    postgres.close();
  }

  /** Where it listens on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Runs a statement and returns its rows, if it has some, each value as text. */
  public List<List<@Nullable String>> query(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      List<List<@Nullable String>> all = new ArrayList<>();
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            List<@Nullable String> row = new ArrayList<>();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              row.add(rows.getString(i));
            }
            all.add(row);
          }
        }
      }
      return all;
    }
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
