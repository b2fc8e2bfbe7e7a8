package io.forebay.connectors.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;

import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.connectors.duckdb.capi.CApi;
import io.forebay.connectors.duckdb.capi.DuckDbType;
import io.forebay.connectors.duckdb.capi.VectorWriter;
import java.io.Closeable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A data chunk of DuckDB: up to {@link #CAPACITY} rows, a vector for each column. Used by one
 * thread.
 */
final class Chunk implements Closeable {
  /** How many rows a chunk has. */
  static final int CAPACITY = VectorWriter.CAPACITY;

  private final Arena arena = Arena.ofShared();
  private final List<ColumnType> types;
  private final MemorySegment chunk;
  private final VectorWriter writer = new VectorWriter();

  Chunk(List<ColumnType> types) {
    this.types = types;
    MemorySegment logical = arena.allocate(ADDRESS, types.size());
    for (int i = 0; i < types.size(); i++) {
      logical.setAtIndex(ADDRESS, i, DuckDbType.create(types.get(i)));
    }
    chunk = arena.allocate(ADDRESS);
    chunk.set(
        ADDRESS,
        0,
        CApi.call(
            () -> (MemorySegment) CApi.CREATE_CHUNK.invokeExact(logical, (long) types.size())));
    for (int i = 0; i < types.size(); i++) {
      MemorySegment type = logical.asSlice(ADDRESS.byteSize() * i, ADDRESS.byteSize());
      CApi.run(() -> {
        CApi.DESTROY_TYPE.invokeExact(type);
      });
    }
  }

  /** The {@code duckdb_data_chunk}. */
  MemorySegment handle() {
    return CApi.pointer(chunk);
  }

  /** Forgets all rows. */
  void reset() {
    CApi.run(() -> {
      CApi.RESET_CHUNK.invokeExact(handle());
    });
  }

  void setRows(int rows) {
    CApi.run(() -> {
      CApi.CHUNK_SET_SIZE.invokeExact(handle(), (long) rows);
    });
  }

  /**
   * Copies rows {@code from} to {@code from + rows} of the column.
   *
   * @param braced whether texts get braces around them
   */
  void fill(int index, Column column, int from, int rows, boolean braced) {
    writer.fill(vector(index), column, from, rows, braced);
  }

  /** A column without values. */
  void fillNull(int index, int rows) {
    writer.fillNull(vector(index), rows);
  }

  private MemorySegment vector(int index) {
    return CApi.call(() -> (MemorySegment) CApi.CHUNK_VECTOR.invokeExact(handle(), (long) index));
  }

  /** The types of the columns. */
  List<ColumnType> types() {
    return types;
  }

  @Override
  public void close() {
    CApi.run(() -> {
      CApi.DESTROY_CHUNK.invokeExact(chunk);
    });
    writer.close();
    arena.close();
  }
}
