package io.forebay.config.sources;

import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.config.secrets.Secret;
import io.forebay.config.sinks.KafkaSinkConfig;
import io.forebay.config.values.FieldType;
import io.forebay.config.values.KafkaStart;
import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.connectors.kafka.KafkaSource;
import io.forebay.connectors.kafka.KafkaSourceSettings;
import io.forebay.connectors.kafka.MessageFields;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.CsvHeaders;
import io.forebay.formats.api.MessageFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Topics of Kafka. */
@Variant("kafka")
public record KafkaSourceConfig(
    @Key("The source's name, unique in the pipeline.") String name,
    @Key("The brokers, `host:port`, several separated by commas.") String brokers,
    @Key(value = "The topics.", min = 1) List<String> topics,
    @Key("The consumer group; several engines of one group share the partitions.") String group,
    @Key(value = "How records are written in the messages' values.", byDefault = "json")
        MessageFormat format,
    @Key(
            "The fields and their types; a `?` behind the type allows a missing value. Left out:"
                + " `sensorId: string, timestamp: timestamp-ms, value: float64`, or what the format"
                + " has.")
        Map<String, FieldType> fields,
    @Key(
            value =
                "Whether CSV begins with a row of names, in each message: `auto` (obeyed where"
                    + " there is one), `present` (nothing is read without) or `absent`.",
            byDefault = "auto")
        CsvHeaderRow header,
    @Key(value = "A field that gets the message's key, as text.", otherwise = "not read")
        Optional<String> keyField,
    @Key(value = "A field that gets the topic.", otherwise = "not read")
        Optional<String> topicField,
    @Key(
            value = "A field that gets the message's timestamp, in milliseconds.",
            otherwise = "not read")
        Optional<String> timestampField,
    @Key("For headers the field that gets their value, as text.") Map<String, String> headers,
    @Key(
            value = "Where to begin in a partition for which the group has no offset.",
            byDefault = "earliest")
        KafkaStart from,
    @Key(
            value =
                "Whether to read all partitions once, outside of the group, from their beginning to"
                    + " what is their end at the start.",
            byDefault = "false")
        boolean stopAtEnd,
    @Key(value = "Who logs in (SASL).", otherwise = "nobody") Optional<String> user,
    @Key(value = "The password, as `${env:…}` or `${file:…}`.", otherwise = "none")
        Optional<Secret> password,
    @Key(value = "`PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.", byDefault = "SCRAM-SHA-512")
        String mechanism,
    @Key(
            value = "Whether connections are encrypted and the brokers' certificates checked.",
            otherwise = "`true`, unless all brokers are this machine")
        Optional<Boolean> tls,
    @Key(value = "The certificates that are trusted (PEM).", otherwise = "those of the JDK")
        Optional<String> caFile)
    implements SourceConfig {

  public Source source(Schema declared) {
    return KafkaSource.of(
        new KafkaSourceSettings(
            KafkaSinkConfig.servers(brokers, user, password, mechanism, tls, caFile),
            topics,
            group,
            format,
            declared.size() == 0 ? MessageFormats.defaultFields(format) : declared,
            new MessageFields(keyField, topicField, timestampField, headers),
            from == KafkaStart.EARLIEST,
            stopAtEnd,
            CsvHeaders.of(header)));
  }

  /** The same, from the beginning to what is the end, as no member of a group. */
  public KafkaSourceConfig outsideOfTheGroup() {
    return new KafkaSourceConfig(
        name,
        brokers,
        topics,
        group,
        format,
        fields,
        header,
        keyField,
        topicField,
        timestampField,
        headers,
        from,
        true,
        user,
        password,
        mechanism,
        tls,
        caFile);
  }

  /** What decides which records it has. Not the password. */
  @Override
  public String toString() {
    return "KafkaSourceConfig["
        + name
        + ", "
        + topics
        + ", "
        + group
        + ", "
        + format
        + ", "
        + fields
        + ", "
        + keyField
        + ", "
        + topicField
        + ", "
        + timestampField
        + ", "
        + headers
        + ", "
        + stopAtEnd
        + ListeningSource.shown(header)
        + "]";
  }
}
