package io.forebay.functions.sql;

import static java.lang.foreign.ValueLayout.ADDRESS;

import io.forebay.connectors.duckdb.capi.CApi;
import io.forebay.connectors.duckdb.capi.Database;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A statement that was prepared. Used by one thread; closed before its database. */
final class PreparedQuery implements Closeable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment prepared = arena.allocate(ADDRESS);

  /**
   * Prepares a statement.
   *
   * @throws IOException with what DuckDB says, if it is none, or several
   */
  PreparedQuery(Database database, String sql) throws IOException {
    int state;
    try (Arena call = Arena.ofConfined()) {
      MemorySegment text = call.allocateFrom(sql);
      state =
          CApi.call(
              () -> (int) QueryApi.PREPARE.invokeExact(database.connection(), text, prepared));
    }
    if (state != CApi.OK) {
      MemorySegment handle = CApi.pointer(prepared);
      String message =
          handle.address() == 0
              ? "there is nothing to prepare"
              : CApi.text(
                  CApi.call(() -> (MemorySegment) QueryApi.PREPARE_ERROR.invokeExact(handle)));
      close();
      throw new IOException(message);
    }
  }

  /** What a run of the statement has given. */
  final class Result implements Closeable {
    private final MemorySegment result;
    private final Arena memory = Arena.ofConfined();
    private final List<MemorySegment> chunks = new ArrayList<>();

    private Result() throws IOException {
      result = memory.allocate(QueryApi.RESULT);
      int state =
          CApi.call(() -> (int) QueryApi.EXECUTE.invokeExact(CApi.pointer(prepared), result));
      if (state != CApi.OK) {
        String message =
            CApi.text(CApi.call(() -> (MemorySegment) CApi.RESULT_ERROR.invokeExact(result)));
        close();
        throw new IOException(message);
      }
    }

    /** Its chunks, which hold until it is closed. */
    List<MemorySegment> chunks() {
      while (true) {
        MemorySegment chunk =
            CApi.call(() -> (MemorySegment) QueryApi.FETCH_CHUNK.invokeExact(result));
        if (chunk.address() == 0) {
          return chunks;
        }
        chunks.add(chunk);
      }
    }

    static int rows(MemorySegment chunk) {
      return Math.toIntExact(CApi.call(() -> (long) QueryApi.CHUNK_SIZE.invokeExact(chunk)));
    }

    @Override
    public void close() {
      MemorySegment holder = memory.allocate(ADDRESS);
      for (MemorySegment chunk : chunks) {
        holder.set(ADDRESS, 0, chunk);
        CApi.run(() -> {
          CApi.DESTROY_CHUNK.invokeExact(holder);
        });
      }
      CApi.run(() -> {
        CApi.DESTROY_RESULT.invokeExact(result);
      });
      memory.close();
    }
  }

  /**
   * Runs it.
   *
   * @throws IOException with what DuckDB says, if a value cannot be computed
   */
  Result run() throws IOException {
    return new Result();
  }

  @Override
  public void close() {
    CApi.run(() -> {
      QueryApi.DESTROY_PREPARE.invokeExact(prepared);
    });
    arena.close();
  }
}
