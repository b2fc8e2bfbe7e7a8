package io.forebay.connectors.postgres;

import io.forebay.Batch;
import io.forebay.Column;
import io.forebay.ConfigurationException;
import io.forebay.Frontier;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes into a table of PostgreSQL, with binary {@code COPY}. The table is made from the schema:
 * bool boolean, int32 integer, int64 bigint, float32 real, float64 double precision, timestamps in
 * ms and µs timestamptz, in ns bigint, string text, binary bytea, list double precision[]; members
 * that no field declares go as one JSON object into a text column {@code extras}, unless they are
 * dropped. Columns that the table lacks are added; a column of another type is refused.
 *
 * <p>Rows and progress are committed in one transaction: a crash neither loses nor repeats one.
 * With a key, rows are copied into a temporary table, and at the commit they replace those of the
 * same key. A server that is away is waited for. One process at a time writes to a table; an
 * advisory lock sees to that.
 */
public final class PostgresSink implements Sink {
  private static final System.Logger LOG = System.getLogger(PostgresSink.class.getName());
  private static final int BLOCK_BYTES = 64 << 10;
  private static final String STAGE = "forebay_stage";

  /** The first half of the advisory lock's key: "fbay". */
  private static final int LOCKS = 0x66626179;

  private final PostgresSettings settings;
  private final StoredTable table;
  private final StoredProgress progress;
  private final BinaryRows rows = new BinaryRows();
  private Schema schema = Schema.of();
  private @Nullable Connection connection;
  private @Nullable CopyIn copy;
  private boolean hasExtras;
  private boolean staged;
  private long warned;

  private PostgresSink(PostgresSettings settings) {
    this.settings = settings;
    this.table = new StoredTable(settings);
    this.progress = new StoredProgress(settings.table());
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
      StoredTable.run(open, "SET lock_timeout = '15s'");
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
    checkKey();
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
      open.commit();
    } catch (SQLException e) {
      throw Failures.of(settings, "opened", e);
    }
  }

  private void checkKey() {
    for (String column : settings.key()) {
      if (!schema.has(column)) {
        throw new ConfigurationException(
            "the key of "
                + settings.where()
                + " names '"
                + column
                + "', which is no field: name one of "
                + String.join(", ", schema.fields().stream().map(f -> f.name()).toList()));
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
      StoredTable.run(open, "TRUNCATE " + table.name());
    }
    table.widen(open, schema);
  }

  @Override
  public void write(Batch batch) throws IOException {
    try {
      boolean withExtras = hasExtras || (!settings.dropExtras() && batch.extras().isPresent());
      CopyIn to = copy(withExtras);
      Column[] columns = new Column[schema.size()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = batch.column(i);
      }
      for (int row = 0; row < batch.rows(); row++) {
        rows.put(columns, batch, row, withExtras);
        if (rows.length() >= BLOCK_BYTES) {
          to.writeToCopy(rows.bytes(), 0, rows.length());
          rows.clear();
        }
      }
    } catch (SQLException e) {
      throw Failures.of(settings, "written", e);
    }
  }

  private CopyIn copy(boolean withExtras) throws SQLException {
    CopyIn present = copy;
    if (present != null && withExtras == hasExtras) {
      return present;
    }
    Connection open = Objects.requireNonNull(connection, "open comes first");
    endCopy();
    if (withExtras && !hasExtras) {
      table.addExtras(open, schema);
      hasExtras = true;
    }
    String into = table.name();
    if (!settings.key().isEmpty()) {
      into = STAGE;
      if (!staged) {
        StoredTable.run(
            open, "CREATE TEMP TABLE " + STAGE + " (LIKE " + table.name() + ") ON COMMIT DROP");
        StoredTable.run(open, "ALTER TABLE " + STAGE + " ADD COLUMN forebay_row bigserial");
        staged = true;
      } else {
        StoredTable.run(open, "ALTER TABLE " + STAGE + " ADD COLUMN IF NOT EXISTS extras text");
      }
    }
    CopyIn begun =
        open.unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY " + into + " (" + columns() + ") FROM STDIN (FORMAT binary)");
    copy = begun;
    begun.writeToCopy(BinaryRows.HEADER, 0, BinaryRows.HEADER.length);
    return begun;
  }

  private String columns() {
    return String.join(", ", columnNames());
  }

  /** As SQL takes them. */
  private List<String> columnNames() {
    List<String> names = new ArrayList<>();
    schema.fields().forEach(field -> names.add(StoredTable.quoted(field.name())));
    if (hasExtras) {
      names.add(StoredTable.EXTRAS);
    }
    return names;
  }

  private void endCopy() throws SQLException {
    CopyIn present = copy;
    if (present != null) {
      copy = null;
      present.writeToCopy(rows.bytes(), 0, rows.length());
      rows.clear();
      present.writeToCopy(BinaryRows.TRAILER, 0, BinaryRows.TRAILER.length);
      present.endCopy();
    }
  }

  @Override
  public void commit(Progress next) throws IOException {
    try {
      Connection open = Objects.requireNonNull(connection, "open comes first");
      endCopy();
      if (staged) {
        replaceByKey(open);
        staged = false;
      }
      progress.write(open, next);
      open.commit();
      warn();
    } catch (SQLException e) {
      throw Failures.of(settings, "committed", e);
    }
  }

  /** Of several rows of one key, the last one counts. */
  private void replaceByKey(Connection open) throws SQLException {
    List<String> changes = new ArrayList<>();
    for (String column : columnNames()) {
      changes.add(column + " = excluded." + column);
    }
    StoredTable.run(
        open,
        "INSERT INTO "
            + table.name()
            + " ("
            + columns()
            + ") SELECT DISTINCT ON ("
            + table.keys()
            + ") "
            + columns()
            + " FROM "
            + STAGE
            + " ORDER BY "
            + table.keys()
            + ", forebay_row DESC ON CONFLICT ("
            + table.keys()
            + ") DO UPDATE SET "
            + String.join(", ", changes));
  }

  private void warn() {
    if (rows.replaced() > 0 && warned == 0) {
      warned = rows.replaced();
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} got a text with a NUL character, which PostgreSQL cannot hold: it and all that"
              + " follow are written as U+FFFD",
          settings.where());
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
    copy = null;
    staged = false;
    hasExtras = false;
    rows.clear();
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
