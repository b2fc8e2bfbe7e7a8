package io.forebay.connectors.postgres;

import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A table and its columns. Used by one thread. */
final class PostgresTable {
  /** The column for the members of JSON records that no field declares, as a JSON object. */
  static final String EXTRAS = "extras";

  private final PostgresSettings settings;

  PostgresTable(PostgresSettings settings) {
    this.settings = settings;
  }

  /** The table as SQL takes it, with its schema where it has one. */
  String name() {
    int dot = settings.table().indexOf('.');
    return dot < 0
        ? Identifiers.quoted(settings.table())
        : Identifiers.quoted(settings.table().substring(0, dot))
            + "."
            + Identifiers.quoted(settings.table().substring(dot + 1));
  }

  boolean exists(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement("SELECT to_regclass(?)")) {
      query.setString(1, name());
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() && rows.getString(1) != null;
      }
    }
  }

  /** Whether the server takes no {@code COPY} into it: a view, or one with rules for its rows. */
  boolean takesInsertsOnly(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT relkind = 'v' OR row_security_active(oid) FROM pg_class"
                + " WHERE oid = to_regclass(?)")) {
      query.setString(1, name());
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  /** Makes the table, and where rows replace others, the unique index by which they do. */
  void create(Connection connection, Schema schema) throws SQLException {
    List<String> columns = new ArrayList<>();
    for (Field field : schema.fields()) {
      columns.add(Identifiers.quoted(field.name()) + " " + PostgresType.sql(field.type()));
    }
    if (!settings.key().isEmpty()) {
      columns.add("UNIQUE (" + keys() + ")");
    }
    run(connection, "CREATE TABLE " + name() + " (" + String.join(", ", columns) + ")");
  }

  /** The columns of the key, separated by commas. */
  String keys() {
    return String.join(", ", settings.key().stream().map(Identifiers::quoted).toList());
  }

  /**
   * Adds the columns that the table lacks.
   *
   * @throws ConfigurationException if a column of it has another type
   */
  void widen(Connection connection, Schema schema) throws SQLException {
    Map<String, String> columns = columns(connection);
    for (Field field : schema.fields()) {
      String type = columns.get(Identifiers.kept(field.name()));
      String wanted = PostgresType.sql(field.type());
      if (type == null) {
        run(
            connection,
            "ALTER TABLE "
                + name()
                + " ADD COLUMN "
                + Identifiers.quoted(field.name())
                + " "
                + wanted);
      } else if (!PostgresType.takes(type, field.type())) {
        throw new ConfigurationException(
            settings.where()
                + " has a column '"
                + field.name()
                + "' of the type "
                + type
                + ", but the pipeline writes "
                + wanted
                + ": rename the field, or write to another table; nothing was changed");
      }
    }
  }

  /**
   * Makes sure that there is a column for extras.
   *
   * @throws ConfigurationException if a field has its name
   */
  void addExtras(Connection connection, Schema schema) throws SQLException {
    if (schema.has(EXTRAS)) {
      throw new ConfigurationException(
          settings.where()
              + " needs a column 'extras' for members that no field declares, but there is a field"
              + " of that name: rename it, or set dropExtras: true");
    }
    run(connection, "ALTER TABLE " + name() + " ADD COLUMN IF NOT EXISTS " + EXTRAS + " text");
  }

  private Map<String, String> columns(Connection connection) throws SQLException {
    Map<String, String> columns = new HashMap<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
                + " WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped")) {
      query.setString(1, name());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          columns.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    return columns;
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
