package io.forebay.config.sinks;

import io.forebay.Sink;
import io.forebay.config.secrets.Secret;
import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.connectors.http.InfluxSettings;
import io.forebay.connectors.http.InfluxSettings.Target;
import io.forebay.connectors.http.InfluxSink;
import io.forebay.errors.ConfigurationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A bucket of InfluxDB 2 or later, or a database of InfluxDB 1. */
@Variant("influxdb")
public record InfluxDbSinkConfig(
    @Key(value = "The sink's name.", otherwise = "the bucket or database") Optional<String> name,
    @Key("The server's address, such as `http://127.0.0.1:8086`.") String url,
    @Key("The organization, of InfluxDB 2.") Optional<String> org,
    @Key(value = "The bucket, of InfluxDB 2.", otherwise = "`database` is used")
        Optional<String> bucket,
    @Key(
            value = "The token, of InfluxDB 2, as `${env:…}` or `${file:…}`.",
            otherwise = "none is sent")
        Optional<Secret> token,
    @Key(value = "The database, of InfluxDB 1.", otherwise = "`bucket` is used")
        Optional<String> database,
    @Key(value = "The user, of InfluxDB 1.", otherwise = "none is sent") Optional<String> user,
    @Key(value = "The user's password, as `${env:…}` or `${file:…}`.", otherwise = "an empty one")
        Optional<Secret> password,
    @Key(value = "The measurement of all points.", byDefault = "records") String measurement,
    @Key("Text fields that become tags. Left out: `sensorId`, if there is one.") List<String> tags,
    @Key(value = "The field with the points' time.", otherwise = "the first timestamp")
        Optional<String> timestamp,
    @Key(value = "Whether requests are compressed.", byDefault = "true") boolean gzip,
    @Key(value = "Points in a request, at most.", byDefault = "5000", min = 1, max = 1_000_000)
        int batch,
    @Key(value = "How long a request may take.", byDefault = "10s", min = 1) Duration timeout,
    @Key(
            value =
                "A file that remembers how far the sources are written, so that a crash does not"
                    + " write everything again.",
            otherwise = "none; the same points are written again")
        Optional<String> progress)
    implements SinkConfig {
  private static final int BATCH_BYTES = 1 << 20;

  @Override
  public String target() {
    return bucket.or(() -> database).orElse("influxdb");
  }

  public Sink sink() {
    URI address;
    try {
      address = new URI(url);
    } catch (URISyntaxException e) {
      throw new ConfigurationException(
          "'" + url + "' is not the address of a server: write http://host:8086", e);
    }
    return new InfluxSink(
        new InfluxSettings(
            address,
            place(),
            measurement,
            tags,
            timestamp,
            gzip,
            batch,
            BATCH_BYTES,
            timeout,
            progress.map(Path::of)));
  }

  private Target place() {
    if (database.isPresent() && (bucket.isPresent() || org.isPresent() || token.isPresent())) {
      throw new ConfigurationException(
          "the sink '"
              + label()
              + "' has a database of InfluxDB 1 and a bucket, org or token of InfluxDB 2: keep"
              + " one of both");
    }
    if (database.isPresent()) {
      return new Target.Database(
          database.get(), user.orElse(""), password.map(Secret::value).orElse(""));
    }
    if (bucket.isEmpty() || user.isPresent() || password.isPresent()) {
      throw new ConfigurationException(
          "the sink '"
              + label()
              + "' needs bucket, with org and token, for InfluxDB 2, or database, with user and"
              + " password, for InfluxDB 1");
    }
    return new Target.Bucket(org.orElse(""), bucket.get(), token.map(Secret::value).orElse(""));
  }

  /** Without secrets, which also may change. */
  @Override
  public String toString() {
    return "InfluxDbSink["
        + url
        + ", "
        + org
        + bucket
        + database
        + ", "
        + measurement
        + ", "
        + tags
        + timestamp
        + "]";
  }
}
