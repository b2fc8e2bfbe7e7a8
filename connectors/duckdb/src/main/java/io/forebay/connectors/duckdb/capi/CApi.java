package io.forebay.connectors.duckdb.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.forebay.errors.ConfigurationException;
import io.forebay.internal.files.LibraryCache;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.URL;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The part of DuckDB's C interface that all use, in the native library that its JDBC driver brings
 * along. The driver's own ways of inserting go value by value; this one copies columns.
 *
 * @see <a href="https://duckdb.org/docs/stable/clients/c/api">DuckDB C API</a>
 */
public final class CApi {
  public static final int OK = 0;

  private static final ValueLayout.OfInt STATE = JAVA_INT;
  private static final SymbolLookup LIBRARY = load();

  public static final MethodHandle CREATE_INSTANCE_CACHE =
      handle("duckdb_create_instance_cache", ADDRESS);

  /** (cache, path, out database, config, out error). */
  public static final MethodHandle OPEN =
      handle("duckdb_get_or_create_from_cache", STATE, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);

  public static final MethodHandle CLOSE = handle("duckdb_close", null, ADDRESS);
  public static final MethodHandle CREATE_CONFIG = handle("duckdb_create_config", STATE, ADDRESS);

  /** (config, name, value). */
  public static final MethodHandle SET_CONFIG =
      handle("duckdb_set_config", STATE, ADDRESS, ADDRESS, ADDRESS);

  public static final MethodHandle DESTROY_CONFIG = handle("duckdb_destroy_config", null, ADDRESS);

  /** (database, out connection). */
  public static final MethodHandle CONNECT = handle("duckdb_connect", STATE, ADDRESS, ADDRESS);

  public static final MethodHandle DISCONNECT = handle("duckdb_disconnect", null, ADDRESS);

  /** (connection, statement, out result). */
  public static final MethodHandle QUERY = handle("duckdb_query", STATE, ADDRESS, ADDRESS, ADDRESS);

  public static final MethodHandle RESULT_ERROR = handle("duckdb_result_error", ADDRESS, ADDRESS);

  /** (result); a {@code duckdb_error_type}. */
  public static final MethodHandle RESULT_ERROR_TYPE =
      handle("duckdb_result_error_type", JAVA_INT, ADDRESS);

  public static final MethodHandle ROW_COUNT = handle("duckdb_row_count", JAVA_LONG, ADDRESS);
  public static final MethodHandle COLUMN_COUNT = handle("duckdb_column_count", JAVA_LONG, ADDRESS);

  /** (result, column, row); the text is to be freed. */
  public static final MethodHandle VALUE_VARCHAR =
      handle("duckdb_value_varchar", ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG);

  public static final MethodHandle DESTROY_RESULT = handle("duckdb_destroy_result", null, ADDRESS);
  public static final MethodHandle FREE = handle("duckdb_free", null, ADDRESS);

  /** (connection, catalog or null, schema or null, table, out appender). */
  public static final MethodHandle APPENDER_CREATE =
      handle("duckdb_appender_create_ext", STATE, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);

  /** (appender, column name): the next column of the chunks that will be appended. */
  public static final MethodHandle APPENDER_ADD_COLUMN =
      handle("duckdb_appender_add_column", STATE, ADDRESS, ADDRESS);

  public static final MethodHandle APPENDER_FLUSH = handle("duckdb_appender_flush", STATE, ADDRESS);
  public static final MethodHandle APPENDER_CLEAR = handle("duckdb_appender_clear", STATE, ADDRESS);
  public static final MethodHandle APPENDER_DESTROY =
      handle("duckdb_appender_destroy", STATE, ADDRESS);
  public static final MethodHandle APPENDER_ERROR =
      handle("duckdb_appender_error", ADDRESS, ADDRESS);

  /** (appender, chunk). */
  public static final MethodHandle APPEND_CHUNK =
      handle("duckdb_append_data_chunk", STATE, ADDRESS, ADDRESS);

  public static final MethodHandle CREATE_TYPE =
      handle("duckdb_create_logical_type", ADDRESS, STATE);
  public static final MethodHandle CREATE_LIST_TYPE =
      handle("duckdb_create_list_type", ADDRESS, ADDRESS);
  public static final MethodHandle DESTROY_TYPE =
      handle("duckdb_destroy_logical_type", null, ADDRESS);

  public static final MethodHandle VECTOR_SIZE = handle("duckdb_vector_size", JAVA_LONG);

  /** (types, how many). */
  public static final MethodHandle CREATE_CHUNK =
      handle("duckdb_create_data_chunk", ADDRESS, ADDRESS, JAVA_LONG);

  public static final MethodHandle DESTROY_CHUNK =
      handle("duckdb_destroy_data_chunk", null, ADDRESS);
  public static final MethodHandle RESET_CHUNK = handle("duckdb_data_chunk_reset", null, ADDRESS);

  /** (chunk, column). */
  public static final MethodHandle CHUNK_VECTOR =
      handle("duckdb_data_chunk_get_vector", ADDRESS, ADDRESS, JAVA_LONG);

  /** (chunk, rows). */
  public static final MethodHandle CHUNK_SET_SIZE =
      handle("duckdb_data_chunk_set_size", null, ADDRESS, JAVA_LONG);

  public static final MethodHandle VECTOR_DATA = handle("duckdb_vector_get_data", ADDRESS, ADDRESS);
  public static final MethodHandle VECTOR_VALIDITY =
      handle("duckdb_vector_get_validity", ADDRESS, ADDRESS);
  public static final MethodHandle ENSURE_VALIDITY =
      handle("duckdb_vector_ensure_validity_writable", null, ADDRESS);

  /** (vector, row, bytes, length). */
  public static final MethodHandle ASSIGN_STRING =
      handle(
          "duckdb_vector_assign_string_element_len", null, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG);

  public static final MethodHandle LIST_CHILD =
      handle("duckdb_list_vector_get_child", ADDRESS, ADDRESS);

  /** (vector, values). */
  public static final MethodHandle LIST_RESERVE =
      handle("duckdb_list_vector_reserve", STATE, ADDRESS, JAVA_LONG);

  public static final MethodHandle LIST_SET_SIZE =
      handle("duckdb_list_vector_set_size", STATE, ADDRESS, JAVA_LONG);

  private CApi() {}

  /** A call of one of the handles. */
  public interface Call<T> {
    T call() throws Throwable;
  }

  /** Makes the call; none of these functions throws. */
  public static <T> T call(Call<T> call) {
    try {
      return call.call();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** A call of a handle without a result; written as a block, for {@code invokeExact}'s sake. */
  public interface Command {
    void call() throws Throwable;
  }

  /** Makes the call. */
  public static void run(Command command) {
    call(() -> {
      command.call();
      return true;
    });
  }

  /** The address that is stored in {@code holder}. */
  public static MemorySegment pointer(MemorySegment holder) {
    return holder.get(ADDRESS, 0);
  }

  /** The zero-terminated text at the address; empty for a null pointer. */
  public static String text(MemorySegment address) {
    return address.address() == 0 ? "" : memory(address, Long.MAX_VALUE).getString(0);
  }

  /** The memory at the address, which DuckDB says is {@code bytes} long. */
  @SuppressWarnings("restricted") // DuckDB tells addresses only.
  public static MemorySegment memory(MemorySegment address, long bytes) {
    return address.reinterpret(bytes);
  }

  /**
   * The driver's own way would unpack its 72 MB anew for each process, and a process that is killed
   * leaves them behind.
   */
  @SuppressWarnings("restricted") // That is how native libraries are loaded.
  private static SymbolLookup load() {
    String resource = "/libduckdb_java.so_" + system() + "_" + processor();
    URL library = CApi.class.getResource(resource);
    if (library == null) {
      throw new ConfigurationException(
          "DuckDB has no native library for this machine ("
              + resource.substring(1)
              + "): use another sink");
    }
    return LibraryCache.of("libduckdb")
        .load(library, file -> SymbolLookup.libraryLookup(file, Arena.global()));
  }

  private static String system() {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "macos" : name.startsWith("windows") ? "windows" : name;
  }

  private static String processor() {
    String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return name.equals("x86_64") ? "amd64" : name.equals("aarch64") ? "arm64" : name;
  }

  /** A function of the library. */
  @SuppressWarnings("restricted") // That is how native functions are called.
  public static MethodHandle handle(
      String name, @Nullable MemoryLayout result, MemoryLayout... arguments) {
    FunctionDescriptor descriptor =
        result == null
            ? FunctionDescriptor.ofVoid(arguments)
            : FunctionDescriptor.of(result, arguments);
    return Linker.nativeLinker().downcallHandle(symbol(name), descriptor);
  }

  /** The address of a function of the library. */
  public static MemorySegment symbol(String name) {
    return LIBRARY
        .find(name)
        .orElseThrow(() ->
            new ConfigurationException(
                "DuckDB's native library has no function " + name + ": use another sink"));
  }
}
