package io.forebay.config.sources;

import io.forebay.Source;
import io.forebay.config.secrets.Secret;
import io.forebay.config.values.ByteSize;
import io.forebay.config.values.FieldType;
import io.forebay.config.values.Key;
import io.forebay.config.values.TlsConfig;
import io.forebay.config.values.Variant;
import io.forebay.connectors.net.LineLimits;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.connectors.net.NetSettings;
import io.forebay.connectors.net.UdpSource;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.MessageFormat;
import java.util.Map;
import java.util.Optional;

/** Lines in UDP datagrams. */
@Variant("udp")
public record UdpSourceConfig(
    @Key("The source's name, unique in the pipeline.") String name,
    @Key("Where it receives, `host:port`; only an address of this machine's own.") String listen,
    @Key(value = "How each datagram is written.", byDefault = "ndjson") MessageFormat format,
    @Key(
            value =
                "Whether CSV begins with a row of names, in each datagram: `auto` (obeyed where"
                    + " there is one), `present` (nothing is read without) or `absent`.",
            byDefault = "auto")
        CsvHeaderRow header,
    @Key(
            "The fields and their types. Left out: `sensorId: string`, `timestamp: timestamp-ms`,"
                + " `value: float64`.")
        Map<String, FieldType> fields,
    @Key(
            value = "Datagrams that wait to be decoded; what finds no room is dropped.",
            byDefault = "32MiB")
        ByteSize queue)
    implements SourceConfig, ListeningSource {
  @Override
  public Optional<Secret> token() {
    return Optional.empty();
  }

  @Override
  public Optional<TlsConfig> tls() {
    return Optional.empty();
  }

  @Override
  public boolean takesCsv() {
    return format == MessageFormat.CSV;
  }

  public Source source() {
    LineLimits usual = LineLimits.DEFAULT;
    return new UdpSource(
        NetSettings.of(ListenAddress.parse(listen), format, schema(format))
            .headers(header)
            .limits(
                new LineLimits(
                    usual.connections(),
                    usual.lineBytes(),
                    usual.unfinishedBytes(),
                    queue.bytes())));
  }

  /** Where it listens decides nothing about its records. */
  @Override
  public String toString() {
    return "UdpSource["
        + name
        + ", "
        + format
        + ", "
        + fields
        + ListeningSource.shown(header)
        + "]";
  }
}
