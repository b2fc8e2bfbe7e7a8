package io.forebay.functions.sql;

import io.forebay.Batch;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Field;
import io.forebay.connectors.duckdb.capi.Database;
import io.forebay.errors.ConfigurationException;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A statement over the batches of one schema, in a database of its own. The statement is prepared
 * with the number of each row beside its results, by which these find their rows again. Used by one
 * thread.
 */
final class BatchQuery implements Closeable {
  /** No result. */
  private static final long NONE = -1;

  /** The row was rejected. */
  private static final long REJECTED = -2;

  private final Database database;
  private final BatchTable table;
  private final List<ResultColumn> columns;
  private final PreparedQuery query;
  private long[] found = new long[0];

  private BatchQuery(
      Database database, BatchTable table, List<ResultColumn> columns, PreparedQuery query) {
    this.database = database;
    this.table = table;
    this.columns = columns;
    this.query = query;
  }

  /**
   * Prepares the statement.
   *
   * @throws ConfigurationException in one sentence, if it cannot be computed on these columns
   */
  static BatchQuery of(String sql, Tables tables, Schema input) {
    Database database;
    try {
      database = Database.open(":memory:");
    } catch (IOException e) {
      throw new ConfigurationException("DuckDB cannot be opened: " + SqlMessage.oneLine(e), e);
    }
    BatchTable table = null;
    try {
      SelectText select = SelectText.of(sql, unsteadyFunctions(database));
      tables.load(database);
      // From here on a statement reaches nothing but the batch and the tables.
      database.run("set enable_external_access = false");
      database.run("set lock_configuration = true");
      table = new BatchTable(input, database);
      List<ResultColumn> columns = columns(database, select, input);
      return new BatchQuery(database, table, columns, prepare(database, select, columns));
    } catch (IOException | RuntimeException e) {
      database.close();
      if (table != null) {
        table.close();
      }
      throw e instanceof RuntimeException known ? known : SqlMessage.refused(sql, e);
    }
  }

  /** Functions whose result differs from call to call: random, now and their kin. */
  private static Set<String> unsteadyFunctions(Database database) throws IOException {
    Set<String> names = new HashSet<>();
    for (List<@Nullable String> row :
        database.query(
            "select distinct lower(function_name) from duckdb_functions() where stability <>"
                + " 'CONSISTENT'")) {
      names.add(Objects.requireNonNull(row.getFirst()));
    }
    return names;
  }

  /**
   * The results that become columns: all but those that are the batch's own, passed on by a star.
   */
  private static List<ResultColumn> columns(Database database, SelectText select, Schema input)
      throws IOException {
    // Prepared first, because what is described is not looked at for its number of statements.
    new PreparedQuery(database, select.text()).close();
    List<List<@Nullable String>> described = database.query("describe " + select.text());
    Star star = Star.of(database, select, input, described.size());
    List<ResultColumn> columns = new ArrayList<>();
    for (int i = star.passed(); i < described.size(); i++) {
      String name = Objects.requireNonNull(described.get(i).get(0));
      if (i < star.end() && input.has(name)) {
        throw new ConfigurationException(
            "the star in the parameter sql has two columns '%s', of batch and of a table: join them by using (%s), or name the columns that are wanted"
                .formatted(name, name));
      }
      if (!name.equals(BatchTable.ROW)) {
        columns.add(ResultColumn.of(i, name, Objects.requireNonNull(described.get(i).get(1))));
      }
    }
    return columns;
  }

  /**
   * How the parsed statement begins: the first that it selects, and the table that it reads first.
   */
  private static final String BEGINNING =
      """
      select statement->>'FROM.type', statement->>'FROM.table_name',
        statement->>'NODE.select_list[0].class', statement->>'NODE.select_list[0].relation_name',
        (statement->'NODE.select_list[0].exclude_list')::varchar,
        (statement->'NODE.select_list[0].replace_list')::varchar,
        (statement->'NODE.select_list[0].rename_list')::varchar,
        statement->>'NODE.select_list[0].expr', statement->>'NODE.select_list[0].columns',
        json_array_length(statement, 'NODE.select_list')
      from (select json_serialize_sql(TEXT)::json as statement)
      """;

  /**
   * A star at the beginning of a statement that reads the batch first.
   *
   * @param passed how many results at the beginning are the columns of the batch as they are: all
   *     of them and the row's number, or none
   * @param end the results before are those of the star, if there is one
   */
  private record Star(int passed, int end) {
    static Star of(Database database, SelectText select, Schema input, int results)
        throws IOException {
      String node = "$.statements[0].node";
      String from = node + ".from_table";
      for (int depth = 0; depth < 64; depth++) {
        String question =
            BEGINNING
                .replace("FROM", from)
                .replace("NODE", node)
                .replace("TEXT", Database.text(select.text()));
        List<@Nullable String> found = database.query(question).getFirst();
        if ("JOIN".equals(found.get(0))) {
          from += ".left";
          continue;
        }
        boolean plain =
            "BASE_TABLE".equals(found.get(0))
                && BatchTable.NAME.equalsIgnoreCase(found.get(1))
                && "STAR".equals(found.get(2))
                && found.subList(3, 8).stream().allMatch(BatchQuery::isEmpty)
                && !"true".equals(found.get(8));
        return plain
            ? new Star(
                input.size() + 1,
                results + 1 - Integer.parseInt(Objects.requireNonNull(found.get(9))))
            : new Star(0, 0);
      }
      return new Star(0, 0);
    }
  }

  private static boolean isEmpty(@Nullable String json) {
    return json == null || Set.of("", "0", "[]", "{}", "null").contains(json);
  }

  private static PreparedQuery prepare(
      Database database, SelectText select, List<ResultColumn> columns) throws IOException {
    String numbered = "select " + Database.name(BatchTable.ROW) + ", " + select.rest();
    int results;
    try {
      results = database.query("describe " + numbered).size();
    } catch (IOException e) {
      throw new ConfigurationException(
          "the parameter sql does not give rows of the batch, because it groups them or takes"
              + " columns from a table that has left out some: let what it selects from pass on"
              + " each row with all its columns, as select * from batch does (DuckDB says: "
              + SqlMessage.oneLine(e)
              + ")",
          e);
    }
    StringBuilder sql = new StringBuilder("select c0");
    for (ResultColumn each : columns) {
      sql.append(", cast(c").append(each.index() + 1).append(" as ").append(each.sqlType());
      sql.append(')');
    }
    sql.append(" from (").append(numbered).append("\n) as forebay_rows(c0");
    for (int i = 1; i < results; i++) {
      sql.append(", c").append(i);
    }
    return new PreparedQuery(database, sql.append(')').toString());
  }

  /** The columns that it adds or replaces. */
  List<Field> fields() {
    return columns.stream().map(ResultColumn::field).toList();
  }

  /**
   * Computes the rows of a batch.
   *
   * @throws IOException with what DuckDB says, if there is a row that cannot be computed
   */
  void apply(Batch in, BatchWriter out) throws IOException {
    table.use(in);
    try (PreparedQuery.Result result = query.run()) {
      List<MemorySegment> chunks = result.chunks();
      find(chunks, in.rows(), out);
      List<List<ResultColumn.Vector>> vectors = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        vectors.add(vectors(chunks, 1 + i, columns.get(i)));
      }
      refuse(vectors, in.rows(), out);
      for (int i = 0; i < columns.size(); i++) {
        write(out.column(i), vectors.get(i), in.rows());
      }
    } finally {
      table.use(null);
    }
  }

  private static List<ResultColumn.Vector> vectors(
      List<MemorySegment> chunks, int index, ResultColumn column) {
    return chunks.stream()
        .map(chunk ->
            ResultColumn.Vector.of(
                chunk, index, column.field().type(), PreparedQuery.Result.rows(chunk)))
        .toList();
  }

  /** Finds for each row of the batch the chunk (upper half) and the place in it. */
  private void find(List<MemorySegment> chunks, int rows, BatchWriter out) {
    if (found.length < rows) {
      found = new long[rows];
    }
    Arrays.fill(found, 0, rows, NONE);
    for (int chunk = 0; chunk < chunks.size(); chunk++) {
      int size = PreparedQuery.Result.rows(chunks.get(chunk));
      ResultColumn.Vector numbers =
          ResultColumn.Vector.of(chunks.get(chunk), 0, ColumnType.INT32, size);
      for (int i = 0; i < size; i++) {
        int row = numbers.integer(i);
        if (found[row] == NONE) {
          found[row] = ((long) chunk << 32) | i;
        } else if (found[row] != REJECTED) {
          found[row] = REJECTED;
          out.reject(
              row,
              "the sql has several results for the record, which may have one: let tables have one"
                  + " row for each key that is joined");
        }
      }
    }
    for (int row = 0; row < rows; row++) {
      if (found[row] == NONE) {
        out.filter(row);
      }
    }
  }

  private void refuse(List<List<ResultColumn.Vector>> vectors, int rows, BatchWriter out) {
    for (int i = 0; i < columns.size(); i++) {
      for (int row = 0; row < rows; row++) {
        if (found[row] >= 0) {
          Optional<String> problem =
              columns
                  .get(i)
                  .problem(vectors.get(i).get((int) (found[row] >>> 32)), (int) found[row]);
          if (problem.isPresent()) {
            found[row] = REJECTED;
            out.reject(row, problem.get());
          }
        }
      }
    }
  }

  private void write(ColumnWriter to, List<ResultColumn.Vector> vectors, int rows) {
    for (int row = 0; row < rows; row++) {
      if (found[row] >= 0) {
        ResultColumn.write(to, row, vectors.get((int) (found[row] >>> 32)), (int) found[row]);
      }
    }
  }

  @Override
  public void close() {
    query.close();
    database.close();
    table.close();
  }
}
