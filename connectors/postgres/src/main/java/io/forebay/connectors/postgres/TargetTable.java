package io.forebay.connectors.postgres;

import io.forebay.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * How rows get into the table: copied into it, or copied into a temporary table and from there
 * inserted, where they replace others by a key, or where the server takes no {@code COPY}. Used by
 * one thread.
 */
final class TargetTable {
  private static final String STAGE = "forebay_stage";

  private final PostgresTable table;
  private final Schema schema;
  private final List<String> key;
  private final boolean staged;
  private final String number;
  private boolean extras;

  /**
   * @param key columns by which a row replaces one that is there; empty: rows are only added
   * @param insertsOnly whether the server takes no {@code COPY} into the table
   */
  TargetTable(PostgresTable table, Schema schema, List<String> key, boolean insertsOnly) {
    this.table = table;
    this.schema = schema;
    this.key = key;
    this.staged = insertsOnly || !key.isEmpty();
    String free = "forebay_row";
    while (schema.has(free)) {
      free += "_";
    }
    this.number = free;
  }

  /** What {@code COPY} writes into. */
  String copy() {
    return (staged ? STAGE : table.name()) + " (" + columns() + ")";
  }

  /** Begins a transaction. */
  void begin(Connection connection) throws SQLException {
    if (staged) {
      // Without the table's constraints, so that they are checked where the rows are to go.
      PostgresTable.run(
          connection,
          "CREATE TEMP TABLE "
              + STAGE
              + " ON COMMIT DROP AS SELECT "
              + columns()
              + " FROM "
              + table.name()
              + " WITH NO DATA");
      PostgresTable.run(
          connection, "ALTER TABLE " + STAGE + " ADD COLUMN " + number + " bigserial");
    }
  }

  /** From now on there is a column for extras. */
  void addExtras(Connection connection, boolean begun) throws SQLException {
    table.addExtras(connection, schema);
    extras = true;
    if (staged && begun) {
      PostgresTable.run(
          connection, "ALTER TABLE " + STAGE + " ADD COLUMN " + PostgresTable.EXTRAS + " text");
    }
  }

  /** Takes what was copied. */
  void take(Connection connection) throws SQLException {
    if (staged) {
      PostgresTable.run(
          connection, "INSERT INTO " + table.name() + " (" + columns() + ") " + rows());
      PostgresTable.run(connection, "TRUNCATE " + STAGE);
    }
  }

  private String rows() {
    if (key.isEmpty()) {
      return "SELECT " + columns() + " FROM " + STAGE + " ORDER BY " + number;
    }
    List<String> changes = new ArrayList<>();
    for (String column : names()) {
      changes.add(column + " = excluded." + column);
    }
    // Of several rows of one key, the last one counts.
    return "SELECT DISTINCT ON ("
        + table.keys()
        + ") "
        + columns()
        + " FROM "
        + STAGE
        + " ORDER BY "
        + table.keys()
        + ", "
        + number
        + " DESC ON CONFLICT ("
        + table.keys()
        + ") DO UPDATE SET "
        + String.join(", ", changes);
  }

  private String columns() {
    return String.join(", ", names());
  }

  /** As SQL takes them. */
  private List<String> names() {
    List<String> names = new ArrayList<>();
    schema.fields().forEach(field -> names.add(Identifiers.quoted(field.name())));
    if (extras) {
      names.add(PostgresTable.EXTRAS);
    }
    return names;
  }
}
