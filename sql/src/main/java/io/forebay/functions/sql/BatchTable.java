package io.forebay.functions.sql;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.duckdb.capi.CApi;
import io.forebay.connectors.duckdb.capi.Database;
import io.forebay.connectors.duckdb.capi.DuckDbType;
import io.forebay.connectors.duckdb.capi.VectorWriter;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code batch}: the rows of the batch that is worked on, and behind its columns the
 * number of each row. DuckDB asks for it vector by vector, and only for the columns that it needs,
 * by calling back on the thread that has called it. Closed after its database.
 */
final class BatchTable implements Closeable {
  static final String NAME = "batch";

  /** The column that says which row of the batch a row is. */
  static final String ROW = Field.RESERVED_PREFIX + "row";

  private static final String FUNCTION = "forebay_batch";

  private final Schema schema;
  private final Arena arena = Arena.ofShared();
  private final VectorWriter writer = new VectorWriter();
  private @Nullable Batch batch;

  BatchTable(Schema schema, Database database) throws IOException {
    this.schema = schema;
    MemorySegment function = arena.allocate(ADDRESS);
    function.set(
        ADDRESS, 0, CApi.call(() -> (MemorySegment) QueryApi.CREATE_FUNCTION.invokeExact()));
    MemorySegment made = CApi.pointer(function);
    MemorySegment name = arena.allocateFrom(FUNCTION);
    MemorySegment bind = callback("bind", 1);
    MemorySegment init = callback("init", 1);
    MemorySegment scan = callback("scan", 2);
    int state =
        CApi.call(() -> {
          QueryApi.SET_NAME.invokeExact(made, name);
          QueryApi.SET_BIND.invokeExact(made, bind);
          QueryApi.SET_INIT.invokeExact(made, init);
          QueryApi.SET_FUNCTION.invokeExact(made, scan);
          QueryApi.SET_PUSHDOWN.invokeExact(made, true);
          int registered = (int) QueryApi.REGISTER.invokeExact(database.connection(), made);
          QueryApi.DESTROY_FUNCTION.invokeExact(function);
          return registered;
        });
    if (state != CApi.OK) {
      throw new IOException("DuckDB does not take the table function of the batch");
    }
    database.run("create view " + NAME + " as select * from " + FUNCTION + "()");
  }

  /** The batch that statements read from now on. */
  void use(@Nullable Batch next) {
    batch = next;
  }

  private MemorySegment callback(String method, int addresses) {
    MethodType type =
        MethodType.methodType(
            void.class,
            addresses == 1
                ? new Class<?>[] {MemorySegment.class}
                : new Class<?>[] {MemorySegment.class, MemorySegment.class});
    try {
      MethodHandle handle = MethodHandles.lookup().bind(this, method, type);
      return QueryApi.callback(handle, arena);
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Called by DuckDB: says which columns there are. */
  @SuppressWarnings("unused")
  private void bind(MemorySegment info) {
    try {
      for (Field field : schema.fields()) {
        addColumn(info, field.name(), field.type());
      }
      addColumn(info, ROW, ColumnType.INT32);
    } catch (Throwable e) {
      QueryApi.fail(QueryApi.BIND_ERROR, info, e);
    }
  }

  private static void addColumn(MemorySegment info, String name, ColumnType type) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment text = call.allocateFrom(name);
      MemorySegment logical = call.allocate(ADDRESS);
      logical.set(ADDRESS, 0, DuckDbType.create(type));
      CApi.run(() -> {
        QueryApi.ADD_COLUMN.invokeExact(info, text, CApi.pointer(logical));
      });
      CApi.run(() -> {
        CApi.DESTROY_TYPE.invokeExact(logical);
      });
    }
  }

  /**
   * Called by DuckDB: a scan begins. Its state is the next row, how many columns are wanted, and
   * which.
   */
  @SuppressWarnings("unused")
  private void init(MemorySegment info) {
    try {
      long columns = CApi.call(() -> (long) QueryApi.INIT_COLUMNS.invokeExact(info));
      long bytes = 8 * (2 + columns);
      MemorySegment address = CApi.call(() -> (MemorySegment) QueryApi.MALLOC.invokeExact(bytes));
      MemorySegment state = CApi.memory(address, bytes);
      state.setAtIndex(JAVA_LONG, 0, 0);
      state.setAtIndex(JAVA_LONG, 1, columns);
      for (long i = 0; i < columns; i++) {
        long at = i;
        long column = CApi.call(() -> (long) QueryApi.INIT_COLUMN.invokeExact(info, at));
        state.setAtIndex(JAVA_LONG, 2 + i, column);
      }
      MemorySegment free = CApi.symbol("duckdb_free");
      CApi.run(() -> {
        QueryApi.SET_INIT_DATA.invokeExact(info, address, free);
      });
    } catch (Throwable e) {
      QueryApi.fail(QueryApi.INIT_ERROR, info, e);
    }
  }

  /** Called by DuckDB: fills the next vectors; none are left when there are no rows in them. */
  @SuppressWarnings("unused")
  private void scan(MemorySegment info, MemorySegment chunk) {
    try {
      MemorySegment address = CApi.call(() -> (MemorySegment) QueryApi.INIT_DATA.invokeExact(info));
      MemorySegment head = CApi.memory(address, 16);
      int from = (int) head.getAtIndex(JAVA_LONG, 0);
      long columns = head.getAtIndex(JAVA_LONG, 1);
      MemorySegment state = CApi.memory(address, 8 * (2 + columns));
      Batch rows = Objects.requireNonNull(batch, "no batch is worked on");
      int count = Math.min(VectorWriter.CAPACITY, rows.rows() - from);
      for (int i = 0; i < columns; i++) {
        fill(chunk, i, state.getAtIndex(JAVA_LONG, 2 + i), rows, from, count);
      }
      state.setAtIndex(JAVA_LONG, 0, from + (long) count);
      long size = count;
      CApi.run(() -> {
        CApi.CHUNK_SET_SIZE.invokeExact(chunk, size);
      });
    } catch (Throwable e) {
      QueryApi.fail(QueryApi.FUNCTION_ERROR, info, e);
    }
  }

  private void fill(
      MemorySegment chunk, int vectorIndex, long column, Batch rows, int from, int count) {
    long index = vectorIndex;
    MemorySegment vector =
        CApi.call(() -> (MemorySegment) CApi.CHUNK_VECTOR.invokeExact(chunk, index));
    if (column >= 0 && column < schema.size()) {
      writer.fill(vector, rows.column((int) column), from, count, false);
    } else if (column == schema.size()) {
      MemorySegment data =
          CApi.memory(
              CApi.call(() -> (MemorySegment) CApi.VECTOR_DATA.invokeExact(vector)), 4L * count);
      for (int row = 0; row < count; row++) {
        data.setAtIndex(JAVA_INT, row, from + row);
      }
    } // Beyond: a row id, which nothing asks for.
  }

  @Override
  public void close() {
    writer.close();
    arena.close();
  }
}
