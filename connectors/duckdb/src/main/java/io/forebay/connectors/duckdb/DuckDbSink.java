package io.forebay.connectors.duckdb;

import io.forebay.Batch;
import io.forebay.Claim;
import io.forebay.Frontier;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.connectors.duckdb.capi.Database;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes into a table of a DuckDB database. The table is made from the schema: bool BOOLEAN, int32
 * INTEGER, int64 BIGINT, float32 FLOAT, float64 DOUBLE, timestamps of their unit (TIMESTAMP_MS,
 * TIMESTAMP, TIMESTAMP_NS), string VARCHAR, binary BLOB, list DOUBLE[]; members that no field
 * declares go as one JSON object into a VARCHAR column {@code extras}, unless they are dropped.
 * Columns that the table lacks are added; a column of another type is refused.
 *
 * <p>Rows and progress are committed in one transaction: a crash neither loses nor repeats one.
 * Rows that a constraint of the table refuses are {@link #refused}, all others are delivered.
 */
public final class DuckDbSink implements Sink {
  /** Rows that wait in the appender's memory before they are handed to the transaction. */
  private static final long FLUSH_BYTES = 32 << 20;

  private static final Pattern INNER_REASON =
      Pattern.compile("\"exception_message\":\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final String path;
  private final String table;
  private final String where;
  private boolean append;
  private boolean dropExtras;
  private Schema schema = Schema.of();
  private @Nullable Database database;
  private @Nullable DuckDbProgress progress;
  private @Nullable DuckDbTable stored;
  private @Nullable TableAppender appender;

  /** Where the table has constraints; then there is no appender. */
  private @Nullable GuardedTable guarded;

  private boolean began;
  private boolean hasExtras;
  private long unflushed;

  private DuckDbSink(String path, String table) {
    this.path = path;
    this.table = table;
    this.where = "the table '" + table + "' in '" + path + "'";
  }

  /** Writes into {@code table} of the database file {@code path}; both are made if missing. */
  public static DuckDbSink to(String path, String table) {
    return new DuckDbSink(path, table);
  }

  /**
   * A run that starts over keeps the rows that are in the table. By default it replaces the table,
   * if it is one that this sink has made. Before {@link #open}.
   */
  public DuckDbSink append() {
    append = true;
    return this;
  }

  /** Leaves out the members that no field declares. Before {@link #open}. */
  public DuckDbSink dropExtras() {
    dropExtras = true;
    return this;
  }

  private Database connect() throws IOException {
    Database open = database;
    if (open == null) {
      open = open(Path.of(path));
      database = open;
    }
    return open;
  }

  static Database open(Path file) throws IOException {
    Path wal = file.resolveSibling(file.getFileName() + ".wal");
    if (Files.isSymbolicLink(wal)) {
      throw new IOException(
          "'" + wal + "' is a symbolic link, and a file belongs there: remove it");
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      return Database.open(file.toString());
    } catch (IOException e) {
      throw new IOException(
          "the database '" + file + "' cannot be opened: " + firstLine(e.getMessage()), e);
    }
  }

  /** DuckDB adds hints and links in further lines, and gives some reasons in JSON. */
  static String firstLine(@Nullable String message) {
    if (message == null) {
      return "for no reason given";
    }
    Matcher inner = INNER_REASON.matcher(message);
    String reason = inner.find() ? inner.group(1).replaceAll("\\\\(.)", "$1") : message;
    return reason.lines().findFirst().orElse("");
  }

  private DuckDbProgress progress() throws IOException {
    DuckDbProgress known = progress;
    if (known == null) {
      known = new DuckDbProgress(connect(), table);
      progress = known;
    }
    return known;
  }

  /** The database, its log, and where it puts what does not fit into memory. */
  @Override
  public List<Claim> claims() {
    Path file = Path.of(path);
    return List.of(
        Claim.writes(file).sharedAs("database"),
        Claim.writesBeside(file, ".wal").sharedAs("log"),
        Claim.writesBeside(file, ".tmp").sharedAs("temporary"));
  }

  @Override
  public void check(Schema fields) {
    DuckDbTable.check(fields, where);
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    if (!Files.exists(Path.of(path))) {
      return Optional.empty();
    }
    return progress().read().map(DuckDbProgress.Stored::progress).filter(DuckDbSink::hasBegun);
  }

  /** A run that has only been opened has committed nothing. */
  static boolean hasBegun(Progress progress) {
    return progress.complete() || !progress.frontier().equals(Frontier.START);
  }

  @Override
  public void open(SinkContext context) throws IOException {
    check(context.schema());
    if (context.resume() && !Files.exists(Path.of(path))) {
      throw gone();
    }
    schema = context.schema();
    Database open = connect();
    DuckDbTable to = new DuckDbTable(open, "", table, where);
    stored = to;
    boolean ours = progress().read().isPresent();
    open.run("BEGIN TRANSACTION");
    if (context.resume()) {
      if (!ours) {
        throw gone();
      }
      if (!to.exists()) {
        throw new IOException(
            where + " is gone, but its progress is there: start over with --fresh");
      }
      to.widen(schema);
    } else {
      startOver(to, ours);
      progress().begin(context.pipeline());
    }
    open.run("COMMIT");
    guarded = GuardedTable.isOne(open, table) ? new GuardedTable(open, table, where, schema) : null;
  }

  private IOException gone() {
    return new IOException(
        "the database '"
            + path
            + "' is gone or knows nothing of the unfinished run that other outputs hold: put it"
            + " back, or start over with --fresh");
  }

  private void startOver(DuckDbTable to, boolean ours) throws IOException {
    if (append && to.exists()) {
      to.widen(schema);
      return;
    }
    if (to.exists() && !ours) {
      throw new ConfigurationException(
          where
              + " was not made by this sink, so it is not replaced: set append: true to add to it,"
              + " or name another table");
    }
    to.drop();
    to.create(schema);
  }

  @Override
  public void write(Batch batch) throws IOException {
    try {
      if (guarded != null) {
        guarded.add(batch, !dropExtras && batch.extras().isPresent());
        return;
      }
      begin();
      appender(!dropExtras && batch.extras().isPresent()).append(batch);
      unflushed += bytes(batch);
      if (unflushed >= FLUSH_BYTES) {
        appender(false).flush();
        unflushed = 0;
      }
    } catch (IOException e) {
      throw failed("written", e);
    }
  }

  /** About how much memory the rows take in the appender. */
  private static long bytes(Batch batch) {
    return 16L * batch.rows() * Math.max(1, batch.schema().size()) + VariableBytes.of(batch);
  }

  private void begin() throws IOException {
    if (!began) {
      connect().run("BEGIN TRANSACTION");
      began = true;
    }
  }

  private TableAppender appender(boolean withExtras) throws IOException {
    TableAppender present = appender;
    if (present != null && (hasExtras || !withExtras)) {
      return present;
    }
    if (present != null) {
      present.flush();
      present.close();
      appender = null;
    }
    if (withExtras) {
      Objects.requireNonNull(stored, "open comes first").addExtras(schema);
      hasExtras = true;
    }
    present = new TableAppender(connect(), "", table, schema, hasExtras);
    appender = present;
    return present;
  }

  @Override
  public void flush() throws IOException {
    if (guarded != null) {
      try {
        guarded.deliver();
      } catch (IOException e) {
        throw failed("written", e);
      }
    }
  }

  @Override
  public List<Refusal> refused() {
    return guarded == null ? List.of() : guarded.refused();
  }

  /**
   * Its database is never away; but the engine keeps batches until they are committed, for dead
   * letter, where the table has constraints.
   */
  @Override
  public boolean retryable() {
    try {
      return Files.exists(Path.of(path)) && GuardedTable.isOne(connect(), table);
    } catch (IOException e) {
      return false; // Then it cannot be opened, which says why.
    }
  }

  @Override
  public void commit(Progress next) throws IOException {
    flush();
    try {
      if (guarded == null || !guarded.isOpen()) {
        begin();
      }
      if (appender != null) {
        appender.flush();
      }
      unflushed = 0;
      progress().write(next, 0);
      connect().run("COMMIT");
      began = false;
      if (guarded != null) {
        guarded.committed();
      }
    } catch (IOException e) {
      throw failed("committed", e);
    }
  }

  private IOException failed(String what, IOException e) {
    return new IOException(
        where
            + " could not be "
            + what
            + ": "
            + firstLine(e.getMessage())
            + "; what was committed before stays, and the same command goes on from there",
        e);
  }

  @Override
  public boolean effectivelyOnce() {
    return true;
  }

  /** Undoes what was not committed, and closes the database. */
  @Override
  public void close() {
    if (appender != null) {
      appender.close();
      appender = null;
    }
    if (guarded != null) {
      guarded.close();
      guarded = null;
    }
    if (database != null) {
      database.close();
      database = null;
      progress = null;
    }
  }
}
