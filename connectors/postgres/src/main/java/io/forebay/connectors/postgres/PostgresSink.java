package io.forebay.connectors.postgres;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * Writes into a table of PostgreSQL, with binary {@code COPY}. The table is made from the schema:
 * bool boolean, int32 integer, int64 bigint, float32 real, float64 double precision, timestamps in
 * ms and µs timestamptz, in ns bigint, string text, binary bytea, list double precision[]; members
 * that no field declares go as one JSON object into a text column {@code extras}, unless they are
 * dropped. Columns that the table lacks are added; a column of another type is refused.
 *
 * <p>Rows and progress are committed in one transaction: a crash neither loses nor repeats one.
 * With a key, rows are copied into a temporary table, and from there they replace those of the same
 * key. Rows that the server refuses are {@link #refused}, all others are delivered. A server that
 * is away is waited for. One process at a time writes to a table; an advisory lock sees to that.
 */
public final class PostgresSink implements Sink {

  /** The first half of the advisory lock's key: "fbay". */
  private static final int LOCKS = 0x66626179;

  private final PostgresSettings settings;
  private final PostgresTable table;
  private final PostgresProgress progress;
  private Schema schema = Schema.of();
  private @Nullable Connection connection;
  private @Nullable RowDelivery delivery;

  private PostgresSink(PostgresSettings settings) {
    this.settings = settings;
    this.table = new PostgresTable(settings);
    this.progress = new PostgresProgress(settings.table());
  }

  /** A sink for that table. */
  public static PostgresSink to(PostgresSettings settings) {
    return new PostgresSink(settings);
  }

  /** A connection that holds the lock: who had it before writes no more. */
  private Connection connect() throws SQLException {
    Connection made = new Driver().connect(settings.url(), settings.properties());
    Connection open = Objects.requireNonNull(made, "the driver's own URL");
    try {
      open.setAutoCommit(true);
      PostgresTable.run(open, "SET lock_timeout = '15s'");
      try (PreparedStatement lock =
          open.prepareStatement("SELECT pg_advisory_lock(" + LOCKS + ", hashtext(?))")) {
        lock.setString(1, settings.table());
        lock.execute();
      }
      return open;
    } catch (SQLException e) {
      open.close();
      throw e;
    }
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    drop();
    try {
      Connection open = connect();
      connection = open;
      return progress.read(open).filter(PostgresSink::hasBegun);
    } catch (SQLException e) {
      throw Failures.of(settings, "read", e);
    }
  }

  /** A run that has only been opened has committed nothing. */
  private static boolean hasBegun(Progress progress) {
    return progress.complete() || !progress.frontier().equals(Frontier.START);
  }

  @Override
  public void open(SinkContext context) throws IOException {
    schema = context.schema();
    check(schema);
    try {
      Connection open = connection;
      if (open == null) {
        open = connect();
        connection = open;
      }
      boolean ours = progress.read(open).isPresent();
      open.setAutoCommit(false);
      if (context.resume()) {
        if (!table.exists(open)) {
          throw new IOException(
              settings.where() + " is gone, but its progress is there: start over with --fresh");
        }
        table.widen(open, schema);
      } else {
        startOver(open, ours);
        progress.begin(open, context.pipeline());
      }
      delivery =
          new RowDelivery(
              open,
              new TargetTable(table, schema, settings.key(), table.takesInsertsOnly(open)),
              schema,
              settings.where(),
              settings.dropExtras());
      open.commit();
    } catch (SQLException e) {
      throw Failures.of(settings, "opened", e);
    }
  }

  @Override
  public void check(Schema fields) {
    Identifiers.check(settings.table());
    Identifiers.check(fields, settings.where());
    for (String column : settings.key()) {
      if (!fields.has(column)) {
        throw new ConfigurationException(
            "the key of "
                + settings.where()
                + " names '"
                + column
                + "', which is no field: name one of "
                + String.join(", ", fields.fields().stream().map(f -> f.name()).toList()));
      }
    }
  }

  private void startOver(Connection open, boolean ours) throws SQLException {
    if (!table.exists(open)) {
      table.create(open, schema);
      return;
    }
    if (!settings.append()) {
      if (!ours) {
        throw new ConfigurationException(
            settings.where()
                + " was not made by this sink, so it is not emptied: set append: true to add to"
                + " it, or name another table");
      }
      PostgresTable.run(open, "TRUNCATE " + table.name());
    }
    table.widen(open, schema);
  }

  @Override
  public void write(Batch batch) throws IOException {
    try {
      delivery().add(batch);
    } catch (SQLException e) {
      throw Failures.of(settings, "written", e);
    }
  }

  private RowDelivery delivery() {
    return Objects.requireNonNull(delivery, "open comes first");
  }

  @Override
  public void flush() throws IOException {
    try {
      delivery().finish();
    } catch (SQLException e) {
      throw Failures.of(settings, "written", e);
    }
  }

  @Override
  public List<Refusal> refused() {
    return delivery().refused();
  }

  @Override
  public void commit(Progress next) throws IOException {
    flush();
    if (delivery().hasRefused()) {
      throw new IllegalStateException("refusals are to be asked for before a commit");
    }
    try {
      Connection open = Objects.requireNonNull(connection, "open comes first");
      progress.write(open, next);
      open.commit();
      delivery().committed();
    } catch (SQLException e) {
      throw Failures.of(settings, "committed", e);
    }
  }

  @Override
  public boolean effectivelyOnce() {
    return true;
  }

  @Override
  public boolean retryable() {
    return true;
  }

  /** Lets go of the connection; what was not committed is undone by the server. */
  private void drop() {
    delivery = null;
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        // Not close(), which would wait for an answer of a COPY that nobody ends.
        open.abort(Runnable::run);
      } catch (SQLException e) {
        // It is lost anyhow.
      }
    }
  }

  @Override
  public void close() {
    drop();
  }
}
