package io.forebay.connectors.mqtt.internal.payloads;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.connectors.mqtt.Taken;
import io.forebay.connectors.mqtt.Taken.Entry;
import io.forebay.connectors.mqtt.internal.topics.TopicFields;
import io.forebay.connectors.mqtt.internal.topics.TopicPattern;
import io.forebay.testkit.Seed;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class SparkplugReaderTest {
  private static final int FUZZED = Integer.getInteger("forebay.messages", 200_000);
  private static final String NODE = "spBv1.0/plant/%s/edge";
  private static final String DEVICE = NODE + "/press";

  private final Taken taken = new Taken();
  private final List<String> commands = new ArrayList<>();
  private long nanos = Long.MAX_VALUE - 5;
  private final SparkplugReader reader = reader(taken, commands);

  private SparkplugReader reader(Taken to, List<String> asked) {
    TopicFields topics =
        new TopicFields(
            List.of(TopicPattern.parse("#")),
            Optional.empty(),
            Optional.empty(),
            InstantSource.system());
    topics.behind(SparkplugReader.SCHEMA);
    return new SparkplugReader(
        new NumberedRecords(to, topics, 0),
        (topic, payload) -> asked.add(topic),
        InstantSource.fixed(Instant.ofEpochMilli(5_000)),
        () -> nanos);
  }

  private void message(String topic, String type, SparkplugBytes payload) throws Exception {
    byte[] bytes = payload.bytes();
    reader.read(topic.formatted(type), bytes, 0, bytes.length);
  }

  private static Map<Integer, Object> row(Object... values) {
    Map<Integer, Object> row = new TreeMap<>();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        row.put(i, values[i]);
      }
    }
    return row;
  }

  private List<Map<Integer, Object>> rows() {
    return taken.entries.stream().map(Entry::values).toList();
  }

  private void birth() throws Exception {
    message(
        NODE,
        "NBIRTH",
        SparkplugBytes.payload(1_000, 0)
            .with(SparkplugBytes.metric().text(1, "bdSeq").varint(4, 8).varint(11, 0))
            .with(
                SparkplugBytes.metric()
                    .text(1, "load")
                    .varint(2, 1)
                    .varint(4, 10)
                    .float64(13, 0.5)));
    message(
        DEVICE,
        "DBIRTH",
        SparkplugBytes.payload(1_001, 1)
            .with(
                SparkplugBytes.metric()
                    .text(1, "temp")
                    .varint(2, 2)
                    .varint(4, 1)
                    .varint(10, 0xFE)));
  }

  @Test
  void hands_in_a_record_for_each_metric_when_births_have_declared_them() throws Exception {
    birth();
    message(
        NODE,
        "NDATA",
        SparkplugBytes.payload(2_000, 2)
            .with(SparkplugBytes.metric().varint(2, 1).varint(3, 1_999).float64(13, 0.75)));
    message(
        DEVICE,
        "DDATA",
        SparkplugBytes.payload(2_001, 3)
            .with(SparkplugBytes.metric().varint(2, 2).varint(10, 0xFFFFFFFFL))
            .with(SparkplugBytes.metric().text(1, "note").text(15, "ok"))
            .with(SparkplugBytes.metric().text(1, "temp").varint(7, 1)));

    assertThat(rows())
        .containsExactly(
            row("plant", "edge", null, "load", 1_000L, 0.5),
            row("plant", "edge", "press", "temp", 1_001L, -2.0),
            row("plant", "edge", null, "load", 1_999L, 0.75),
            row("plant", "edge", "press", "temp", 2_001L, -1.0),
            row("plant", "edge", "press", "note", 2_001L, null, "ok"),
            row("plant", "edge", "press", "temp", 2_001L));
    assertThat(commands).isEmpty();
  }

  @Test
  void keeps_every_digit_when_an_integer_is_too_long_for_a_double() throws Exception {
    birth();
    message(
        NODE,
        "NDATA",
        SparkplugBytes.payload(1, 2)
            .with(SparkplugBytes.metric().text(1, "a").varint(4, 8).varint(11, -1))
            .with(SparkplugBytes.metric().text(1, "b").varint(4, 4).varint(11, (1L << 53) + 1))
            .with(SparkplugBytes.metric().text(1, "c").varint(4, 4).varint(11, -(1L << 53))));

    assertThat(rows().subList(2, 5))
        .containsExactly(
            row("plant", "edge", null, "a", 1L, 0x1p64, "18446744073709551615"),
            row("plant", "edge", null, "b", 1L, 0x1p53, "9007199254740993"),
            row("plant", "edge", null, "c", 1L, -0x1p53));
  }

  @Test
  void rejects_the_metric_when_its_time_cannot_be_stored() throws Exception {
    birth();
    message(
        NODE,
        "NDATA",
        SparkplugBytes.payload(1_700_000_000_000_000_000L, 2)
            .with(SparkplugBytes.metric().varint(2, 1).varint(3, 5).float64(13, 1))
            .with(SparkplugBytes.metric().varint(2, 1).float64(13, 2))
            .with(SparkplugBytes.metric().varint(2, 1).varint(3, -1L).float64(13, 3))
            .with(SparkplugBytes.metric().varint(2, 1).varint(3, Long.MAX_VALUE).float64(13, 4)));

    assertThat(taken.entries.stream().skip(2).map(Entry::reason).toList())
        .satisfiesExactly(
            reason -> assertThat(reason).isEmpty(),
            reason ->
                assertThat(reason)
                    .contains(
                        "the metric 'load' has a time that cannot be stored, 1700000000000000000 is"
                            + " out of the range")
                    .contains("it looks like nanoseconds"),
            reason -> assertThat(reason).isEmpty(),
            reason -> assertThat(reason).contains("9223372036854775807 is out of the range"));
  }

  @Test
  void shows_values_as_people_write_them_in_what_it_rejects() throws Exception {
    message(
        NODE,
        "NDATA",
        SparkplugBytes.payload(1, 2)
            .with(SparkplugBytes.metric().varint(2, 9).varint(10, 5))
            .with(SparkplugBytes.metric().varint(2, 9).varint(4, 8).varint(11, -1))
            .with(SparkplugBytes.metric().varint(2, 9).varint(4, 1).varint(10, 0xFE))
            .with(SparkplugBytes.metric().varint(2, 9).float64(13, 0.5))
            .with(SparkplugBytes.metric().varint(2, 9).varint(14, 1))
            .with(SparkplugBytes.metric().varint(2, 9).text(15, "ok"))
            .with(SparkplugBytes.metric().varint(2, 9).varint(7, 1)));

    assertThat(taken.entries.stream().map(Entry::excerpt))
        .containsExactly("5", "18446744073709551615", "-2", "0.5", "true", "ok", "");
  }

  @Test
  void asks_for_a_rebirth_when_a_number_is_missing() throws Exception {
    birth();
    message(NODE, "NDATA", SparkplugBytes.payload(1, 4));
    assertThat(commands).containsExactly("spBv1.0/plant/NCMD/edge");

    message(NODE, "NDATA", SparkplugBytes.payload(1, 9));
    assertThat(commands).as("not for each message").hasSize(1);
    nanos += SparkplugReader.REBIRTH_EVERY_NANOS;
    message(NODE, "NDATA", SparkplugBytes.payload(1, 200));
    assertThat(commands).hasSize(2);
  }

  @Test
  void notices_no_gap_when_numbers_wrap_around() throws Exception {
    birth();
    for (int seq = 2; seq < 600; seq++) {
      message(NODE, "NDATA", SparkplugBytes.payload(1, seq % 256));
    }

    assertThat(commands).isEmpty();
  }

  @Test
  void rejects_and_asks_for_a_rebirth_when_an_alias_is_unknown() throws Exception {
    message(
        DEVICE,
        "DDATA",
        SparkplugBytes.payload(1, 7)
            .with(SparkplugBytes.metric().varint(2, 42).float64(13, 1.25))
            .with(SparkplugBytes.metric().text(1, "named").float64(13, 2.5)));

    assertThat(taken.entries).hasSize(2);
    assertThat(taken.entries.getFirst().reason())
        .contains("spBv1.0/plant/DDATA/edge/press", "alias 42", "asked for its births");
    assertThat(taken.entries.getFirst().excerpt()).contains("1.25");
    assertThat(taken.entries.getLast().values())
        .isEqualTo(row("plant", "edge", "press", "named", 1L, 2.5));
    assertThat(commands).containsExactly("spBv1.0/plant/NCMD/edge");
  }

  @Test
  void forgets_aliases_when_the_node_dies() throws Exception {
    birth();
    message(NODE, "NDEATH", SparkplugBytes.payload(1, 0));
    message(
        NODE,
        "NDATA",
        SparkplugBytes.payload(1, 2).with(SparkplugBytes.metric().varint(2, 1).float64(13, 1)));

    assertThat(taken.entries.getLast().reason()).contains("alias 1");
  }

  @Test
  void rejects_with_topic_and_reason_when_there_is_no_record_in_it() throws Exception {
    message("other/%s", "topic", SparkplugBytes.payload(1, 1));
    message(NODE, "NWHAT", SparkplugBytes.payload(1, 1));
    message(NODE, "DDATA", SparkplugBytes.payload(1, 1));
    message(NODE, "NDATA", SparkplugBytes.metric().text(1, "oops"));
    message(
        NODE,
        "NDATA",
        SparkplugBytes.payload(1, 1)
            .with(SparkplugBytes.metric().text(1, "m").float64(13, Double.NaN))
            .with(SparkplugBytes.metric().text(1, "m").bytes(17, new byte[0]))
            .with(SparkplugBytes.metric().float64(13, 1)));

    assertThat(taken.entries.stream().map(Entry::reason).toList())
        .satisfiesExactly(
            reason -> assertThat(reason).contains("other/topic", "no topic of Sparkplug"),
            reason -> assertThat(reason).contains("NWHAT"),
            reason -> assertThat(reason).contains("a DDATA is of a device"),
            reason -> assertThat(reason).contains("no Sparkplug B payload"),
            reason -> assertThat(reason).contains("NaN"),
            reason -> assertThat(reason).contains("a data set"),
            reason -> assertThat(reason).contains("neither a name nor an alias"));
  }

  @Test
  void takes_commands_and_states_for_no_measurements() throws Exception {
    message(NODE, "NCMD", SparkplugBytes.payload(1, 1));
    message(DEVICE, "DCMD", SparkplugBytes.payload(1, 1));
    message("spBv1.0/%s/host", "STATE", SparkplugBytes.payload(1, 1));

    assertThat(taken.entries).isEmpty();
  }

  /** Each metric becomes a record or a rejection, each bad message one rejection. */
  @Test
  void loses_nothing_when_payloads_and_topics_are_random() throws Exception {
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    int readable = 0;
    Taken to = new Taken();
    SparkplugReader fuzzed = reader(to, new ArrayList<>());
    for (int i = 0; i < FUZZED; i++) {
      nanos += random.nextLong(1_000_000_000);
      byte[] bytes = payload(random);
      mutate(bytes, random);
      String topic = topic(random);
      fuzzed.read(topic, bytes, 0, bytes.length);
      int expected = expected(topic, bytes);
      assertThat(to.entries.size()).as("input %d, seed %d", i, seed).isEqualTo(expected);
      readable += expected > 0 && to.entries.getFirst().reason().isEmpty() ? 1 : 0;
      to.entries.clear();
    }
    assertThat(readable).isGreaterThan(FUZZED / 10);
  }

  private static int expected(String topic, byte[] bytes) {
    String[] parts = topic.split("/", -1);
    boolean ours = parts[0].equals("spBv1.0");
    if (ours && parts.length >= 2 && parts[1].equals("STATE")) {
      return 0;
    }
    if (!ours || parts.length < 4 || parts.length > 5) {
      return 1;
    }
    switch (parts[2]) {
      case "NDEATH", "NCMD", "DCMD" -> {
        return 0;
      }
      case "NBIRTH", "NDATA", "DBIRTH", "DDATA", "DDEATH" -> {
        if (parts[2].startsWith("D") != (parts.length == 5)) {
          return 1;
        }
      }
      default -> {
        return 1;
      }
    }
    try {
      SparkplugPayload payload = SparkplugPayload.read(bytes, 0, bytes.length);
      return parts[2].equals("DDEATH")
          ? 0
          : (int)
              payload.metrics().stream()
                  .filter(metric -> !metric.name().equals(Optional.of("bdSeq")))
                  .count();
    } catch (SparkplugPayload.MalformedException e) {
      return 1;
    }
  }

  private static byte[] payload(SplittableRandom random) {
    // Most times are some that can be stored.
    long time = random.nextInt(100) > 0 ? random.nextLong(1L << 45) : random.nextLong();
    SparkplugBytes payload = SparkplugBytes.payload(time, random.nextInt(256));
    int metrics = random.nextInt(4);
    for (int i = 0; i < metrics; i++) {
      SparkplugBytes metric = SparkplugBytes.metric();
      if (random.nextBoolean()) {
        metric.text(1, random.nextInt(10) == 0 ? "bdSeq" : "m" + random.nextInt(5));
      }
      if (random.nextBoolean()) {
        metric.varint(2, random.nextInt(5));
      }
      metric.varint(4, random.nextInt(20));
      switch (random.nextInt(7)) {
        case 0 -> metric.varint(10, random.nextInt());
        case 1 -> metric.varint(11, random.nextLong());
        case 2 -> metric.float32(12, Float.intBitsToFloat(random.nextInt()));
        case 3 -> metric.float64(13, random.nextDouble());
        case 4 -> metric.varint(14, random.nextInt(2));
        case 5 -> metric.text(15, "text");
        default -> metric.bytes(17, new byte[random.nextInt(5)]);
      }
      payload.with(metric);
    }
    return payload.bytes();
  }

  private static void mutate(byte[] bytes, SplittableRandom random) {
    int changes = random.nextInt(3);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
  }

  private static String topic(SplittableRandom random) {
    String[] types = {
      "NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDATA", "DDATA", "DDEATH", "NDEATH", "NCMD", "?"
    };
    String type = types[random.nextInt(types.length)];
    return (random.nextInt(30) == 0 ? "spAv1.0" : "spBv1.0")
        + (random.nextInt(30) == 0 ? "" : "/g")
        + "/"
        + (random.nextInt(30) == 0 ? "STATE" : type)
        + "/n"
        + random.nextInt(3)
        + (type.startsWith("D") ? "/d" : "")
        + (random.nextInt(30) == 0 ? "/x" : "");
  }
}
