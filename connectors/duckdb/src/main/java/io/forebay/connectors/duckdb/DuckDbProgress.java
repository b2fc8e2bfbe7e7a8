package io.forebay.connectors.duckdb;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.connectors.duckdb.capi.Database;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a sink, in two tables beside its data: {@code forebay_runs}, a row a sink, and
 * {@code forebay_progress}, a row for each partition. What has changed is updated in place, in the
 * transaction of the data. Used by one thread.
 */
final class DuckDbProgress {
  private final Database database;
  private final String sink;

  /** What is stored, as far as it was written or read by this object. */
  private final Map<String, Position> stored = new HashMap<>();

  DuckDbProgress(Database database, String sink) {
    this.database = database;
    this.sink = Database.text(sink);
  }

  /**
   * What is stored.
   *
   * @param files how many files are complete, for sinks that write files
   */
  record Stored(Progress progress, long files) {}

  /** What was committed last; empty where nothing was. */
  Optional<Stored> read() throws IOException {
    if (database
        .query("SELECT 1 FROM duckdb_tables() WHERE table_name = 'forebay_runs'")
        .isEmpty()) {
      return Optional.empty();
    }
    List<List<@Nullable String>> run =
        database.query("SELECT pipeline, complete, files FROM forebay_runs WHERE sink = " + sink);
    if (run.isEmpty()) {
      return Optional.empty();
    }
    stored.clear();
    for (List<@Nullable String> row :
        database.query(
            "SELECT \"partition\", \"sequence\", \"offset\" FROM forebay_progress WHERE sink = "
                + sink)) {
      stored.put(String.valueOf(row.get(0)), new Position(number(row.get(1)), number(row.get(2))));
    }
    return Optional.of(
        new Stored(
            new Progress(
                String.valueOf(run.getFirst().get(0)),
                new Frontier(stored),
                "true".equals(run.getFirst().get(1))),
            number(run.getFirst().get(2))));
  }

  private static long number(@Nullable String text) {
    return Long.parseLong(String.valueOf(text));
  }

  /** A run that has delivered nothing yet. */
  void begin(String pipeline) throws IOException {
    database.run(
        "CREATE TABLE IF NOT EXISTS forebay_runs"
            + " (sink VARCHAR, pipeline VARCHAR, complete BOOLEAN, files BIGINT)");
    database.run(
        "CREATE TABLE IF NOT EXISTS forebay_progress"
            + " (sink VARCHAR, \"partition\" VARCHAR, \"sequence\" BIGINT, \"offset\" BIGINT)");
    database.run("DELETE FROM forebay_runs WHERE sink = " + sink);
    database.run("DELETE FROM forebay_progress WHERE sink = " + sink);
    database.run(
        "INSERT INTO forebay_runs VALUES ("
            + sink
            + ", "
            + Database.text(pipeline)
            + ", false, 0)");
    stored.clear();
  }

  /** Stores the progress. */
  void write(Progress progress, long files) throws IOException {
    database.run(
        "UPDATE forebay_runs SET pipeline = "
            + Database.text(progress.pipeline())
            + ", complete = "
            + progress.complete()
            + ", files = "
            + files
            + " WHERE sink = "
            + sink);
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    progress
        .frontier()
        .rows()
        .forEach((partition, position) -> {
          Position before = stored.put(partition, position);
          if (before == null) {
            added.add("(" + sink + ", " + values(partition, position) + ")");
          } else if (!before.equals(position)) {
            changed.add("(" + values(partition, position) + ")");
          }
        });
    if (!added.isEmpty()) {
      database.run("INSERT INTO forebay_progress VALUES " + String.join(", ", added));
    }
    if (!changed.isEmpty()) {
      database.run(
          "UPDATE forebay_progress AS p SET \"sequence\" = v.s, \"offset\" = v.o FROM (VALUES "
              + String.join(", ", changed)
              + ") AS v(k, s, o) WHERE p.sink = "
              + sink
              + " AND p.\"partition\" = v.k");
    }
  }

  private static String values(String partition, Position position) {
    return Database.text(partition) + ", " + position.sequence() + ", " + position.offset();
  }
}
