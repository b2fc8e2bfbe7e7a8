package io.forebay.connectors.mqtt.internal.payloads;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.TimestampRange;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Reads Sparkplug B: a record for each metric of births and data. Remembers what births declare, so
 * that metrics of which only the alias is sent have their names. Where a birth or a message was
 * missed it asks the node to be born again. Used by the reading thread.
 *
 * @see <a href="https://sparkplug.eclipse.org/specification/">Sparkplug 3.0</a>
 */
public final class SparkplugReader implements MessageReader {
  /** Sends a message to the broker, or does not, if there is no connection. */
  public interface Commands {
    void send(String topic, byte[] payload);
  }

  /** What the records look like. */
  public static final Schema SCHEMA =
      Schema.of(
          Field.of("group", ColumnType.STRING),
          Field.of("node", ColumnType.STRING),
          Field.nullable("device", ColumnType.STRING),
          Field.of("metric", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("text", ColumnType.STRING));

  static final int MOST_NODES = 10_000;
  static final int MOST_REMEMBERED = 1_000_000;
  static final long REBIRTH_EVERY_NANOS = 10_000_000_000L;

  private static final String NAMESPACE = "spBv1.0";
  private static final String REBORN = "; the node was asked for its births";
  private static final int EXCERPT = 64;
  private static final long EXACT = 1L << 53;

  private final NumberedRecords records;
  private final Commands commands;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Map<String, SparkplugNode> nodes = new HashMap<>();
  private final Map<String, Long> askedAt = new HashMap<>();
  private int remembered;

  /**
   * @param nanos a monotonic clock
   */
  public SparkplugReader(
      NumberedRecords records, Commands commands, InstantSource clock, LongSupplier nanos) {
    this.records = records;
    this.commands = commands;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** The parts of a topic. */
  private record Address(String topic, String group, String node, Optional<String> device) {}

  @Override
  public void read(String topic, byte[] bytes, int from, int length) throws InterruptedException {
    String[] parts = topic.split("/", -1);
    if (parts.length >= 2 && parts[0].equals(NAMESPACE) && parts[1].equals("STATE")) {
      return;
    }
    if (parts.length < 4 || parts.length > 5 || !parts[0].equals(NAMESPACE)) {
      reject(
          topic,
          "it is no topic of Sparkplug B, spBv1.0/group/type/node/device",
          bytes,
          from,
          length);
      return;
    }
    Address address =
        new Address(
            topic, parts[1], parts[3], parts.length > 4 ? Optional.of(parts[4]) : Optional.empty());
    String type = parts[2];
    switch (type) {
      case "NBIRTH", "DBIRTH", "NDATA", "DDATA", "DDEATH" -> {
        if (type.startsWith("D") != address.device().isPresent()) {
          reject(topic, "a " + type + " is of a device, others are not", bytes, from, length);
          return;
        }
        try {
          take(type, address, SparkplugPayload.read(bytes, from, length));
        } catch (SparkplugPayload.MalformedException e) {
          reject(
              topic, "it is no Sparkplug B payload (" + e.getMessage() + ")", bytes, from, length);
        }
      }
      case "NDEATH" -> forget(key(address));
      case "NCMD", "DCMD" -> {
        // Commands to nodes are no measurements.
      }
      default -> reject(topic, "Sparkplug B has no messages of type " + type, bytes, from, length);
    }
  }

  private void take(String type, Address address, SparkplugPayload payload)
      throws InterruptedException {
    boolean birth = type.endsWith("BIRTH");
    SparkplugNode node = nodes.get(key(address));
    if (node == null) {
      node = new SparkplugNode();
      if (nodes.size() < MOST_NODES) {
        nodes.put(key(address), node);
      }
    }
    if (type.equals("NBIRTH")) {
      remembered -= node.size();
      node.birth();
    }
    boolean complete = payload.seq().isEmpty() || node.follows(payload.seq().getAsLong());
    if (!complete || !node.isBorn()) {
      askForBirth(address);
    }
    if (type.equals("DDEATH")) {
      return;
    }
    for (SparkplugMetric metric : payload.metrics()) {
      if (birth && metric.name().isPresent()) {
        int before = node.size();
        if (remembered < MOST_REMEMBERED) {
          node.declare(address.device(), metric);
        }
        remembered += node.size() - before;
      }
      if (!metric.name().equals(Optional.of("bdSeq"))) {
        append(address, node, payload, metric);
      }
    }
  }

  private void append(
      Address address, SparkplugNode node, SparkplugPayload payload, SparkplugMetric metric)
      throws InterruptedException {
    Optional<String> device = address.device();
    int datatype = metric.datatype();
    String name;
    if (metric.name().isPresent()) {
      name = metric.name().get();
      datatype = datatype == 0 ? node.typeOf(device, name) : datatype;
    } else if (metric.alias().isPresent()) {
      long alias = metric.alias().getAsLong();
      SparkplugNode.Declared declared = node.byAlias(alias);
      if (declared == null) {
        askForBirth(address);
        records.reject(
            address.topic(),
            "no birth has declared the alias " + Long.toUnsignedString(alias) + REBORN,
            value(metric));
        return;
      }
      name = declared.name();
      device = declared.device();
      datatype = datatype == 0 ? declared.datatype() : datatype;
    } else {
      records.reject(address.topic(), "a metric has neither a name nor an alias", value(metric));
      return;
    }
    long time = metric.timestamp().orElse(payload.timestamp().orElseGet(clock::millis));
    String wrong =
        TimestampRange.contains(ColumnType.TIMESTAMP_MS, time)
            ? set(records.writer(), datatype, metric.value())
            : "has a time that cannot be stored, "
                + TimestampRange.problem(ColumnType.TIMESTAMP_MS, time);
    if (!wrong.isEmpty()) {
      records.writer().clear();
      records.reject(address.topic(), "the metric '" + name + "' " + wrong, value(metric));
      return;
    }
    RecordWriter writer = records.writer();
    writer.setString(0, address.group());
    writer.setString(1, address.node());
    if (device.isPresent()) {
      writer.setString(2, device.get());
    }
    writer.setString(3, name);
    writer.setLong(4, time);
    records.append(address.topic());
  }

  /** Sets value and text; returns what is wrong with the metric, or nothing. */
  private static String set(RecordWriter writer, int datatype, SparkplugMetric.Value value) {
    switch (value) {
      case SparkplugMetric.Null nothing -> {
        // Both stay null.
      }
      case SparkplugMetric.Whole whole -> setWhole(writer, datatype, whole);
      case SparkplugMetric.Real(double number) -> {
        if (!Double.isFinite(number)) {
          return "is " + number + ", which is no number";
        }
        writer.setDouble(5, number);
      }
      case SparkplugMetric.Truth(boolean truth) -> writer.setDouble(5, truth ? 1 : 0);
      case SparkplugMetric.Text(String text) -> writer.setString(6, text);
      case SparkplugMetric.Compound(String what) -> {
        return "is " + what + ", which has no place in a column";
      }
    }
    return "";
  }

  /** The nearest double is the value; where that is not exact, the text has every digit. */
  private static void setWhole(RecordWriter writer, int datatype, SparkplugMetric.Whole whole) {
    long integer = SparkplugType.whole(datatype, whole);
    if (SparkplugType.isUnsigned64(datatype) && integer < 0) {
      String digits = Long.toUnsignedString(integer);
      writer.setDouble(5, Double.parseDouble(digits));
      writer.setString(6, digits);
      return;
    }
    writer.setDouble(5, (double) integer);
    if (integer > EXACT || integer < -EXACT) {
      writer.setString(6, Long.toString(integer));
    }
  }

  /** As people write it; what a type without sign has sent is taken for that. */
  private static String digits(int datatype, SparkplugMetric.Whole whole) {
    long integer = SparkplugType.whole(datatype, whole);
    return SparkplugType.isUnsigned64(datatype)
        ? Long.toUnsignedString(integer)
        : Long.toString(integer);
  }

  private void askForBirth(Address address) {
    String key = key(address);
    long now = nanos.getAsLong();
    Long last = askedAt.get(key);
    if (last != null && now - last < REBIRTH_EVERY_NANOS) {
      return;
    }
    if (askedAt.size() >= MOST_NODES) {
      askedAt.clear();
    }
    askedAt.put(key, now);
    commands.send(
        NAMESPACE + "/" + address.group() + "/NCMD/" + address.node(),
        SparkplugPayload.rebirth(clock.millis()));
  }

  private void forget(String key) {
    SparkplugNode node = nodes.remove(key);
    if (node != null) {
      remembered -= node.size();
    }
  }

  private void reject(String topic, String reason, byte[] bytes, int from, int length)
      throws InterruptedException {
    records.reject(
        topic,
        reason,
        new Rejection.Text(
            HexFormat.of().formatHex(bytes, from, from + Math.min(EXCERPT, length)),
            Math.max(0, length - EXCERPT)));
  }

  private static Rejection.Text value(SparkplugMetric metric) {
    return Rejection.Text.of(
        switch (metric.value()) {
          case SparkplugMetric.Null nothing -> "";
          case SparkplugMetric.Whole whole -> digits(metric.datatype(), whole);
          case SparkplugMetric.Real(double number) -> Double.toString(number);
          case SparkplugMetric.Truth(boolean truth) -> Boolean.toString(truth);
          case SparkplugMetric.Text(String text) -> text;
          case SparkplugMetric.Compound(String what) -> what;
        });
  }

  private static String key(Address address) {
    return address.group() + "/" + address.node();
  }
}
