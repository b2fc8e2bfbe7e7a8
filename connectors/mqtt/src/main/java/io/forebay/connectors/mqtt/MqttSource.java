package io.forebay.connectors.mqtt;

import io.forebay.Position;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.connectors.mqtt.internal.payloads.NumberedRecords;
import io.forebay.connectors.mqtt.internal.payloads.PayloadReader;
import io.forebay.connectors.mqtt.internal.payloads.SparkplugReader;
import io.forebay.connectors.mqtt.internal.topics.TopicFields;
import io.forebay.connectors.mqtt.internal.topics.TopicPattern;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.CsvHeaders;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageFormat;
import io.forebay.internal.concurrent.Backoff;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Receives messages from an MQTT broker.
 *
 * <p>A message of QoS 1 or 2 is acknowledged when all its records are durable in every output, in
 * the order in which messages came. Until then the broker keeps it, if it keeps the session ({@link
 * Builder#sessionExpiry}), and sends it again to the next run after a crash: nothing is lost, and
 * at most the messages that were not acknowledged, {@link Builder#receiveMaximum}, arrive twice. A
 * connection that is lost costs less: what is still in work here is recognized when it is sent
 * again. QoS 0 cannot be repeated.
 *
 * <p>Backpressure: while there is no room, nothing is read from the connection.
 *
 * <p>There is one partition; records are numbered from the time of the start on, so that no two
 * runs give the same number to different records.
 */
public final class MqttSource implements Source {
  private static final int NUMBERS_A_MILLISECOND_BITS = 20;

  private final Builder settings;
  private final TopicFields topics;
  private final List<String> filters;
  private final List<String> covered;
  private final @Nullable Schema payload;
  private final Schema schema;
  private final boolean extras;
  private final Gate gate = new Gate();
  private final long start;
  private final Unacknowledged unacknowledged;
  private @Nullable Reception reception;
  private @Nullable Thread thread;

  private MqttSource(Builder settings) {
    this.settings = settings;
    List<TopicPattern> patterns = settings.topics.stream().map(TopicPattern::parse).toList();
    if (patterns.isEmpty()) {
      throw new ConfigurationException("an MQTT source needs topics: name at least one");
    }
    List<TopicPattern> asked =
        patterns.stream()
            .map(pattern ->
                settings.group.isPresent() ? pattern.shared(settings.group.get()) : pattern)
            .toList();
    this.filters = TopicFilters.of(asked);
    this.covered = TopicFilters.covered(asked, filters);
    this.topics =
        new TopicFields(patterns, settings.topicField, settings.arrivalField, settings.clock);
    if (settings.format.isPresent()) {
      MessageFormat format = settings.format.get();
      payload = settings.fields.orElseGet(() -> fields(format));
      schema = topics.behind(payload);
      extras = decoder(Set.of()).carriesExtras();
    } else {
      if (settings.fields.isPresent()) {
        throw new ConfigurationException(
            "Sparkplug B says itself what its fields are: remove the fields");
      }
      payload = null;
      schema = topics.behind(SparkplugReader.SCHEMA);
      extras = false;
    }
    // A clock that was set back by less than the pause between two runs does no harm either.
    this.start = Math.max(1, settings.clock.millis()) << NUMBERS_A_MILLISECOND_BITS;
    this.unacknowledged = new Unacknowledged(start);
  }

  /** The format's own fields without those that come from the topic or the time. */
  private Schema fields(MessageFormat format) {
    return Schema.of(
        MessageFormats.defaultFields(format).fields().stream()
            .filter(field -> !topics.names().contains(field.name()))
            .toList());
  }

  private MessageDecoder decoder(Set<String> replaced) {
    Set<String> names = new HashSet<>(replaced);
    names.addAll(topics.names());
    return MessageFormats.decoder(
        settings.format.orElseThrow(),
        java.util.Objects.requireNonNull(payload),
        settings.limits,
        names,
        settings.headers);
  }

  /**
   * A source of messages from this broker.
   *
   * @param clientId by which the broker knows it again; no other client may have it
   */
  public static Builder builder(MqttBroker broker, String clientId) {
    return new Builder(broker, clientId);
  }

  /** What it subscribes to. */
  List<String> filters() {
    return filters;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  /** False: a broker does not send again what was acknowledged. See {@link #redelivers}. */
  @Override
  public boolean repeatable() {
    return false;
  }

  @Override
  public boolean redelivers() {
    return settings.qos > 0 && !settings.sessionExpiry.isZero();
  }

  @Override
  public boolean carriesExtras() {
    return extras;
  }

  @Override
  public void run(SourceContext context) throws Exception {
    NumberedRecords records = new NumberedRecords(context.partition(""), topics, start);
    Reception receiving =
        new Reception(
            new Reception.Settings(
                settings.broker,
                new Opening(
                    settings.clientId,
                    settings.sessionExpiry,
                    settings.receiveMaximum,
                    settings.statusTopic.map(Will::new)),
                filters,
                covered,
                settings.qos,
                settings.limits.lineBytes(),
                new Backoff(settings.random)),
            context,
            gate,
            unacknowledged,
            records);
    receiving.reader(
        settings.format.isPresent()
            ? new PayloadReader(decoder(context.replacedColumns()), records)
            : new SparkplugReader(records, receiving::send, settings.clock, settings.nanos));
    reception = receiving;
    thread = Thread.ofVirtual().name("forebay-mqtt-" + context.name()).start(receiving);
    try {
      receiving.ended().get();
    } catch (InterruptedException e) {
      gate.stop();
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  public void acknowledged(String partition, Position position) {
    unacknowledged.acknowledged(position.sequence());
  }

  @Override
  public void close() {
    gate.stop();
    if (reception != null && thread != null) {
      reception.close(thread);
    }
  }

  /** How a source receives. */
  public static final class Builder {
    /** The default of {@link #receiveMaximum}. */
    public static final int RECEIVE_MAXIMUM = 16_384;

    private final MqttBroker broker;
    private final String clientId;
    private final List<String> topics = new ArrayList<>();
    private int qos = 1;
    private Optional<String> group = Optional.empty();
    private Duration sessionExpiry = Duration.ofDays(1);
    private int receiveMaximum = RECEIVE_MAXIMUM;
    private Optional<MessageFormat> format = Optional.of(MessageFormat.JSON);
    private Optional<Schema> fields = Optional.empty();
    private CsvHeaders headers = CsvHeaders.of(CsvHeaderRow.AUTO);
    private Optional<String> topicField = Optional.empty();
    private Optional<String> arrivalField = Optional.empty();
    private Optional<String> statusTopic = Optional.empty();
    private FormatLimits limits = FormatLimits.DEFAULT;
    private final InstantSource clock = java.time.Clock.systemUTC();
    private final LongSupplier nanos = System::nanoTime;
    private final RandomGenerator random = RandomGenerator.getDefault();

    private Builder(MqttBroker broker, String clientId) {
      this.broker = broker;
      this.clientId = clientId;
      if (clientId.isEmpty()) {
        throw new ConfigurationException("a client id is needed: the broker knows it by that");
      }
    }

    /**
     * Adds topics, with wildcards, or with names for levels that become fields: {@code
     * plant/{line}/{sensorId}}.
     */
    public Builder topics(List<String> patterns) {
      topics.addAll(patterns);
      return this;
    }

    /** 0, 1 (the default) or 2. */
    public Builder qos(int level) {
      if (level < 0 || level > 2) {
        throw new ConfigurationException("there is no QoS " + level + ": use 0, 1 or 2");
      }
      qos = level;
      return this;
    }

    /** Shares the subscription with all clients of this group: each message goes to one of them. */
    public Builder sharedGroup(String name) {
      if (name.isEmpty() || name.matches(".*[/+#].*")) {
        throw new ConfigurationException(
            "'" + name + "' is no name of a group: use one without /, + and #");
      }
      group = Optional.of(name);
      return this;
    }

    /**
     * How long the broker keeps the session and its messages while nobody is connected; the default
     * is a day. 0: not at all.
     */
    public Builder sessionExpiry(Duration duration) {
      sessionExpiry = duration;
      return this;
    }

    /**
     * How many messages may be unacknowledged, 1 to 65535; the default is {@value
     * #RECEIVE_MAXIMUM}. Only MQTT 5 tells the broker.
     */
    public Builder receiveMaximum(int messages) {
      if (messages < 1 || messages > 65_535) {
        throw new ConfigurationException(
            "a receive maximum of " + messages + " is not possible: use 1 to 65535");
      }
      receiveMaximum = messages;
      return this;
    }

    /** How payloads are written; the default is JSON. */
    public Builder format(MessageFormat payloads) {
      format = Optional.of(payloads);
      return this;
    }

    /** Payloads are Sparkplug B: a record for each metric. */
    public Builder sparkplug() {
      format = Optional.empty();
      return this;
    }

    /**
     * The fields of the payload; by default those of {@link MessageFormats#defaultFields}, without
     * the ones that come from the topic or the time of reception.
     */
    public Builder fields(Schema schema) {
      fields = Optional.of(schema);
      return this;
    }

    /** How the header rows of CSV payloads are treated; the default is {@code auto}. */
    public Builder headers(CsvHeaderRow row) {
      headers = CsvHeaders.of(row);
      return this;
    }

    /** Adds a string field of this name: the topic. */
    public Builder topicField(String name) {
      topicField = Optional.of(name);
      return this;
    }

    /** Adds a field of type timestamp-ms of this name: when the message came. */
    public Builder arrivalField(String name) {
      arrivalField = Optional.of(name);
      return this;
    }

    /**
     * A topic on which a retained message says {@code online} while the source is connected, and
     * {@code offline} when it is not, also after a crash.
     */
    public Builder statusTopic(String topic) {
      statusTopic = Optional.of(topic);
      return this;
    }

    /** What is accepted as a message; the longest is {@link FormatLimits#lineBytes}. */
    public Builder limits(FormatLimits accepted) {
      limits = accepted;
      return this;
    }

    /**
     * The source, not connected yet.
     *
     * @throws ConfigurationException if a topic is wrong, or the format cannot fill the fields
     */
    public MqttSource build() {
      broker.tls().ifPresent(MqttTls::context);
      return new MqttSource(this);
    }
  }
}
