package io.forebay.config.sinks;

import io.forebay.Sink;
import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.connectors.duckdb.ParquetSink;
import java.time.Duration;
import java.util.Optional;

/** A folder of Parquet files. */
@Variant("parquet")
public record ParquetSinkConfig(
    @Key(value = "The sink's name.", otherwise = "the last part of `path`") Optional<String> name,
    @Key("The folder, made if it is missing.") String path,
    @Key(
            value = "How many rows make a file; it gets the rest of its commit too.",
            byDefault = "1000000",
            min = 1)
        long rowsPerFile,
    @Key(
            value = "A commit makes a file when its oldest row is as old as this.",
            byDefault = "1m",
            min = 1)
        Duration fileAge,
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
    ParquetSink sink = ParquetSink.to(path).rowsPerFile(rowsPerFile).fileAge(fileAge);
    return dropExtras ? sink.dropExtras() : sink;
  }
}
