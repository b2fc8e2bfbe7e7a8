package io.forebay.config;

import io.forebay.connectors.file.FileFormat;
import java.util.Map;
import java.util.Optional;

/** Where records come from. */
@Variants(noun = "source", key = "type", common = SourceDelivery.class)
public sealed interface SourceConfig
    permits SourceConfig.Simulated, SourceConfig.File, MqttSourceConfig {
  /** The name in messages, in progress and in what is kept for resuming. */
  String name();

  /** Simulated sensors, whose records say which sensor, when, and the value. */
  @Variant("simulated")
  record Simulated(
      @Key("The source's name, unique in the pipeline.") String name,
      @Key(
              value = "How many sensors there are, each with an order of its own.",
              byDefault = "1",
              min = 1,
              max = 1_000_000)
          int sensors,
      @Key(value = "How many records each sensor sends.", min = 1) long records,
      @Key(
              value = "Records a second of all sensors together; 0: as fast as accepted.",
              byDefault = "0",
              min = 0)
          double rate,
      @Key(value = "The same seed gives the same values.", byDefault = "1") long seed)
      implements SourceConfig {}

  /** A file of records; {@code .gz} and {@code .zst} are read as they are. */
  @Variant("file")
  record File(
      @Key("The source's name, unique in the pipeline.") String name,
      @Key("The file; `-` is standard input.") String path,
      @Key(value = "How the file is written: `jsonl` or `csv`.", otherwise = "from the file's name")
          Optional<FileFormat> format,
      @Key(
              "The fields and their types; a `?` behind the type allows a missing value. Left out:"
                  + " inferred from the first lines.")
          Map<String, FieldType> fields,
      @Key(value = "What separates the cells of a CSV file.", otherwise = "`,`")
          Optional<Character> separator)
      implements SourceConfig {}
}
