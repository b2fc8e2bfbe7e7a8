package io.forebay.connectors.duckdb.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a database file. All connections of this process to a file share one database.
 * Used by one thread.
 */
public final class Database implements Closeable {
  /**
   * DuckDB takes 80 % of the machine and a thread for each core where it is not told otherwise; a
   * sink has neighbours.
   */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "memory_limit", "512MiB",
          "threads", "1",
          "autoinstall_known_extensions", "false",
          "autoload_known_extensions", "false");

  /** {@code sizeof(duckdb_result)}. */
  private static final long RESULT_BYTES = 48;

  private static final class Cache {
    static final MemorySegment INSTANCES =
        CApi.call(() -> (MemorySegment) CApi.CREATE_INSTANCE_CACHE.invokeExact());
  }

  private final Arena arena = Arena.ofShared();
  private final MemorySegment database;
  private final MemorySegment connection;
  private boolean closed;

  private Database(String path) throws IOException {
    database = arena.allocate(ADDRESS);
    connection = arena.allocate(ADDRESS);
    try (Arena call = Arena.ofConfined()) {
      MemorySegment config = config(call);
      MemorySegment error = call.allocate(ADDRESS);
      int state =
          CApi.call(() ->
              (int)
                  CApi.OPEN.invokeExact(
                      Cache.INSTANCES,
                      call.allocateFrom(path),
                      database,
                      CApi.pointer(config),
                      error));
      CApi.run(() -> {
        CApi.DESTROY_CONFIG.invokeExact(config);
      });
      if (state != CApi.OK) {
        MemorySegment message = CApi.pointer(error);
        String text = CApi.text(message);
        CApi.run(() -> {
          CApi.FREE.invokeExact(message);
        });
        throw new IOException(text);
      }
      state = CApi.call(() -> (int) CApi.CONNECT.invokeExact(CApi.pointer(database), connection));
      if (state != CApi.OK) {
        throw new IOException("no connection");
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private static MemorySegment config(Arena arena) {
    MemorySegment config = arena.allocate(ADDRESS);
    var _ = CApi.call(() -> (int) CApi.CREATE_CONFIG.invokeExact(config));
    SETTINGS.forEach((name, value) -> {
      int state =
          CApi.call(() ->
              (int)
                  CApi.SET_CONFIG.invokeExact(
                      CApi.pointer(config), arena.allocateFrom(name), arena.allocateFrom(value)));
      if (state != CApi.OK) {
        throw new IllegalStateException("DuckDB has no setting " + name + " = " + value);
      }
    });
    return config;
  }

  /** Opens the database file, which is made if it is not there. */
  public static Database open(String path) throws IOException {
    return new Database(path);
  }

  public MemorySegment connection() {
    return CApi.pointer(connection);
  }

  /** Runs a statement. */
  public void run(String sql) throws IOException {
    query(sql);
  }

  /** Runs a statement and returns its rows, each value as text. */
  public List<List<@Nullable String>> query(String sql) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment result = call.allocate(RESULT_BYTES, 8);
      MemorySegment statement = call.allocateFrom(sql);
      int state = CApi.call(() -> (int) CApi.QUERY.invokeExact(connection(), statement, result));
      try {
        if (state != CApi.OK) {
          throw new StatementException(
              CApi.text(CApi.call(() -> (MemorySegment) CApi.RESULT_ERROR.invokeExact(result))),
              CApi.call(() -> (int) CApi.RESULT_ERROR_TYPE.invokeExact(result)));
        }
        long rows = CApi.call(() -> (long) CApi.ROW_COUNT.invokeExact(result));
        long columns = CApi.call(() -> (long) CApi.COLUMN_COUNT.invokeExact(result));
        List<List<@Nullable String>> values = new ArrayList<>();
        for (long row = 0; row < rows; row++) {
          List<@Nullable String> line = new ArrayList<>();
          for (long column = 0; column < columns; column++) {
            line.add(value(result, column, row));
          }
          values.add(line);
        }
        return values;
      } finally {
        CApi.run(() -> {
          CApi.DESTROY_RESULT.invokeExact(result);
        });
      }
    }
  }

  private static @Nullable String value(MemorySegment result, long column, long row) {
    MemorySegment text =
        CApi.call(() -> (MemorySegment) CApi.VALUE_VARCHAR.invokeExact(result, column, row));
    if (text.address() == 0) {
      return null;
    }
    String value = CApi.text(text);
    CApi.run(() -> {
      CApi.FREE.invokeExact(text);
    });
    return value;
  }

  /** A name as SQL takes it. */
  public static String name(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** A text as SQL takes it. */
  public static String text(String text) {
    return '\'' + text.replace("'", "''") + '\'';
  }

  /** Gives back the connection, and the database if it is the last; what was begun is undone. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      CApi.run(() -> {
        CApi.DISCONNECT.invokeExact(connection);
      });
      CApi.run(() -> {
        CApi.CLOSE.invokeExact(database);
      });
      arena.close();
    }
  }
}
