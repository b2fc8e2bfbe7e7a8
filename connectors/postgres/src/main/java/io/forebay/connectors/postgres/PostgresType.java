package io.forebay.connectors.postgres;

import io.forebay.columns.ColumnType;
import java.util.Set;

/** The PostgreSQL type of each column type. */
final class PostgresType {
  private PostgresType() {}

  /** The type in SQL, as {@code format_type} names it too. */
  static String sql(ColumnType type) {
    return switch (type) {
      case BOOL -> "boolean";
      case INT32 -> "integer";
      case INT64 -> "bigint";
      case FLOAT32 -> "real";
      case FLOAT64 -> "double precision";
      case TIMESTAMP_MS, TIMESTAMP_US -> "timestamp with time zone";
      // PostgreSQL has no nanoseconds; as a number they are all there.
      case TIMESTAMP_NS -> "bigint";
      case STRING -> "text";
      case BINARY -> "bytea";
      case FLOAT64_LIST -> "double precision[]";
    };
  }

  /** Whether a column of the type {@code there} takes what is written, byte for byte. */
  static boolean takes(String there, ColumnType type) {
    return there.equals(sql(type))
        || (type == ColumnType.STRING && there.startsWith("character varying"))
        || (Set.of(ColumnType.TIMESTAMP_MS, ColumnType.TIMESTAMP_US).contains(type)
            && there.equals("timestamp without time zone"));
  }
}
