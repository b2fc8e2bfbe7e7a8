package io.forebay.config.sinks;

import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.config.values.Variants;
import java.util.Optional;

/** Where records go. */
@Variants(noun = "sink", key = "type", common = SinkDelivery.class)
public sealed interface SinkConfig
    permits SinkConfig.Jsonl,
        SinkConfig.Csv,
        ConsoleSinkConfig,
        DuckDbSinkConfig,
        ParquetSinkConfig,
        KafkaSinkConfig,
        PostgresSinkConfig,
        MqttSinkConfig,
        InfluxDbSinkConfig {
  /** The name as written in the file. */
  Optional<String> name();

  /** The file or folder that is written, if there is one; {@code -} is standard output. */
  default Optional<String> file() {
    return Optional.empty();
  }

  /** What the sink writes to, in a word: its name where it has no other. */
  default String target() {
    String path = file().orElseThrow();
    return path.equals("-") ? "stdout" : path.substring(path.lastIndexOf('/') + 1);
  }

  /** The name in messages and in the summary: as written, or {@link #target}. */
  default String label() {
    return name().orElseGet(this::target);
  }

  /** A JSON object a line. */
  @Variant("jsonl")
  record Jsonl(
      @Key(value = "The sink's name.", otherwise = "the last part of `path`") Optional<String> name,
      @Key("The file; `-` is standard output.") String path)
      implements SinkConfig {
    @Override
    public Optional<String> file() {
      return Optional.of(path);
    }
  }

  /** Comma-separated values. */
  @Variant("csv")
  record Csv(
      @Key(value = "The sink's name.", otherwise = "the last part of `path`") Optional<String> name,
      @Key("The file; `-` is standard output.") String path,
      @Key(value = "What separates the cells.", otherwise = "`,`") Optional<Character> separator,
      @Key(
              value =
                  "Whether undeclared fields of JSON lines are left out, instead of kept in a last"
                      + " column `extras`.",
              byDefault = "false")
          boolean dropExtras)
      implements SinkConfig {
    @Override
    public Optional<String> file() {
      return Optional.of(path);
    }
  }
}
