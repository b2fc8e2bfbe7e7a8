package io.forebay.config.sources;

import io.forebay.config.values.FieldType;
import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.config.values.Variants;
import io.forebay.connectors.file.FileFormat;
import io.forebay.connectors.file.ReplaySpeed;
import io.forebay.connectors.simulated.SensorBehaviour;
import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.connectors.simulated.Waveform;
import io.forebay.formats.api.CsvHeaderRow;
import java.util.Map;
import java.util.Optional;

/** Where records come from. */
@Variants(noun = "source", key = "type", common = SourceDelivery.class)
public sealed interface SourceConfig
    permits SourceConfig.Simulated,
        SourceConfig.File,
        KafkaSourceConfig,
        MqttSourceConfig,
        HttpSourceConfig,
        TcpSourceConfig,
        UdpSourceConfig {
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
      @Key(value = "The same seed gives the same values.", byDefault = "1") long seed,
      @Key(value = "How the value goes between 20 and 80.", byDefault = "triangle")
          Waveform waveform,
      @Key(
              value = "The most that a value is off, in either direction.",
              byDefault = "5",
              min = 0,
              max = 1_000_000_000)
          double noise,
      @Key(
              value = "How much the value moves away for good in a minute of the sensor's time.",
              byDefault = "0",
              min = -1_000_000_000,
              max = 1_000_000_000)
          double drift,
      @Key(
              value =
                  "Share of the readings that are not sent: a sensor is silent for 0.5 s or"
                      + " longer.",
              byDefault = "0",
              min = 0,
              max = 1)
          double dropouts,
      @Key(
              value = "Share of the readings that are 40 to 120 too high or too low.",
              byDefault = "0",
              min = 0,
              max = 1)
          double spikes,
      @Key(
              value =
                  "Share of the readings that are held back up to 0.5 s and sent at once, where"
                      + " there is a `rate`.",
              byDefault = "0",
              min = 0,
              max = 1)
          double bursts,
      @Key(
              value = "Share of the readings that are sent up to 0.5 s after their successors.",
              byDefault = "0",
              min = 0,
              max = 1)
          double late)
      implements SourceConfig {
    /** The same, as fast as accepted: what decides which records there are. */
    public Simulated unpaced() {
      return new Simulated(
          name, sensors, records, 0, seed, waveform, noise, drift, dropouts, spikes, bursts, late);
    }

    public SimulatedSource source() {
      return new SimulatedSource(
          sensors,
          records,
          rate,
          seed,
          new SensorBehaviour(waveform, noise, drift, dropouts, spikes, bursts, late));
    }
  }

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
      @Key(
              value = "What separates the cells of a CSV file.",
              otherwise = "`,`; a tab where the file ends in `.tsv`")
          Optional<Character> separator,
      @Key(
              value =
                  "Whether a CSV file begins with a row of names: `auto` and `present` (it does),"
                      + " or `absent` (then `fields` are the columns in their order).",
              byDefault = "auto")
          CsvHeaderRow header,
      @Key(
              value =
                  "Whether to go on at the end with what is appended, and with the files that take"
                      + " the name (log rotation); a pipe or device is opened again.",
              byDefault = "false")
          boolean follow,
      @Key(
              value =
                  "Hand records in as far apart as their times: `original`, or a factor such as"
                      + " `10x`.",
              otherwise = "as fast as accepted")
          Optional<ReplaySpeed> replay,
      @Key(
              value = "The speed of a serial line, such as 115200; 0: as it is set.",
              byDefault = "0",
              min = 0,
              max = 10_000_000)
          int baud)
      implements SourceConfig {
    /** The same, as fast as accepted: what decides which records there are. */
    public File unpaced() {
      return new File(name, path, format, fields, separator, header, follow, Optional.empty(), 0);
    }

    /** The same, of which what is there is read, and not waited for more. */
    public File upToItsEnd() {
      return new File(name, path, format, fields, separator, header, false, Optional.empty(), 0);
    }

    /** What identifies it: as before there was {@link #header}, where that is as usual. */
    @Override
    public String toString() {
      return "File[name="
          + name
          + ", path="
          + path
          + ", format="
          + format
          + ", fields="
          + fields
          + ", separator="
          + separator
          + ", follow="
          + follow
          + ", replay="
          + replay
          + ", baud="
          + baud
          + (header == CsvHeaderRow.AUTO ? "" : ", header=" + header)
          + "]";
    }
  }
}
