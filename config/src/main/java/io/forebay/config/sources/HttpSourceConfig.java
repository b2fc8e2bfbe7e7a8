package io.forebay.config.sources;

import io.forebay.Source;
import io.forebay.config.secrets.Secret;
import io.forebay.config.values.FieldType;
import io.forebay.config.values.Key;
import io.forebay.config.values.TlsConfig;
import io.forebay.config.values.Variant;
import io.forebay.connectors.http.HttpLimits;
import io.forebay.connectors.http.HttpSettings;
import io.forebay.connectors.http.HttpSource;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.MessageFormat;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** JSON, CSV and InfluxDB line protocol over HTTP. */
@Variant("http")
public record HttpSourceConfig(
    @Key("The source's name, unique in the pipeline.") String name,
    @Key(
            value =
                "Where it listens, `host:port`; any address but this machine's own needs `tls` and"
                    + " `token`.",
            byDefault = "127.0.0.1:8086")
        String listen,
    @Key(value = "Where JSON and CSV are posted.", byDefault = "/ingest") String path,
    @Key(
            "The fields and their types. Left out: `sensorId: string`, `timestamp: timestamp-ms`,"
                + " `value: float64`.")
        Map<String, FieldType> fields,
    @Key(
            value =
                "Whether CSV begins with a row of names, in each request: `auto` (obeyed where"
                    + " there is one), `present` (nothing is read without) or `absent`.",
            byDefault = "auto")
        CsvHeaderRow header,
    @Key(
            value = "A secret that clients send, as `${env:…}` or `${file:…}`.",
            otherwise = "anybody may send")
        Optional<Secret> token,
    @Key(value = "TLS 1.2 or newer.", otherwise = "plain connections") Optional<TlsConfig> tls,
    @Key(
            value = "Connections at a time; further ones are answered with 503.",
            byDefault = "256",
            min = 1,
            max = 100_000)
        int connections,
    @Key(
            value =
                "How long a request may wait until its records are committed; then it is answered"
                    + " with 503.",
            byDefault = "4s",
            min = 1)
        Duration answerWithin)
    implements SourceConfig, ListeningSource {

  @Override
  public boolean takesCsv() {
    return true;
  }

  public Source source() {
    HttpLimits usual = HttpLimits.DEFAULT;
    return new HttpSource(
        HttpSettings.of(ListenAddress.parse(listen), schema(MessageFormat.JSON))
            .path(path)
            .access(access())
            .headers(header)
            .limits(
                new HttpLimits(
                    usual.bodyBytes(),
                    usual.inflatedBytes(),
                    usual.ratio(),
                    usual.headerDeadline(),
                    usual.bodyDeadline(),
                    answerWithin,
                    connections,
                    usual.bufferedBytes())));
  }

  /** Without secrets, which also may change. */
  @Override
  public String toString() {
    return "HttpSource[" + name + ", " + fields + ListeningSource.shown(header) + "]";
  }
}
