package io.forebay.connectors.duckdb.capi;

import io.forebay.columns.ColumnType;
import java.lang.foreign.MemorySegment;

/** The DuckDB type of each column type; a timestamp keeps its unit. */
public final class DuckDbType {
  /** {@code DUCKDB_TYPE_DOUBLE}, the elements of lists. */
  private static final int DOUBLE = 11;

  /** {@code DUCKDB_TYPE_VARCHAR}. */
  private static final int VARCHAR = 17;

  private DuckDbType() {}

  /** The type in SQL, as {@code duckdb_columns()} names it too. */
  public static String sql(ColumnType type) {
    return switch (type) {
      case BOOL -> "BOOLEAN";
      case INT32 -> "INTEGER";
      case INT64 -> "BIGINT";
      case FLOAT32 -> "FLOAT";
      case FLOAT64 -> "DOUBLE";
      case TIMESTAMP_MS -> "TIMESTAMP_MS";
      case TIMESTAMP_US -> "TIMESTAMP";
      case TIMESTAMP_NS -> "TIMESTAMP_NS";
      case STRING -> "VARCHAR";
      case BINARY -> "BLOB";
      case FLOAT64_LIST -> "DOUBLE[]";
    };
  }

  /** A {@code duckdb_logical_type}, to be destroyed. */
  public static MemorySegment create(ColumnType type) {
    return switch (type) {
      case BOOL -> create(1);
      case INT32 -> create(4);
      case INT64 -> create(5);
      case FLOAT32 -> create(10);
      case FLOAT64 -> create(DOUBLE);
      case TIMESTAMP_MS -> create(21);
      case TIMESTAMP_US -> create(12);
      case TIMESTAMP_NS -> create(22);
      case STRING -> create(VARCHAR);
      case BINARY -> create(18);
      case FLOAT64_LIST -> {
        MemorySegment element = create(DOUBLE);
        yield CApi.call(() -> (MemorySegment) CApi.CREATE_LIST_TYPE.invokeExact(element));
      }
    };
  }

  private static MemorySegment create(int id) {
    return CApi.call(() -> (MemorySegment) CApi.CREATE_TYPE.invokeExact(id));
  }
}
