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
import io.forebay.connectors.net.TcpSource;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.MessageFormat;
import java.util.Map;
import java.util.Optional;

/** Lines over TCP. */
@Variant("tcp")
public record TcpSourceConfig(
    @Key("The source's name, unique in the pipeline.") String name,
    @Key(
            "Where it listens, `host:port`; any address but this machine's own needs `tls`, and"
                + " `token` or `tls.clientCa`.")
        String listen,
    @Key(value = "How each line is written.", byDefault = "ndjson") MessageFormat format,
    @Key(
            value =
                "Whether CSV begins with a row of names, in each connection: `auto` (obeyed where"
                    + " there is one), `present` (nothing is read without) or `absent`.",
            byDefault = "auto")
        CsvHeaderRow header,
    @Key(
            "The fields and their types. Left out: `sensorId: string`, `timestamp: timestamp-ms`,"
                + " `value: float64`.")
        Map<String, FieldType> fields,
    @Key(
            value =
                "A secret that is the first line of each connection, as `${env:…}` or `${file:…}`.",
            otherwise = "anybody may send")
        Optional<Secret> token,
    @Key(value = "TLS 1.2 or newer.", otherwise = "plain connections") Optional<TlsConfig> tls,
    @Key(
            value = "Connections at a time; further ones are closed.",
            byDefault = "10000",
            min = 1,
            max = 1_000_000)
        int connections,
    @Key(value = "The longest line; the rest of a longer one is discarded.", byDefault = "1MiB")
        ByteSize line)
    implements SourceConfig, ListeningSource {

  @Override
  public boolean takesCsv() {
    return format == MessageFormat.CSV;
  }

  public Source source() {
    LineLimits usual = LineLimits.DEFAULT;
    int lineBytes = Math.toIntExact(Math.min(line.bytes(), Integer.MAX_VALUE));
    return new TcpSource(
        NetSettings.of(ListenAddress.parse(listen), format, schema(format))
            .access(access())
            .headers(header)
            .limits(
                new LineLimits(
                    connections,
                    lineBytes,
                    Math.max(usual.unfinishedBytes(), lineBytes),
                    usual.queueBytes())));
  }

  /** Without secrets, which also may change. */
  @Override
  public String toString() {
    return "TcpSource["
        + name
        + ", "
        + format
        + ", "
        + fields
        + ListeningSource.shown(header)
        + "]";
  }
}
