package io.forebay.config.sinks;

import io.forebay.Sink;
import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.connectors.file.ConsoleSink;
import java.util.Optional;

/** The standard output, for a person to look at. */
@Variant("console")
public record ConsoleSinkConfig(
    @Key(value = "The sink's name.", otherwise = "`console`") Optional<String> name,
    @Key(
            value = "How many records a second are shown; the others are counted. 0: all.",
            byDefault = "10",
            min = 0)
        int rowsPerSecond,
    @Key(value = "A table, instead of lines of `name=value`.", byDefault = "false") boolean table)
    implements SinkConfig {
  @Override
  public Optional<String> file() {
    return Optional.of("-");
  }

  @Override
  public String target() {
    return "console";
  }

  public Sink sink() {
    ConsoleSink sink = ConsoleSink.create().rowsPerSecond(rowsPerSecond);
    return table ? sink.table() : sink;
  }
}
