package io.forebay.connectors.mqtt;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.NumberColumn;
import io.forebay.connectors.mqtt.internal.topics.TopicTemplate;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.RetryableException;
import io.forebay.formats.RowText;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.NonFinite;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a message for each record. At-least-once: a commit waits until the broker has taken
 * everything (QoS 1 and 2: has acknowledged it); after a lost connection everything since the last
 * commit is published again. Each message carries the record's id, so that whoever receives it can
 * tell repetitions: {@code source/partition:sequence}, in MQTT 5 as the user property {@value
 * #ID_PROPERTY}.
 *
 * <p>While the broker is away, the sink is retried; see {@link Sink}. Messages that it refuses, or
 * that are larger than it takes, are {@link #refused}, all others are delivered.
 */
public final class MqttSink implements Sink {
  /** The user property that holds the record's id. */
  public static final String ID_PROPERTY = "forebay-id";

  private final Builder settings;
  private final TopicTemplate topic;
  private final Opening opening;
  private final Bytes text = new Bytes(1 << 10);
  private @Nullable RowText rows;
  private List<String> partitions = List.of();
  private int value = -1;
  private final Suspicion suspicion = new Suspicion();
  private final List<Refusal> refused = new ArrayList<>();
  private @Nullable Publisher publisher;
  private boolean flushed;

  private MqttSink(Builder settings) {
    this.settings = settings;
    this.topic = new TopicTemplate(settings.topic);
    this.opening = new Opening(settings.clientId, Duration.ZERO, 65_535, Optional.empty());
  }

  /**
   * A sink of messages to this broker.
   *
   * @param clientId by which the broker knows it; no other client may have it
   * @param topic where messages go; fields in braces: {@code out/{sensorId}}
   */
  public static Builder builder(MqttBroker broker, String clientId, String topic) {
    return new Builder(broker, clientId, topic);
  }

  @Override
  public boolean effectivelyOnce() {
    return false;
  }

  @Override
  public boolean retryable() {
    return true;
  }

  /** Nothing: a broker keeps no progress. Lets go of the connection. */
  @Override
  public Optional<Progress> recover() {
    close();
    return Optional.empty();
  }

  @Override
  public void check(Schema schema) {
    topic.bind(schema);
    if (settings.valueField.isPresent()
        && !schema.field(settings.valueField.get()).type().isNumber()) {
      throw new ConfigurationException(
          "the field '"
              + settings.valueField.get()
              + "' is no number: name another one, or write JSON");
    }
    if (settings.idField.isPresent() && schema.has(settings.idField.get())) {
      throw new ConfigurationException(
          "there is a field '" + settings.idField.get() + "' already: give the id another name");
    }
  }

  @Override
  public void open(SinkContext context) throws IOException {
    Schema schema = context.schema();
    check(schema);
    partitions = context.partitions();
    if (settings.valueField.isPresent()) {
      value = schema.indexOf(settings.valueField.get());
    } else {
      rows = RowText.json(schema, new NonFinite("mqtt"));
    }
    refused.clear();
    flushed = false;
    suspicion.reopened();
    publisher =
        Publisher.open(settings.broker, opening, settings.qos, settings.retain, settings.inFlight);
  }

  @Override
  public void write(Batch batch) throws IOException {
    if (rows != null) {
      rows.load(batch);
    }
    Publisher to = connected();
    flushed = false;
    try {
      for (int row = 0; row < batch.rows(); row++) {
        publish(to, batch, row);
        if (suspicion.isCareful()) {
          confirm(to);
        }
      }
      to.flush();
    } catch (RetryableException e) {
      suspicion.cut(e.getCause() instanceof Wire.TooLargeException);
      throw e;
    }
  }

  private void publish(Publisher to, Batch batch, int row) throws IOException {
    String id = partitions.get(batch.partition(row)) + ":" + batch.sequence(row);
    payload(batch, row, id);
    String name = topic.of(batch, row);
    MqttProperties properties = MqttProperties.NO_PROPERTIES;
    int propertyBytes = 0;
    if (settings.broker.protocol() == MqttProtocol.V5) {
      properties = new MqttProperties();
      properties.add(new MqttProperties.UserProperty(ID_PROPERTY, id));
      propertyBytes = 5 + ID_PROPERTY.length() + id.getBytes(StandardCharsets.UTF_8).length;
    }
    long bytes = Wire.bytes(name, text.length(), propertyBytes);
    if (bytes > to.mostBytes()) {
      refuse(batch, row, bytes, "takes " + to.mostBytes());
    } else if (suspicion.isGuilty(batch.partition(row), batch.sequence(row))) {
      refuse(batch, row, bytes, "cuts the connection whenever it gets it");
    } else {
      suspicion.sent(batch.partition(row), batch.sequence(row), bytes);
      to.publish(
          batch.partition(row), batch.sequence(row), name, text.array(), text.length(), properties);
    }
  }

  private void refuse(Batch batch, int row, long bytes, String why) {
    refused.add(
        new Refusal(
            batch.partition(row),
            batch.sequence(row),
            "the message has "
                + bytes
                + " bytes, and the broker "
                + settings.broker.address()
                + " "
                + why,
            ""));
  }

  private void confirm(Publisher to) throws IOException {
    to.confirm();
    suspicion.answered();
  }

  /** Waits until the broker has taken, or refused, everything. */
  @Override
  public void flush() throws IOException {
    try {
      confirm(connected());
    } catch (RetryableException e) {
      suspicion.cut(e.getCause() instanceof Wire.TooLargeException);
      throw e;
    }
    flushed = true;
  }

  @Override
  public List<Refusal> refused() {
    List<Refusal> all = new ArrayList<>(refused);
    refused.clear();
    if (publisher != null) {
      all.addAll(publisher.refused());
    }
    return all;
  }

  private void payload(Batch batch, int row, String id) {
    text.length(0);
    if (rows == null) {
      NumberColumn column = (NumberColumn) batch.column(value);
      text.putAscii(batch.column(value).isNull(row) ? "null" : number(column, row));
      return;
    }
    rows.put(row, text);
    if (settings.idField.isPresent()) {
      text.length(text.length() - 1);
      byte[] member =
          ((text.length() > 1 ? "," : "") + quoted(settings.idField.get()) + ":" + quoted(id) + "}")
              .getBytes(StandardCharsets.UTF_8);
      text.put(member, 0, member.length);
    }
  }

  private static String number(NumberColumn column, int row) {
    double number = column.asDouble(row);
    if (!Double.isFinite(number)) {
      return "null";
    }
    return switch (column) {
      case io.forebay.columns.Int32Column whole -> Integer.toString(whole.get(row));
      case io.forebay.columns.Int64Column whole -> Long.toString(whole.get(row));
      case io.forebay.columns.Float32Column real -> Float.toString(real.get(row));
      case io.forebay.columns.Float64Column real -> Double.toString(real.get(row));
    };
  }

  private static String quoted(String plain) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  @Override
  public void commit(Progress progress) throws IOException {
    if (!flushed) {
      flush();
    }
    flushed = false;
    suspicion.committed();
  }

  private Publisher connected() throws IOException {
    if (publisher == null) {
      throw new IOException("the sink is not open");
    }
    return publisher;
  }

  @Override
  public void close() {
    if (publisher != null) {
      publisher.close();
      publisher = null;
    }
  }

  /** How a sink publishes. */
  public static final class Builder {
    /** The default of {@link #inFlight}. */
    public static final int IN_FLIGHT = 1_024;

    private final MqttBroker broker;
    private final String clientId;
    private final String topic;
    private int qos = 1;
    private boolean retain;
    private int inFlight = IN_FLIGHT;
    private Optional<String> valueField = Optional.empty();
    private Optional<String> idField = Optional.empty();

    private Builder(MqttBroker broker, String clientId, String topic) {
      this.broker = broker;
      this.clientId = clientId;
      this.topic = topic;
      if (clientId.isEmpty()) {
        throw new ConfigurationException("a client id is needed: the broker knows it by that");
      }
    }

    /** 0, 1 (the default) or 2. */
    public Builder qos(int level) {
      if (level < 0 || level > 2) {
        throw new ConfigurationException("there is no QoS " + level + ": use 0, 1 or 2");
      }
      qos = level;
      return this;
    }

    /** Whether the broker keeps the last message of each topic for those who come later. */
    public Builder retain(boolean keep) {
      retain = keep;
      return this;
    }

    /** How many messages may be unacknowledged at a time, 1 to 32767. */
    public Builder inFlight(int messages) {
      if (messages < 1 || messages > 32_767) {
        throw new ConfigurationException(
            "so many messages in flight are not possible: use 1 to 32767, not " + messages);
      }
      inFlight = messages;
      return this;
    }

    /** The payload is the number in this field, as text; otherwise the record as JSON. */
    public Builder numberOf(String field) {
      valueField = Optional.of(field);
      return this;
    }

    /** Adds the record's id to the JSON payload as a member of this name. */
    public Builder idField(String name) {
      idField = Optional.of(name);
      return this;
    }

    /**
     * The sink, not connected yet.
     *
     * @throws ConfigurationException if the topic is wrong
     */
    public MqttSink build() {
      if (valueField.isPresent() && idField.isPresent()) {
        throw new ConfigurationException("a number has no room for an id: remove the id's field");
      }
      broker.tls().ifPresent(MqttTls::context);
      return new MqttSink(this);
    }
  }
}
