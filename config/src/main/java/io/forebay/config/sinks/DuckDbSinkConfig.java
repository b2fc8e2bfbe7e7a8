package io.forebay.config.sinks;

import io.forebay.Sink;
import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.connectors.duckdb.DuckDbSink;
import java.util.Optional;

/** A table of a DuckDB database. */
@Variant("duckdb")
public record DuckDbSinkConfig(
    @Key(value = "The sink's name.", otherwise = "the last part of `path`") Optional<String> name,
    @Key("The database file, made if it is missing.") String path,
    @Key(value = "The table, made from the fields if it is missing.", byDefault = "records")
        String table,
    @Key(
            value =
                "Whether a run that starts over adds to the table, instead of replacing one that"
                    + " an earlier run has made.",
            byDefault = "false")
        boolean append,
    @Key(
            value =
                "Whether undeclared fields of JSON records are left out, instead of kept as JSON in"
                    + " a column `extras`.",
            byDefault = "false")
        boolean dropExtras)
    implements SinkConfig {
  @Override
  public Optional<String> file() {
    return Optional.of(path);
  }

  public Sink sink() {
    DuckDbSink sink = DuckDbSink.to(path, table);
    if (append) {
      sink.append();
    }
    return dropExtras ? sink.dropExtras() : sink;
  }
}
