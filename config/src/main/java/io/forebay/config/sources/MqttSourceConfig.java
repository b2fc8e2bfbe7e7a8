package io.forebay.config.sources;

import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.columns.Field;
import io.forebay.config.secrets.Secret;
import io.forebay.config.values.FieldType;
import io.forebay.config.values.Key;
import io.forebay.config.values.MqttConnectionConfig;
import io.forebay.config.values.MqttPayload;
import io.forebay.config.values.MqttTlsConfig;
import io.forebay.config.values.Variant;
import io.forebay.connectors.mqtt.MqttProtocol;
import io.forebay.connectors.mqtt.MqttSource;
import io.forebay.formats.api.CsvHeaderRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Topics of an MQTT broker. */
@Variant("mqtt")
public record MqttSourceConfig(
    @Key("The source's name, unique in the pipeline.") String name,
    @Key("The broker's address: `mqtt://host:1883`, or `mqtts://host:8883` for TLS.") String broker,
    @Key(
            value =
                "Topics, with the wildcards `+` and `#`; a level in braces, as in"
                    + " `plant/{line}/{sensorId}`, becomes a field.",
            min = 1)
        List<String> topics,
    @Key(
            value =
                "How payloads are written: `json`, `ndjson`, `csv`, `number`, `line-protocol` or"
                    + " `sparkplug-b`.",
            byDefault = "json")
        MqttPayload format,
    @Key(
            "The fields of the payload and their types. Left out: those of the format, without the"
                + " ones that come from the topic or `receivedAt`.")
        Map<String, FieldType> fields,
    @Key(
            value =
                "Whether CSV begins with a row of names, in each message: `auto` (obeyed where"
                    + " there is one), `present` (nothing is read without) or `absent`.",
            byDefault = "auto")
        CsvHeaderRow header,
    @Key(value = "A field that holds the whole topic.", otherwise = "none")
        Optional<String> topicField,
    @Key(value = "A field that holds when the message came.", otherwise = "none")
        Optional<String> receivedAt,
    @Key(value = "The quality of service asked for.", byDefault = "1", min = 0, max = 2) int qos,
    @Key(
            value = "The group of a shared subscription: each message goes to one of its members.",
            otherwise = "not shared")
        Optional<String> sharedGroup,
    @Key(
            value =
                "How long the broker keeps what it has no acknowledgement for while nobody is"
                    + " connected; `0s`: not at all.",
            byDefault = "24h")
        Duration sessionExpiry,
    @Key(
            value =
                "How many messages the broker may send before the first one is acknowledged: the"
                    + " most that arrive twice after a crash. MQTT 5 only.",
            byDefault = "16384",
            min = 1,
            max = 65_535)
        int receiveMaximum,
    @Key(
            value =
                "A topic with a retained `online` while the source is connected, and `offline` when"
                    + " it is not.",
            otherwise = "none")
        Optional<String> statusTopic,
    @Key(value = "The version of MQTT, `5` or `3.1.1`.", byDefault = "5") MqttProtocol version,
    @Key(
            value = "By which the broker knows this client; the same in each run.",
            otherwise = "`forebay-`, the pipeline's name, `-` and the source's")
        Optional<String> clientId,
    @Key(value = "The user.", otherwise = "none") Optional<String> user,
    @Key(value = "The user's password, as `${env:…}` or `${file:…}`.", otherwise = "none")
        Optional<Secret> password,
    @Key(value = "Certificates, with `mqtts://`.", otherwise = "what the JDK trusts")
        Optional<MqttTlsConfig> tls,
    @Key(
            value =
                "How long the connection may be silent; after one and a half times that it is taken"
                    + " for lost.",
            byDefault = "30s",
            min = 1)
        Duration keepAlive)
    implements SourceConfig, MqttConnectionConfig {

  public Source source(String pipeline) {
    MqttSource.Builder source =
        MqttSource.builder(connection(), clientId(pipeline, name))
            .topics(topics)
            .qos(qos)
            .sessionExpiry(sessionExpiry)
            .receiveMaximum(receiveMaximum);
    source.headers(header);
    format.format().ifPresentOrElse(source::format, source::sparkplug);
    if (!fields.isEmpty()) {
      List<Field> declared = new ArrayList<>();
      fields.forEach((field, type) -> declared.add(new Field(field, type.type(), type.nullable())));
      source.fields(Schema.of(declared));
    }
    topicField.ifPresent(source::topicField);
    receivedAt.ifPresent(source::arrivalField);
    sharedGroup.ifPresent(source::sharedGroup);
    statusTopic.ifPresent(source::statusTopic);
    return source.build();
  }

  /** What decides which records it has; without secrets, which may change. */
  @Override
  public String toString() {
    return "MqttSource["
        + name
        + ", "
        + broker
        + ", "
        + topics
        + ", "
        + format
        + ", "
        + fields
        + ListeningSource.shown(header)
        + "]";
  }
}
