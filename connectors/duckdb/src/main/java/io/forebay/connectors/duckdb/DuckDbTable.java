package io.forebay.connectors.duckdb;

import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.connectors.duckdb.capi.Database;
import io.forebay.connectors.duckdb.capi.DuckDbType;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A table and its columns. Used by one thread. */
final class DuckDbTable {
  /** The column for the members of JSON records that no field declares, as a JSON object. */
  static final String EXTRAS = "extras";

  private final Database database;
  private final String catalog;
  private final String table;
  private final String where;

  /**
   * @param catalog {@code temp}, or empty for the database itself
   * @param where the table in messages: {@code the table 'readings' in 'out.duckdb'}
   */
  DuckDbTable(Database database, String catalog, String table, String where) {
    this.database = database;
    this.catalog = catalog;
    this.table = table;
    this.where = where;
  }

  String name() {
    return (catalog.isEmpty() ? "" : catalog + ".") + Database.name(table);
  }

  boolean exists() throws IOException {
    return !columns().isEmpty();
  }

  void drop() throws IOException {
    database.run("DROP TABLE IF EXISTS " + name());
  }

  /** Makes the table. */
  void create(Schema schema) throws IOException {
    List<String> columns = new ArrayList<>();
    for (Field field : schema.fields()) {
      columns.add(Database.name(field.name()) + " " + DuckDbType.sql(field.type()));
    }
    database.run(
        "CREATE "
            + (catalog.isEmpty() ? "" : "OR REPLACE TEMP ")
            + "TABLE "
            + Database.name(table)
            + " ("
            + String.join(", ", columns)
            + ")");
  }

  /**
   * @throws ConfigurationException if two fields would be one column
   */
  static void check(Schema schema, String where) {
    Map<String, String> names = new HashMap<>();
    for (Field field : schema.fields()) {
      String other = names.put(field.name().toLowerCase(Locale.ROOT), field.name());
      if (other != null) {
        throw new ConfigurationException(
            where
                + " cannot have a column '"
                + other
                + "' and a column '"
                + field.name()
                + "', because DuckDB takes both for the same: rename one of the fields");
      }
    }
  }

  /**
   * Adds the columns that the table lacks.
   *
   * @throws ConfigurationException if a column of it has another type
   */
  void widen(Schema schema) throws IOException {
    Map<String, String> columns = columns();
    for (Field field : schema.fields()) {
      String type = columns.get(field.name());
      String wanted = DuckDbType.sql(field.type());
      if (type == null) {
        database.run(
            "ALTER TABLE " + name() + " ADD COLUMN " + Database.name(field.name()) + " " + wanted);
      } else if (!type.equals(wanted)) {
        throw new ConfigurationException(
            where
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
  void addExtras(Schema schema) throws IOException {
    for (Field field : schema.fields()) {
      if (field.name().equalsIgnoreCase(EXTRAS)) {
        throw new ConfigurationException(
            where
                + " needs a column 'extras' for members that no field declares, but there is a"
                + " field of that name: rename it, or set dropExtras: true");
      }
    }
    database.run("ALTER TABLE " + name() + " ADD COLUMN IF NOT EXISTS " + EXTRAS + " VARCHAR");
  }

  /** The types of the columns that there are; names compare without case. */
  private Map<String, String> columns() throws IOException {
    Map<String, String> columns = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (List<@Nullable String> row :
        database.query(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = "
                + Database.text(table)
                + " AND database_name = "
                + (catalog.isEmpty() ? "current_database()" : Database.text(catalog))
                + " AND schema_name = 'main'")) {
      columns.put(String.valueOf(row.get(0)), String.valueOf(row.get(1)));
    }
    return columns;
  }
}
