package io.forebay.config;

import java.util.Optional;

/** Where records go. */
@Variants(noun = "sink", key = "type")
public sealed interface SinkConfig {
  /** The name as written in the file. */
  Optional<String> name();

  /** The file; {@code -} is standard output. */
  String path();

  /** The name in messages and in the summary: as written, or the last part of the path. */
  default String label() {
    return name()
        .orElseGet(
            () -> path().equals("-") ? "stdout" : path().substring(path().lastIndexOf('/') + 1));
  }

  /** A JSON object a line. */
  @Variant("jsonl")
  record Jsonl(
      @Key(value = "The sink's name.", otherwise = "the last part of `path`") Optional<String> name,
      @Key("The file; `-` is standard output.") String path)
      implements SinkConfig {}

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
      implements SinkConfig {}
}
