package io.forebay.config.sinks;

import io.forebay.Sink;
import io.forebay.config.secrets.Secret;
import io.forebay.config.values.Key;
import io.forebay.config.values.MqttConnectionConfig;
import io.forebay.config.values.MqttTlsConfig;
import io.forebay.config.values.Variant;
import io.forebay.connectors.mqtt.MqttProtocol;
import io.forebay.connectors.mqtt.MqttSink;
import java.time.Duration;
import java.util.Optional;

/** Messages to an MQTT broker. */
@Variant("mqtt")
public record MqttSinkConfig(
    @Key(value = "The sink's name.", otherwise = "`mqtt`") Optional<String> name,
    @Key("The broker's address: `mqtt://host:1883`, or `mqtts://host:8883` for TLS.") String broker,
    @Key("Where messages go, with fields in braces: `out/{sensorId}`.") String topic,
    @Key(
            value = "A field whose number is the payload.",
            otherwise = "the payload is the record as JSON")
        Optional<String> numberOf,
    @Key(
            value =
                "A member of the JSON payload that holds the record's id; in MQTT 5 the user"
                    + " property `forebay-id` always does.",
            otherwise = "none")
        Optional<String> idField,
    @Key(value = "The quality of service.", byDefault = "1", min = 0, max = 2) int qos,
    @Key(value = "Whether the broker keeps the last message of each topic.", byDefault = "false")
        boolean retain,
    @Key(
            value = "How many messages may be unacknowledged at a time.",
            byDefault = "1024",
            min = 1,
            max = 32_767)
        int inFlight,
    @Key(value = "The version of MQTT, `5` or `3.1.1`.", byDefault = "5") MqttProtocol version,
    @Key(
            value = "By which the broker knows this client.",
            otherwise = "`forebay-`, the pipeline's name, `-` and the sink's")
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
    implements SinkConfig, MqttConnectionConfig {
  @Override
  public String target() {
    return "mqtt";
  }

  public Sink sink(String pipeline) {
    MqttSink.Builder sink =
        MqttSink.builder(connection(), clientId(pipeline, label()), topic)
            .qos(qos)
            .retain(retain)
            .inFlight(inFlight);
    numberOf.ifPresent(sink::numberOf);
    idField.ifPresent(sink::idField);
    return sink.build();
  }

  /** Without secrets, which may change. */
  @Override
  public String toString() {
    return "MqttSink[" + broker + ", " + topic + ", " + numberOf + ", " + idField + "]";
  }
}
