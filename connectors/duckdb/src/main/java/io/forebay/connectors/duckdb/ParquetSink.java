package io.forebay.connectors.duckdb;

import io.forebay.Batch;
import io.forebay.Claim;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.connectors.duckdb.capi.Database;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes Parquet files into a folder: {@code part-000001.parquet} and so on, compressed with
 * Zstandard. Timestamps keep their unit; members that no field declares go as one JSON object into
 * a column {@code extras}, unless they are dropped.
 *
 * <p>A file is made by the first commit at which enough rows are there or the oldest one is old
 * enough, at the end of the run, and when the sink is closed. It appears under its name when it is
 * complete and durable. Rows that are committed before that wait in {@code .forebay.duckdb} in the
 * same folder, a database with the progress and what the files are known by: what it does not count
 * is removed and made again after a crash, which therefore neither loses nor repeats a row; and a
 * file that was removed, cut, replaced or added since stops the start ({@link ParquetParts}).
 */
public final class ParquetSink implements Sink {
  /** One million. */
  public static final long ROWS_PER_FILE = 1_000_000;

  /** One minute. */
  public static final Duration FILE_AGE = Duration.ofMinutes(1);

  private static final String SINK = "parquet";
  private static final String STAGED = "staged";
  private static final String FRESH = "fresh";
  private static final String TEMP = "temp";

  private final Path path;
  private final ParquetFolder folder;
  private final String where;
  private final LongSupplier nanoTime;
  private long rowsPerFile = ROWS_PER_FILE;
  private Duration fileAge = FILE_AGE;
  private boolean dropExtras;
  private Schema schema = Schema.of();
  private @Nullable Database database;
  private @Nullable DuckDbProgress progress;
  private @Nullable ParquetParts parts;
  private @Nullable DuckDbTable staged;
  private @Nullable DuckDbTable fresh;
  private @Nullable TableAppender appender;
  private @Nullable Progress committed;
  private boolean hasExtras;
  private boolean failed;
  private long files;

  /** Rows that are committed and in no file. */
  private long stagedRows;

  /** Rows that are not committed; they lie in memory, in a temporary table. */
  private long freshRows;

  /** When the oldest of the rows that are in no file was written. */
  private long oldestNanos;

  ParquetSink(Path path, LongSupplier nanoTime) {
    this.path = path;
    this.folder = new ParquetFolder(path);
    this.where = "the folder '" + path + "'";
    this.nanoTime = nanoTime;
  }

  /** Writes into the folder {@code path}, which is made if it is missing. */
  public static ParquetSink to(String path) {
    return new ParquetSink(Path.of(path), System::nanoTime);
  }

  /** How many rows make a file; it gets the rest of its commit too. Before {@link #open}. */
  public ParquetSink rowsPerFile(long rows) {
    rowsPerFile = rows;
    return this;
  }

  /** A commit makes a file when its oldest row is as old as this. Before {@link #open}. */
  public ParquetSink fileAge(Duration age) {
    fileAge = age;
    return this;
  }

  /** Leaves out the members that no field declares. Before {@link #open}. */
  public ParquetSink dropExtras() {
    dropExtras = true;
    return this;
  }

  private Database connect() throws IOException {
    Database open = database;
    if (open == null) {
      folder.refuseLinks();
      open = DuckDbSink.open(folder.staging());
      database = open;
    }
    return open;
  }

  private DuckDbProgress progress() throws IOException {
    DuckDbProgress known = progress;
    if (known == null) {
      known = new DuckDbProgress(connect(), SINK);
      progress = known;
    }
    return known;
  }

  @Override
  public List<Claim> claims() {
    return List.of(Claim.writesIn(path, ParquetFolder.NAMES));
  }

  @Override
  public void check(Schema fields) {
    DuckDbTable.check(fields, where);
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    if (!Files.exists(folder.staging())) {
      return Optional.empty();
    }
    return progress().read().map(DuckDbProgress.Stored::progress).filter(DuckDbSink::hasBegun);
  }

  @Override
  public void open(SinkContext context) throws IOException {
    check(context.schema());
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new ConfigurationException("'" + path + "' is a file: name a folder");
    }
    if (context.resume() && !Files.exists(folder.staging())) {
      throw gone();
    }
    Files.createDirectories(path);
    folder.claim();
    try {
      openClaimed(context);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void openClaimed(SinkContext context) throws IOException {
    Optional<DuckDbProgress.Stored> before =
        Files.exists(folder.staging()) ? progress().read() : Optional.empty();
    if (!context.resume() && before.isEmpty() && folder.hasFiles()) {
      throw new ConfigurationException(
          where
              + " holds Parquet files of something else, which are not replaced: name another"
              + " folder, or remove them");
    }
    schema = context.schema();
    Database open = connect();
    DuckDbTable to = new DuckDbTable(open, "", STAGED, where);
    staged = to;
    fresh = new DuckDbTable(open, TEMP, FRESH, where);
    ParquetParts known = new ParquetParts(open, folder);
    parts = known;
    open.run("BEGIN TRANSACTION");
    if (context.resume()) {
      known.check(before.orElseThrow(this::gone).files());
      to.widen(schema);
      files = before.get().files();
      stagedRows = count(open);
      committed = before.get().progress();
    } else {
      to.drop();
      to.create(schema);
      progress().begin(context.pipeline());
      known.begin();
    }
    open.run("COMMIT");
    folder.removeBehind(files);
    oldestNanos = nanoTime.getAsLong();
  }

  private IOException gone() {
    return new IOException(
        "'"
            + folder.staging()
            + "' is gone or knows nothing of the unfinished run that other outputs hold, so it is"
            + " not known what "
            + where
            + " holds: put it back, or start over with --fresh");
  }

  private static long count(Database database) throws IOException {
    return Long.parseLong(
        String.valueOf(database.query("SELECT count(*) FROM " + STAGED).getFirst().getFirst()));
  }

  @Override
  public void write(Batch batch) throws IOException {
    try {
      if (stagedRows + freshRows == 0) {
        oldestNanos = nanoTime.getAsLong();
      }
      appender(!dropExtras && batch.extras().isPresent()).append(batch);
      freshRows += batch.rows();
    } catch (IOException e) {
      throw failed("written", e);
    }
  }

  private TableAppender appender(boolean withExtras) throws IOException {
    TableAppender present = appender;
    if (present != null && (hasExtras || !withExtras)) {
      return present;
    }
    DuckDbTable to = Objects.requireNonNull(fresh, "open comes first");
    if (present == null) {
      to.create(schema);
    } else {
      present.flush();
      present.close();
      appender = null;
    }
    hasExtras |= withExtras;
    if (hasExtras) {
      to.addExtras(schema);
    }
    present = new TableAppender(connect(), TEMP, FRESH, schema, hasExtras);
    appender = present;
    return present;
  }

  @Override
  public void commit(Progress next) throws IOException {
    try {
      if (appender != null) {
        appender.flush();
      }
      store(next, next.complete() || isFileDue());
    } catch (IOException e) {
      throw failed("committed", e);
    }
  }

  private boolean isFileDue() {
    return stagedRows + freshRows >= rowsPerFile
        || nanoTime.getAsLong() - oldestNanos >= fileAge.toNanos();
  }

  private void store(Progress next, boolean intoFile) throws IOException {
    Database open = connect();
    boolean makesFile = intoFile && stagedRows + freshRows > 0;
    open.run("BEGIN TRANSACTION");
    if (freshRows > 0 && hasExtras) {
      Objects.requireNonNull(staged).addExtras(schema);
    }
    if (makesFile) {
      writeFile(open, files + 1);
      open.run("DELETE FROM " + STAGED);
    } else if (freshRows > 0) {
      open.run("INSERT INTO " + STAGED + " BY NAME SELECT * FROM " + TEMP + "." + FRESH);
    }
    progress().write(next, makesFile ? files + 1 : files);
    open.run("COMMIT");
    if (makesFile) {
      files++;
      stagedRows = 0;
    } else {
      stagedRows += freshRows;
    }
    committed = next;
    forgetFresh();
  }

  private void writeFile(Database open, long number) throws IOException {
    String rows =
        freshRows == 0
            ? "SELECT * FROM " + STAGED
            : stagedRows == 0
                ? "SELECT * FROM " + TEMP + "." + FRESH
                : "SELECT * FROM " + STAGED + " UNION ALL BY NAME SELECT * FROM temp." + FRESH;
    folder.clear(number);
    open.run(
        "COPY ("
            + rows
            + ") TO "
            + Database.text(folder.temporary(number).toString())
            + " (FORMAT parquet, COMPRESSION zstd)");
    Objects.requireNonNull(parts).add(number, folder.finish(number));
  }

  private void forgetFresh() throws IOException {
    if (appender != null) {
      appender.close();
      appender = null;
      Objects.requireNonNull(fresh).drop();
    }
    freshRows = 0;
  }

  private IOException failed(String what, IOException e) {
    failed = true;
    return new IOException(
        "rows for "
            + where
            + " could not be "
            + what
            + ": "
            + DuckDbSink.firstLine(e.getMessage())
            + "; what was committed before stays, and the same command goes on from there",
        e);
  }

  @Override
  public boolean effectivelyOnce() {
    return true;
  }

  /** Forgets what was not committed, and makes a file of committed rows that are in none. */
  @Override
  public void close() throws IOException {
    Database open = database;
    if (open == null) {
      folder.release();
      return;
    }
    try {
      Progress last = committed;
      if (!failed && last != null && stagedRows > 0) {
        forgetFresh();
        store(last, true);
      }
    } finally {
      if (appender != null) {
        appender.close();
        appender = null;
      }
      open.close();
      database = null;
      progress = null;
      folder.release();
    }
  }
}
