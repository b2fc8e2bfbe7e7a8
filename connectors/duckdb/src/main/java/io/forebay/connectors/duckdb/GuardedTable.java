package io.forebay.connectors.duckdb;

import io.forebay.Batch;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.connectors.duckdb.capi.Database;
import io.forebay.connectors.duckdb.capi.StatementException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Delivers rows to a table with constraints, without those that it refuses. Rows wait in a
 * temporary table, and all at once they are inserted. DuckDB has no savepoints, and a refused row
 * undoes the transaction; so which ones it means is tried out and undone: halves, until each is
 * alone that the table does not take even alone; then, for rows that are only refused because of
 * others among them, how many of the first rows are taken. So <i>k</i> of <i>n</i> rows cost about
 * <i>k</i> log <i>n</i> attempts. Used by one thread.
 */
final class GuardedTable implements Closeable {
  private static final String TEMP = "temp";
  private static final String WAITING = "forebay_waiting";

  private final Database database;
  private final String table;
  private final String where;
  private final Schema schema;
  private final DuckDbTable waiting;
  private final List<Refusal> refusals = new ArrayList<>();
  private final TreeSet<Integer> refused = new TreeSet<>();
  private @Nullable TableAppender appender;
  private boolean extras;

  /** Since the last commit. */
  private int rows;

  private int[] partitions = new int[1_024];
  private long[] sequences = new long[1_024];

  /** How many of them are in the transaction that is open; 0 where none is. */
  private int inserted;

  /**
   * @param where the table in messages
   */
  GuardedTable(Database database, String table, String where, Schema schema) {
    this.database = database;
    this.table = table;
    this.where = where;
    this.schema = schema;
    this.waiting = new DuckDbTable(database, TEMP, WAITING, where);
  }

  /** Whether a table may refuse rows. */
  static boolean isOne(Database database, String table) throws IOException {
    String its =
        " WHERE database_name = current_database() AND schema_name = 'main' AND table_name = "
            + Database.text(table);
    return !database
        .query(
            "SELECT 1 FROM duckdb_constraints()"
                + its
                + " UNION ALL SELECT 1 FROM duckdb_indexes()"
                + its
                + " AND is_unique")
        .isEmpty();
  }

  /** Adds rows; what is in an open transaction is undone, and inserted again with them. */
  void add(Batch batch, boolean withExtras) throws IOException {
    if (inserted > 0) {
      undo();
    }
    appender(withExtras).append(batch);
    if (rows + batch.rows() > sequences.length) {
      int size = Math.max(2 * sequences.length, rows + batch.rows());
      partitions = Arrays.copyOf(partitions, size);
      sequences = Arrays.copyOf(sequences, size);
    }
    for (int row = 0; row < batch.rows(); row++) {
      partitions[rows] = batch.partition(row);
      sequences[rows++] = batch.sequence(row);
    }
  }

  private TableAppender appender(boolean withExtras) throws IOException {
    TableAppender present = appender;
    if (present != null && (extras || !withExtras)) {
      return present;
    }
    if (present == null) {
      waiting.drop();
      waiting.create(schema);
    } else {
      present.flush();
      present.close();
      appender = null;
    }
    if (withExtras && !extras) {
      new DuckDbTable(database, "", table, where).addExtras(schema);
      extras = true;
    }
    if (extras) {
      waiting.addExtras(schema);
    }
    present = new TableAppender(database, TEMP, WAITING, schema, extras);
    appender = present;
    return present;
  }

  /** Inserts what waits, without what is refused, into a transaction that stays open. */
  void deliver() throws IOException {
    if (appender == null || inserted == rows) {
      return;
    }
    appender.flush();
    StatementException fault = insert(0, rows);
    if (fault != null) {
      findAlone(0, rows, fault);
      int good = 0;
      for (fault = insert(0, rows); fault != null; fault = insert(0, rows)) {
        good = findNext(good, fault);
      }
    }
    inserted = rows;
  }

  /** Rows {@code from} to before {@code to} are not taken: finds those that are not even alone. */
  private void findAlone(int from, int to, StatementException fault) throws IOException {
    if (to - from == 1) {
      refuse(from, fault);
      return;
    }
    int middle = (from + to) >>> 1;
    StatementException first = attempt(from, middle);
    if (first != null) {
      findAlone(from, middle, first);
    }
    StatementException second = attempt(middle, to);
    if (second != null) {
      findAlone(middle, to, second);
    }
  }

  /** The first {@code good} rows are taken, and not all: finds the first that is not. */
  private int findNext(int good, StatementException fault) throws IOException {
    StatementException says = fault;
    int low = good;
    int high = rows;
    for (int step = 1; low + step < rows; step *= 2) {
      StatementException found = attempt(0, low + step);
      if (found != null) {
        says = found;
        high = low + step;
        break;
      }
      low += step;
    }
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      StatementException found = attempt(0, middle);
      if (found == null) {
        low = middle;
      } else {
        says = found;
        high = middle;
      }
    }
    refuse(high - 1, says);
    return high;
  }

  private void refuse(int row, StatementException fault) {
    refused.add(row);
    refusals.add(
        new Refusal(
            partitions[row],
            sequences[row],
            where + " refuses the row: " + DuckDbSink.firstLine(fault.getMessage()),
            String.valueOf(fault.getMessage())));
  }

  // ------------------------------------------------------------------ transactions

  private @Nullable StatementException attempt(int from, int to) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while looking for the rows that are refused");
    }
    StatementException fault = insert(from, to);
    if (fault == null) {
      undo();
    }
    return fault;
  }

  /** Leaves the transaction open if the rows are taken; otherwise returns why they are not. */
  private @Nullable StatementException insert(int from, int to) throws IOException {
    String columns = columns();
    database.run("BEGIN TRANSACTION");
    try {
      database.run(
          "INSERT INTO "
              + Database.name(table)
              + " ("
              + columns
              + ") SELECT "
              + columns
              + " FROM "
              + waiting.name()
              + " WHERE rowid >= "
              + from
              + " AND rowid < "
              + to
              + without(from, to)
              + " ORDER BY rowid");
      return null;
    } catch (StatementException e) {
      undo();
      if (!e.isOfRow()) {
        throw e;
      }
      return e;
    }
  }

  private String without(int from, int to) {
    var some = refused.subSet(from, to);
    return some.isEmpty()
        ? ""
        : " AND rowid NOT IN ("
            + some.stream().map(String::valueOf).collect(Collectors.joining(", "))
            + ")";
  }

  private String columns() {
    List<String> names = new ArrayList<>();
    schema.fields().forEach(field -> names.add(Database.name(field.name())));
    if (extras) {
      names.add(DuckDbTable.EXTRAS);
    }
    return String.join(", ", names);
  }

  private void undo() throws IOException {
    inserted = 0;
    database.run("ROLLBACK");
  }

  /** Whether {@link #deliver} has left a transaction open. */
  boolean isOpen() {
    return inserted > 0;
  }

  /** That transaction is committed. */
  void committed() throws IOException {
    if (appender != null) {
      appender.close();
      appender = null;
      waiting.drop();
    }
    rows = 0;
    inserted = 0;
    refused.clear();
  }

  /** What was refused since the last call. */
  List<Refusal> refused() {
    List<Refusal> all = List.copyOf(refusals);
    refusals.clear();
    return all;
  }

  @Override
  public void close() {
    if (appender != null) {
      appender.close();
      appender = null;
    }
  }
}
