package io.forebay.functions.sql;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.forebay.connectors.duckdb.capi.CApi;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * The part of DuckDB's C interface with which statements are prepared, and tables are made of what
 * we have in memory.
 *
 * @see <a href="https://duckdb.org/docs/stable/clients/c/table_functions">Table functions</a>
 */
final class QueryApi {
  /** {@code duckdb_result}, which one function takes by value. */
  static final MemoryLayout RESULT =
      MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS);

  /** (connection, statement, out prepared). */
  static final MethodHandle PREPARE =
      CApi.handle("duckdb_prepare", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);

  static final MethodHandle PREPARE_ERROR = CApi.handle("duckdb_prepare_error", ADDRESS, ADDRESS);
  static final MethodHandle DESTROY_PREPARE = CApi.handle("duckdb_destroy_prepare", null, ADDRESS);

  /** (prepared, out result). */
  static final MethodHandle EXECUTE =
      CApi.handle("duckdb_execute_prepared", JAVA_INT, ADDRESS, ADDRESS);

  static final MethodHandle FETCH_CHUNK = CApi.handle("duckdb_fetch_chunk", ADDRESS, RESULT);
  static final MethodHandle CHUNK_SIZE =
      CApi.handle("duckdb_data_chunk_get_size", JAVA_LONG, ADDRESS);

  static final MethodHandle CREATE_FUNCTION = CApi.handle("duckdb_create_table_function", ADDRESS);
  static final MethodHandle DESTROY_FUNCTION =
      CApi.handle("duckdb_destroy_table_function", null, ADDRESS);
  static final MethodHandle SET_NAME =
      CApi.handle("duckdb_table_function_set_name", null, ADDRESS, ADDRESS);
  static final MethodHandle SET_BIND =
      CApi.handle("duckdb_table_function_set_bind", null, ADDRESS, ADDRESS);
  static final MethodHandle SET_INIT =
      CApi.handle("duckdb_table_function_set_init", null, ADDRESS, ADDRESS);
  static final MethodHandle SET_FUNCTION =
      CApi.handle("duckdb_table_function_set_function", null, ADDRESS, ADDRESS);
  static final MethodHandle SET_PUSHDOWN =
      CApi.handle(
          "duckdb_table_function_supports_projection_pushdown", null, ADDRESS, JAVA_BOOLEAN);
  static final MethodHandle REGISTER =
      CApi.handle("duckdb_register_table_function", JAVA_INT, ADDRESS, ADDRESS);

  /** (info, name, type). */
  static final MethodHandle ADD_COLUMN =
      CApi.handle("duckdb_bind_add_result_column", null, ADDRESS, ADDRESS, ADDRESS);

  static final MethodHandle INIT_COLUMNS =
      CApi.handle("duckdb_init_get_column_count", JAVA_LONG, ADDRESS);

  /** (info, index). */
  static final MethodHandle INIT_COLUMN =
      CApi.handle("duckdb_init_get_column_index", JAVA_LONG, ADDRESS, JAVA_LONG);

  /** (info, data, how it is destroyed). */
  static final MethodHandle SET_INIT_DATA =
      CApi.handle("duckdb_init_set_init_data", null, ADDRESS, ADDRESS, ADDRESS);

  static final MethodHandle INIT_DATA =
      CApi.handle("duckdb_function_get_init_data", ADDRESS, ADDRESS);
  static final MethodHandle BIND_ERROR =
      CApi.handle("duckdb_bind_set_error", null, ADDRESS, ADDRESS);
  static final MethodHandle INIT_ERROR =
      CApi.handle("duckdb_init_set_error", null, ADDRESS, ADDRESS);
  static final MethodHandle FUNCTION_ERROR =
      CApi.handle("duckdb_function_set_error", null, ADDRESS, ADDRESS);
  static final MethodHandle MALLOC = CApi.handle("duckdb_malloc", ADDRESS, JAVA_LONG);

  private QueryApi() {}

  /** What DuckDB calls: a method that takes addresses and returns nothing. */
  @SuppressWarnings("restricted") // That is how native code calls back.
  static MemorySegment callback(MethodHandle method, Arena arena) {
    MemoryLayout[] addresses = new MemoryLayout[method.type().parameterCount()];
    Arrays.fill(addresses, ADDRESS);
    return Linker.nativeLinker().upcallStub(method, FunctionDescriptor.ofVoid(addresses), arena);
  }

  /** Sets an error on an info, by one of the handles. */
  static void fail(MethodHandle handle, MemorySegment info, Throwable e) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment text = call.allocateFrom(String.valueOf(e));
      CApi.run(() -> {
        handle.invokeExact(info, text);
      });
    }
  }
}
