package io.forebay.connectors.postgres;

import io.forebay.Batch;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.columns.Column;
import java.io.InterruptedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Delivers rows to a table within the transaction of a connection, without those that the server
 * refuses. Rows are streamed as they come, and kept in a {@link CopyChunk} behind a savepoint until
 * all of it is taken; otherwise the chunk is sent again in pieces: what comes before the row that
 * the server names, that row, and the rest, or halves, until each refused row is alone. So <i>k</i>
 * of <i>n</i> rows cost about <i>k</i> log <i>n</i> attempts, at most 2 <i>n</i>.
 *
 * <p>Constraints are checked at once, deferred ones too: nothing is left for the commit to refuse.
 *
 * <p>Used by one thread.
 */
final class RowDelivery {
  private static final int BLOCK_BYTES = 64 << 10;

  /** Chunks grow while nothing is refused, and are small again when something is. */
  private static final int FEWEST_ROWS = 1_000;

  private static final int MOST_ROWS = 64_000;

  /** After so many guesses in a chunk, which send the rest each time, halves are made. */
  private static final int MOST_NAMED = 32;

  private final Connection connection;
  private final TargetTable target;
  private final Schema schema;
  private final String where;
  private final boolean dropExtras;
  private final CopyChunk chunk = new CopyChunk();
  private final List<Refusal> refused = new ArrayList<>();
  private @Nullable CopyStream copy;
  private boolean begun;

  /** Whether there is a savepoint, and whether nothing has happened since. */
  private boolean saved;

  private boolean fresh;
  private boolean extras;
  private int named;
  private int most = FEWEST_ROWS;

  /** How much of the chunk is sent. */
  private int sent;

  RowDelivery(
      Connection connection, TargetTable target, Schema schema, String where, boolean dropExtras) {
    this.connection = connection;
    this.target = target;
    this.schema = schema;
    this.where = where;
    this.dropExtras = dropExtras;
  }

  /** Adds rows. */
  void add(Batch batch) throws SQLException, InterruptedIOException {
    if (!extras && !dropExtras && batch.extras().isPresent()) {
      finish();
      target.addExtras(connection, begun);
      extras = true;
    }
    Column[] columns = new Column[schema.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = batch.column(i);
    }
    for (int row = 0; row < batch.rows(); row++) {
      chunk.add(columns, batch, row, extras);
      if (chunk.isFull(most)) {
        finish();
      } else if (chunk.length() - sent >= BLOCK_BYTES) {
        stream();
      }
    }
  }

  private void stream() throws SQLException, InterruptedIOException {
    try {
      CopyStream to = copy;
      if (to == null) {
        to = begin();
        copy = to;
      }
      to.write(chunk.bytes(), sent, chunk.length() - sent);
      sent = chunk.length();
    } catch (SQLException e) {
      sendAgain(e);
    }
  }

  /** Has the server take or refuse every row that was added. */
  void finish() throws SQLException, InterruptedIOException {
    if (chunk.count() == 0) {
      return;
    }
    stream();
    CopyStream to = copy;
    if (to == null) { // The server has refused a row of it by now.
      return;
    }
    try {
      to.end();
      target.take(connection);
    } catch (SQLException e) {
      sendAgain(e);
      return;
    }
    if (chunk.count() >= most) {
      most = Math.min(2 * most, MOST_ROWS);
    }
    forget();
  }

  private void forget() {
    copy = null;
    chunk.clear();
    sent = 0;
    named = 0;
  }

  private CopyStream begin() throws SQLException {
    if (!begun) {
      target.begin(connection);
      PostgresTable.run(connection, "SET CONSTRAINTS ALL IMMEDIATE");
      begun = true;
    }
    if (!fresh) {
      PostgresTable.run(
          connection, (saved ? "RELEASE SAVEPOINT forebay; " : "") + "SAVEPOINT forebay");
      saved = true;
    }
    fresh = false;
    return CopyStream.begin(connection, target.copy());
  }

  // ------------------------------------------------------------------ what the server refuses

  private void sendAgain(SQLException first) throws SQLException, InterruptedIOException {
    undo(first);
    most = FEWEST_ROWS;
    divide(0, chunk.count(), first);
    forget();
  }

  /** Back to before the chunk; what is not the fault of a row is thrown. */
  private void undo(SQLException e) throws SQLException {
    CopyStream failed = copy;
    copy = null;
    if (!saved || !Failures.mayBeOfRow(e)) {
      throw e;
    }
    if (failed != null) {
      failed.abandon();
    }
    PostgresTable.run(connection, "ROLLBACK TO SAVEPOINT forebay");
    fresh = true;
    if (!Failures.isOfRow(e)) {
      checkWithoutRows(e);
    }
  }

  /** A table that takes not even nothing does not refuse a row. */
  private void checkWithoutRows(SQLException e) throws SQLException {
    try {
      attempt(0, 0);
    } catch (SQLException same) {
      same.addSuppressed(e);
      throw same;
    }
  }

  private void deliver(int from, int to) throws SQLException, InterruptedIOException {
    if (from == to) {
      return;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while looking for the rows that are refused");
    }
    try {
      attempt(from, to);
    } catch (SQLException e) {
      undo(e);
      divide(from, to, e);
    }
  }

  private void attempt(int from, int to) throws SQLException {
    CopyStream stream = begin();
    copy = stream;
    int start = chunk.start(from);
    stream.write(chunk.bytes(), start, chunk.start(to) - start);
    stream.end();
    target.take(connection);
    copy = null;
  }

  private void divide(int from, int to, SQLException e)
      throws SQLException, InterruptedIOException {
    if (to - from == 1) {
      refused.add(
          new Refusal(
              chunk.partition(from),
              chunk.sequence(from),
              where + " refuses the row: " + Failures.words(e),
              Failures.detail(e)));
      return;
    }
    int line = Failures.line(e);
    if (line > 0 && line <= to - from && named < MOST_NAMED) {
      named++;
      int guilty = from + line - 1;
      deliver(from, guilty);
      deliver(guilty, guilty + 1);
      deliver(guilty + 1, to);
    } else {
      int middle = (from + to) >>> 1;
      deliver(from, middle);
      deliver(middle, to);
    }
  }

  // ------------------------------------------------------------------ the transaction

  /** What was refused since the last call. */
  List<Refusal> refused() {
    List<Refusal> all = List.copyOf(refused);
    refused.clear();
    return all;
  }

  boolean hasRefused() {
    return !refused.isEmpty();
  }

  /** The transaction is committed. */
  void committed() {
    begun = false;
    saved = false;
    fresh = false;
  }
}
