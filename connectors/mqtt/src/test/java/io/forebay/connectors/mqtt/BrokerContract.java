package io.forebay.connectors.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.Frontier;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.RetryableException;
import io.forebay.formats.api.MessageFormat;
import io.forebay.testkit.Batches;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What source and sink do with any broker. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
abstract class BrokerContract {
  private TestBroker broker;

  abstract TestBroker broker() throws Exception;

  @BeforeEach
  void open() throws Exception {
    broker = broker();
  }

  @AfterEach
  void close() throws Exception {
    if (broker != null) {
      broker.close();
    }
  }

  private MqttBroker at(MqttProtocol protocol) {
    return MqttBroker.at("mqtt://127.0.0.1:" + broker.port()).protocol(protocol);
  }

  private MqttSource.Builder numbers(MqttProtocol protocol, int qos) {
    return MqttSource.builder(at(protocol), "source-under-test")
        .topics(List.of("plant/{line}/{sensorId}"))
        .format(MessageFormat.NUMBER)
        .qos(qos);
  }

  private Publisher publisher(MqttProtocol protocol, int qos) throws IOException {
    return Publisher.open(
        at(protocol),
        new Opening("publisher", Duration.ZERO, 65_535, Optional.empty()),
        qos,
        false,
        1_000);
  }

  private static void publish(Publisher to, String topic, String payload) throws IOException {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    to.publish(0, 1, topic, bytes, bytes.length, MqttProperties.NO_PROPERTIES);
  }

  private static void publish(Publisher to, int from, int count) throws IOException {
    for (int i = from; i < from + count; i++) {
      publish(to, "plant/a/s" + i % 7, String.valueOf(i));
    }
    to.confirm();
  }

  private static List<Double> values(int from, int count) {
    return IntStream.range(from, from + count).mapToObj(i -> (double) i).toList();
  }

  @ParameterizedTest
  @CsvSource({"V5,0", "V5,1", "V5,2", "V3_1_1,0", "V3_1_1,1", "V3_1_1,2"})
  void hands_in_every_message_in_order_when_versions_and_qos_differ(MqttProtocol protocol, int qos)
      throws Exception {
    Taken taken = new Taken();
    Publisher publisher;
    try (Receiving receiving = Receiving.connected(numbers(protocol, qos).build(), taken)) {
      publisher = publisher(protocol, qos);
      Thread commits =
          Thread.ofVirtual()
              .start(() ->
                  await()
                      .atMost(Duration.ofSeconds(60))
                      .pollInterval(Duration.ofMillis(1))
                      .until(() -> {
                        receiving.acknowledgeAll();
                        return taken.entries.size() >= 500;
                      }));
      publish(publisher, 0, 500);
      receiving.awaitEntries(500);
      commits.join();
      receiving.stop();
      receiving.acknowledgeAll();
    }
    publisher.close();

    assertThat(taken.column(0)).isEqualTo(values(0, 500));
    assertThat(taken.column(1)).containsOnly("a");
    assertThat(taken.column(2).subList(0, 8))
        .containsExactly("s0", "s1", "s2", "s3", "s4", "s5", "s6", "s0");
    assertThat(taken.states).element(0).asString().startsWith("CONNECTING");
    assertThat(taken.states).last().asString().startsWith("CONNECTED");
  }

  @ParameterizedTest
  @CsvSource({"V5,1", "V5,2", "V3_1_1,1", "V3_1_1,2"})
  void gets_again_what_was_not_acknowledged_when_it_has_crashed(MqttProtocol protocol, int qos)
      throws Exception {
    Taken before = new Taken();
    // More than 20 unacknowledged messages need MQTT 5 or another setting in Mosquitto.
    Receiving crashed = Receiving.connected(numbers(protocol, qos).build(), before);
    Publisher publisher = publisher(protocol, qos);
    publish(publisher, 0, 15);
    crashed.awaitEntries(15);
    crashed.source.acknowledged("", new io.forebay.Position(before.entries.get(4).sequence(), 0));
    crashed.stop();
    crashed.source.close();
    publish(publisher, 15, 15);
    publisher.close();

    Taken after = new Taken();
    try (Receiving receiving = Receiving.connected(numbers(protocol, qos).build(), after)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            receiving.acknowledgeAll();
            return after.entries.size() >= 25;
          });
      receiving.stop();
      receiving.acknowledgeAll();
    }
    assertThat(after.column(0))
        .as("what was not acknowledged, then the rest")
        .isEqualTo(values(5, 25));
    assertThat(after.entries.getFirst().sequence())
        .as("numbers are not used again")
        .isGreaterThan(before.last());
  }

  @ParameterizedTest
  @CsvSource({"V5,1", "V5,2", "V3_1_1,1"})
  void loses_and_repeats_nothing_in_work_when_the_broker_restarts(MqttProtocol protocol, int qos)
      throws Exception {
    Taken taken = new Taken();
    try (Receiving receiving = Receiving.connected(numbers(protocol, qos).build(), taken)) {
      Publisher first = publisher(protocol, qos);
      publish(first, 0, 15);
      receiving.awaitEntries(15);
      broker.stop();
      first.close();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> taken.states.stream().anyMatch(s -> s.startsWith("DISCONNECTED")));
      receiving.source.acknowledged(
          "", new io.forebay.Position(taken.entries.get(7).sequence(), 0));
      broker.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> taken.states.getLast().startsWith("CONNECTED"));
      Publisher second = publisher(protocol, qos);
      publish(second, 15, 15);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            receiving.acknowledgeAll();
            return taken.entries.size() >= 30;
          });
      second.close();
      receiving.stop();
      receiving.acknowledgeAll();
    }
    assertThat(taken.column(0)).isEqualTo(values(0, 30));

    Taken after = new Taken();
    try (Receiving receiving = Receiving.connected(numbers(protocol, qos).build(), after)) {
      Publisher third = publisher(protocol, qos);
      publish(third, 30, 1);
      third.close();
      receiving.awaitEntries(1);
      receiving.stop();
      receiving.acknowledgeAll();
    }
    assertThat(after.column(0)).as("everything before is acknowledged").isEqualTo(values(30, 1));
  }

  @Test
  void leaves_messages_with_the_broker_when_there_is_no_room() throws Exception {
    Taken taken = new Taken(10);
    MqttSource source = numbers(MqttProtocol.V5, 1).receiveMaximum(50).build();
    try (Receiving receiving = Receiving.connected(source, taken)) {
      Publisher publisher = publisher(MqttProtocol.V5, 1);
      publish(publisher, 0, 5_000);
      await().atMost(Duration.ofSeconds(30)).until(() -> taken.waited.get() > 0);
      assertThat(taken.entries).hasSize(10);
      taken.room.release(1_000_000);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            receiving.acknowledgeAll();
            return taken.entries.size() >= 5_000;
          });
      publisher.close();
      receiving.stop();
      receiving.acknowledgeAll();
    }
    assertThat(taken.column(0)).isEqualTo(values(0, 5_000));
  }

  @Test
  void hands_in_messages_of_a_thousand_topics_at_once() throws Exception {
    List<String> topics = IntStream.range(0, 1_000).mapToObj(i -> "many/t" + i).toList();
    MqttSource source =
        MqttSource.builder(at(MqttProtocol.V5), "source-under-test")
            .topics(topics)
            .format(MessageFormat.NUMBER)
            .topicField("topic")
            .build();
    Taken taken = new Taken();
    try (Receiving receiving = Receiving.connected(source, taken)) {
      Publisher publisher = publisher(MqttProtocol.V5, 1);
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1_000; i++) {
          publish(publisher, "many/t" + i, String.valueOf(round));
        }
      }
      publisher.confirm();
      publisher.close();
      receiving.awaitEntries(3_000);
      receiving.stop();
      receiving.acknowledgeAll();
    }
    Map<Object, List<Object>> byTopic = new HashMap<>();
    taken.entries.forEach(entry ->
        byTopic
            .computeIfAbsent(entry.values().get(1), topic -> new ArrayList<>())
            .add(entry.values().get(0)));
    assertThat(byTopic.keySet()).isEqualTo(new HashSet<Object>(topics));
    assertThat(byTopic.values()).allMatch(values -> values.equals(List.of(0.0, 1.0, 2.0)));
  }

  @ParameterizedTest
  @EnumSource(MqttProtocol.class)
  void gives_each_message_to_one_of_the_group_when_the_subscription_is_shared(MqttProtocol protocol)
      throws Exception {
    Taken one = new Taken();
    Taken other = new Taken();
    MqttSource.Builder second =
        MqttSource.builder(at(protocol), "another-source")
            .topics(List.of("plant/{line}/{sensorId}"))
            .format(MessageFormat.NUMBER)
            .sharedGroup("workers");
    try (Receiving a =
            Receiving.connected(numbers(protocol, 1).sharedGroup("workers").build(), one);
        Receiving b = Receiving.connected(second.build(), other)) {
      Publisher publisher = publisher(protocol, 1);
      for (int i = 0; i < 200; i++) {
        publish(publisher, "plant/a/s", String.valueOf(i));
        if (i % 10 == 9) {
          a.acknowledgeAll();
          b.acknowledgeAll();
        }
      }
      publisher.confirm();
      publisher.close();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            a.acknowledgeAll();
            b.acknowledgeAll();
            return one.entries.size() + other.entries.size() >= 200;
          });
      a.stop();
      b.stop();
      a.acknowledgeAll();
      b.acknowledgeAll();
    }
    assertThat(one.entries).isNotEmpty();
    assertThat(other.entries).isNotEmpty();
    Set<Object> all = new HashSet<>(one.column(0));
    all.addAll(other.column(0));
    assertThat(all).hasSize(200);
  }

  @ParameterizedTest
  @EnumSource(MqttProtocol.class)
  void tells_on_its_topic_whether_it_is_there(MqttProtocol protocol) throws Exception {
    Taken states = new Taken();
    MqttSource watcher =
        MqttSource.builder(at(protocol), "watcher")
            .topics(List.of("status/forebay"))
            .format(MessageFormat.NUMBER)
            .build();
    try (Receiving watching = Receiving.connected(watcher, states)) {
      MqttSource source = numbers(protocol, 1).statusTopic("status/forebay").build();
      Receiving receiving = Receiving.connected(source, new Taken());
      watching.awaitEntries(1);
      receiving.close();
      watching.awaitEntries(2);
      Wire lost =
          Wire.open(
              at(protocol),
              new Opening("lost", Duration.ZERO, 10, Optional.of(new Will("status/forebay"))),
              1_000);
      lost.close();
      watching.awaitEntries(3);
    }
    assertThat(states.entries.stream().map(Taken.Entry::excerpt).toList())
        .containsExactly("online", "offline", "offline");
  }

  @Test
  void rejects_with_topic_and_reason_when_a_payload_is_bad_or_too_long() throws Exception {
    Taken taken = new Taken();
    MqttSource source =
        MqttSource.builder(at(MqttProtocol.V5), "source-under-test")
            .topics(List.of("json/#"))
            .limits(new io.forebay.formats.api.FormatLimits(1_000, 500, 10, 100))
            .build();
    try (Receiving receiving = Receiving.connected(source, taken)) {
      Publisher publisher = publisher(MqttProtocol.V5, 1);
      publish(publisher, "json/bad", "{\"sensorId\": oops");
      publish(publisher, "json/long", "x".repeat(2_000));
      publish(publisher, "json/huge", "y".repeat(1 << 20));
      publish(publisher, "json/good", "{\"sensorId\":\"a\",\"timestamp\":1,\"value\":2.5}");
      publisher.confirm();
      publisher.close();
      receiving.awaitEntries(4);
      receiving.stop();
      receiving.acknowledgeAll();
    }
    assertThat(taken.entries.get(0).reason()).startsWith("topic 'json/bad': ");
    assertThat(taken.entries.get(0).excerpt()).contains("oops");
    assertThat(taken.entries.get(1).reason())
        .startsWith("topic 'json/long': ")
        .contains("2000 bytes", "1000 bytes");
    assertThat(taken.entries.get(2).reason())
        .startsWith("topic 'json/huge': ")
        .contains("1000 bytes");
    assertThat(taken.entries.get(3).values()).isEqualTo(Map.of(0, "a", 1, 1L, 2, 2.5));
  }

  // ------------------------------------------------------------------ the sink

  private static final Schema READING =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING), Field.nullable("value", ColumnType.FLOAT64));

  private static final SinkContext CONTEXT =
      new SinkContext("pipeline", READING, List.of("in"), false);

  private static final Progress PROGRESS = new Progress("pipeline", Frontier.START, false);

  @ParameterizedTest
  @CsvSource({"V5,0", "V5,1", "V5,2", "V3_1_1,0", "V3_1_1,1", "V3_1_1,2"})
  void publishes_a_message_for_each_record_with_its_id(MqttProtocol protocol, int qos)
      throws Exception {
    Taken taken = new Taken();
    MqttSource source =
        MqttSource.builder(at(protocol), "source-under-test")
            .topics(List.of("out/{from}"))
            .fields(
                Schema.of(
                    Field.of("sensorId", ColumnType.STRING),
                    Field.nullable("value", ColumnType.FLOAT64),
                    Field.of("id", ColumnType.STRING)))
            .qos(qos)
            .build();
    try (Receiving receiving = Receiving.connected(source, taken);
        MqttSink sink =
            MqttSink.builder(at(protocol), "sink-under-test", "out/{sensorId}")
                .qos(qos)
                .idField("id")
                .inFlight(3)
                .build()) {
      assertThat(sink.recover()).isEmpty();
      sink.open(CONTEXT);
      sink.write(
          Batches.of(
              READING,
              Batches.row("a", 1.5),
              Batches.row("b", null),
              Batches.row("c", -0.25),
              Batches.row("d", 4.0),
              Batches.row("e", 5.0)));
      sink.commit(PROGRESS);
      receiving.awaitEntries(5);
      receiving.stop();
      receiving.acknowledgeAll();
    }
    assertThat(taken.column(0)).containsExactly("a", "b", "c", "d", "e");
    assertThat(taken.column(1)).containsExactly(1.5, null, -0.25, 4.0, 5.0);
    assertThat(taken.column(2)).containsExactly("in:1", "in:2", "in:3", "in:4", "in:5");
    assertThat(taken.column(3)).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void says_that_it_can_be_retried_when_the_broker_is_away_and_goes_on_after() throws Exception {
    Taken taken = new Taken();
    MqttSource source =
        MqttSource.builder(at(MqttProtocol.V5), "source-under-test")
            .topics(List.of("out/+"))
            .format(MessageFormat.NUMBER)
            .build();
    try (Receiving receiving = Receiving.connected(source, taken);
        MqttSink sink =
            MqttSink.builder(at(MqttProtocol.V5), "sink-under-test", "out/{sensorId}")
                .numberOf("value")
                .build()) {
      sink.open(CONTEXT);
      sink.write(Batches.of(READING, Batches.row("a", 1.0)));
      sink.commit(PROGRESS);
      broker.stop();
      RetryableException away = null;
      for (int i = 0; i < 1_000_000 && away == null; i++) {
        try {
          sink.write(Batches.of(READING, Batches.row("a", 2.0)));
          sink.commit(PROGRESS);
        } catch (RetryableException e) {
          away = e;
        }
      }
      assertThat(away).isNotNull().hasMessageContaining("127.0.0.1:" + broker.port());
      sink.recover();
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> sink.open(CONTEXT)))
          .isInstanceOf(RetryableException.class);
      broker.start();
      sink.recover();
      sink.open(CONTEXT);
      sink.write(Batches.of(READING, Batches.row("a", 3.0)));
      sink.commit(PROGRESS);
      await().atMost(Duration.ofSeconds(60)).until(() -> taken.column(0).contains(3.0));
      receiving.stop();
      receiving.acknowledgeAll();
    }
    assertThat(taken.column(0)).startsWith(1.0).endsWith(3.0);
  }
}
