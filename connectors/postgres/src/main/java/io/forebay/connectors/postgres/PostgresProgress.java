package io.forebay.connectors.postgres;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The progress of a sink, in two tables beside its data: {@code forebay_runs}, a row a sink, and
 * {@code forebay_progress}, a row for each partition. Written in the transaction of the data. Used
 * by one thread.
 */
final class PostgresProgress {
  private final String sink;

  /** What is stored, as far as it was written or read by this object. */
  private final Map<String, Position> stored = new HashMap<>();

  PostgresProgress(String sink) {
    this.sink = sink;
  }

  /** What was committed last; empty where nothing was. */
  Optional<Progress> read(Connection connection) throws SQLException {
    stored.clear();
    try (PreparedStatement query =
            connection.prepareStatement("SELECT to_regclass('forebay_runs')");
        ResultSet rows = query.executeQuery()) {
      if (!rows.next() || rows.getString(1) == null) {
        return Optional.empty();
      }
    }
    String pipeline;
    boolean complete;
    try (PreparedStatement query =
        connection.prepareStatement("SELECT pipeline, complete FROM forebay_runs WHERE sink = ?")) {
      query.setString(1, sink);
      try (ResultSet rows = query.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        pipeline = rows.getString(1);
        complete = rows.getBoolean(2);
      }
    }
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT \"partition\", \"sequence\", \"offset\" FROM forebay_progress WHERE sink ="
                + " ?")) {
      query.setString(1, sink);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          stored.put(rows.getString(1), new Position(rows.getLong(2), rows.getLong(3)));
        }
      }
    }
    return Optional.of(new Progress(pipeline, new Frontier(stored), complete));
  }

  /** A run that has delivered nothing yet. */
  void begin(Connection connection, String pipeline) throws SQLException {
    PostgresTable.run(
        connection,
        "CREATE TABLE IF NOT EXISTS forebay_runs"
            + " (sink text PRIMARY KEY, pipeline text NOT NULL, complete boolean NOT NULL)");
    PostgresTable.run(
        connection,
        "CREATE TABLE IF NOT EXISTS forebay_progress (sink text, \"partition\" text,"
            + " \"sequence\" bigint NOT NULL, \"offset\" bigint NOT NULL,"
            + " PRIMARY KEY (sink, \"partition\"))");
    for (String table : new String[] {"forebay_runs", "forebay_progress"}) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM " + table + " WHERE sink = ?")) {
        delete.setString(1, sink);
        delete.executeUpdate();
      }
    }
    writeRun(connection, pipeline, false);
    stored.clear();
  }

  private void writeRun(Connection connection, String pipeline, boolean complete)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO forebay_runs VALUES (?, ?, ?) ON CONFLICT (sink)"
                + " DO UPDATE SET pipeline = excluded.pipeline, complete = excluded.complete")) {
      insert.setString(1, sink);
      insert.setString(2, pipeline);
      insert.setBoolean(3, complete);
      insert.executeUpdate();
    }
  }

  /** Stores the progress; after a failure, {@link #read} comes first. */
  void write(Connection connection, Progress progress) throws SQLException {
    writeRun(connection, progress.pipeline(), progress.complete());
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO forebay_progress VALUES (?, ?, ?, ?) ON CONFLICT (sink, \"partition\")"
                + " DO UPDATE SET \"sequence\" = excluded.\"sequence\","
                + " \"offset\" = excluded.\"offset\"")) {
      boolean changed = false;
      for (Map.Entry<String, Position> entry : progress.frontier().rows().entrySet()) {
        Position position = entry.getValue();
        if (!position.equals(stored.put(entry.getKey(), position))) {
          insert.setString(1, sink);
          insert.setString(2, entry.getKey());
          insert.setLong(3, position.sequence());
          insert.setLong(4, position.offset());
          insert.addBatch();
          changed = true;
        }
      }
      if (changed) {
        insert.executeBatch();
      }
    }
  }
}
