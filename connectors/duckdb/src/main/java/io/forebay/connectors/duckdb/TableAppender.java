package io.forebay.connectors.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.StringColumn;
import io.forebay.connectors.duckdb.capi.CApi;
import io.forebay.connectors.duckdb.capi.Database;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Appends batches to a table, within the connection's transaction. Used by one thread. */
final class TableAppender implements Closeable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment appender = arena.allocate(ADDRESS);
  private final Chunk chunk;
  private final int columns;
  private final boolean extras;

  /**
   * @param catalog {@code temp}, or empty for the database itself
   * @param extras whether there is a column for the members that no field declares
   */
  TableAppender(Database database, String catalog, String table, Schema schema, boolean extras)
      throws IOException {
    this.columns = schema.size();
    this.extras = extras;
    List<ColumnType> types = new ArrayList<>();
    List<String> names = new ArrayList<>();
    schema
        .fields()
        .forEach(field -> {
          types.add(field.type());
          names.add(field.name());
        });
    if (extras) {
      types.add(ColumnType.STRING);
      names.add(DuckDbTable.EXTRAS);
    }
    MemorySegment in = catalog.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(catalog);
    MemorySegment name = arena.allocateFrom(table);
    int state =
        CApi.call(() ->
            (int)
                CApi.APPENDER_CREATE.invokeExact(
                    database.connection(), in, MemorySegment.NULL, name, appender));
    check(state);
    for (String column : names) {
      MemorySegment text = arena.allocateFrom(column);
      check(CApi.call(() -> (int) CApi.APPENDER_ADD_COLUMN.invokeExact(handle(), text)));
    }
    chunk = new Chunk(types);
  }

  private MemorySegment handle() {
    return CApi.pointer(appender);
  }

  private void check(int state) throws IOException {
    if (state != CApi.OK) {
      throw new IOException(
          CApi.text(CApi.call(() -> (MemorySegment) CApi.APPENDER_ERROR.invokeExact(handle()))));
    }
  }

  boolean hasExtras() {
    return extras;
  }

  /** Copies all rows; they are in the table after {@link #flush}, at the latest. */
  void append(Batch batch) throws IOException {
    StringColumn members = extras ? batch.extras().orElse(null) : null;
    for (int from = 0; from < batch.rows(); from += Chunk.CAPACITY) {
      int rows = Math.min(Chunk.CAPACITY, batch.rows() - from);
      chunk.reset();
      for (int column = 0; column < columns; column++) {
        chunk.fill(column, batch.column(column), from, rows, false);
      }
      if (members != null) {
        chunk.fill(columns, members, from, rows, true);
      } else if (extras) {
        chunk.fillNull(columns, rows);
      }
      chunk.setRows(rows);
      check(CApi.call(() -> (int) CApi.APPEND_CHUNK.invokeExact(handle(), chunk.handle())));
    }
  }

  void flush() throws IOException {
    check(CApi.call(() -> (int) CApi.APPENDER_FLUSH.invokeExact(handle())));
  }

  /** Releases it; rows that were not flushed are forgotten. */
  @Override
  public void close() {
    CApi.call(() -> {
      int cleared = (int) CApi.APPENDER_CLEAR.invokeExact(handle());
      int destroyed = (int) CApi.APPENDER_DESTROY.invokeExact(appender);
      return cleared + destroyed;
    });
    chunk.close();
    arena.close();
  }
}
