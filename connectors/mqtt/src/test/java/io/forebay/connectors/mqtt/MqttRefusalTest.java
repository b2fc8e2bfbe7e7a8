package io.forebay.connectors.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.RetryableException;
import io.forebay.testkit.Batches;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that a broker refuses, or cuts the connection for. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MqttRefusalTest {
  private static final Schema SCHEMA =
      Schema.of(Field.of("name", ColumnType.STRING), Field.of("text", ColumnType.STRING));
  private static final SinkContext CONTEXT =
      new SinkContext("pipeline", SCHEMA, List.of("in"), false);

  private static MqttSink sink(RefusingBroker broker, MqttProtocol protocol, int inFlight) {
    return MqttSink.builder(
            MqttBroker.at("mqtt://127.0.0.1:" + broker.port()).protocol(protocol),
            "sink-under-test",
            "out/{name}")
        .inFlight(inFlight)
        .build();
  }

  private static Batch rows(String... texts) {
    return Batches.of(
        SCHEMA,
        java.util.stream.IntStream.range(0, texts.length)
            .mapToObj(i -> Batches.row("n" + (i + 1), texts[i]))
            .toList());
  }

  /** Gives the rows again, as the engine does, until they are committed. */
  private static List<Refusal> deliver(MqttSink sink, Batch batch, int mostTries)
      throws IOException {
    for (int i = 1; ; i++) {
      sink.recover();
      sink.open(CONTEXT);
      List<Refusal> refused = new ArrayList<>();
      try {
        sink.write(batch);
        refused.addAll(sink.refused());
        sink.flush();
        refused.addAll(sink.refused());
        sink.commit(new Progress("pipeline", Frontier.START, false));
        return refused;
      } catch (RetryableException e) {
        if (i == mostTries) {
          throw e;
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x80, reason code 0x80", "0x83, does not say why", "0x87, not authorized",
    "0x90, does not accept the topic", "0x95, larger than it allows", "0x99, payload"
  })
  void names_the_message_that_the_broker_refuses_and_publishes_the_others(String code, String words)
      throws Exception {
    try (RefusingBroker broker =
            new RefusingBroker(
                (topic, text) -> topic.equals("out/n2") ? Integer.decode(code) : 0, 0);
        MqttSink sink = sink(broker, MqttProtocol.V5, 1)) {
      List<Refusal> refused = deliver(sink, rows("a", "b", "c"), 1);

      assertThat(refused)
          .singleElement()
          .satisfies(refusal -> {
            assertThat(refusal.sequence()).isEqualTo(2);
            assertThat(refusal.reason()).startsWith("the broker 127.0.0.1:").contains(words);
          });
      assertThat(broker.taken).containsExactly("out/n1", "out/n3");
    }
  }

  @Test
  void waits_when_the_broker_has_no_room_now() throws Exception {
    try (RefusingBroker broker = new RefusingBroker((topic, text) -> 0x97, 0);
        MqttSink sink = sink(broker, MqttProtocol.V5, 10)) {
      assertThatThrownBy(() -> deliver(sink, rows("a", "b"), 1))
          .isInstanceOf(RetryableException.class)
          .hasMessageContaining("a quota of it was exceeded");
      assertThat(sink.refused()).isEmpty();
    }
  }

  @Test
  void does_not_send_what_is_larger_than_the_broker_says_to_take() throws Exception {
    try (RefusingBroker broker =
            new RefusingBroker(
                (topic, text) -> text.length() > 1_000 ? RefusingBroker.DISCONNECT : 0, 1_100);
        MqttSink sink = sink(broker, MqttProtocol.V5, 10)) {
      List<Refusal> refused = deliver(sink, rows("a", "b".repeat(2_000), "c"), 1);

      assertThat(refused).extracting(Refusal::sequence).containsExactly(2L);
      assertThat(refused.getFirst().reason()).contains("takes 1100");
      assertThat(broker.taken).containsExactly("out/n1", "out/n3");
    }
  }

  @Test
  void leaves_the_largest_out_when_the_broker_disconnects_because_of_the_size() throws Exception {
    try (RefusingBroker broker =
            new RefusingBroker(
                (topic, text) -> text.length() > 1_000 ? RefusingBroker.DISCONNECT : 0, 0);
        MqttSink sink = sink(broker, MqttProtocol.V5, 10)) {
      List<Refusal> refused =
          deliver(sink, rows("a", "b".repeat(2_000), "c", "d".repeat(3_000), "e"), 10);

      assertThat(refused).extracting(Refusal::sequence).containsExactly(2L, 4L);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"V3_1_1", "V5"})
  void leaves_a_message_out_when_the_broker_cuts_the_connection_at_it_again_and_again(
      MqttProtocol protocol) throws Exception {
    try (RefusingBroker broker =
            new RefusingBroker((topic, text) -> text.length() > 1_000 ? RefusingBroker.CUT : 0, 0);
        MqttSink sink = sink(broker, protocol, 10)) {
      List<Refusal> refused = deliver(sink, rows("a", "b".repeat(2_000), "c"), 10);

      assertThat(refused)
          .singleElement()
          .satisfies(refusal -> {
            assertThat(refusal.sequence()).isEqualTo(2);
            assertThat(refusal.reason()).contains("cuts the connection whenever it gets it");
          });
      assertThat(broker.taken).endsWith("out/n1", "out/n3");
    }
  }

  @Test
  void waits_and_accuses_no_message_when_the_broker_cuts_the_connection_at_each() throws Exception {
    try (RefusingBroker broker = new RefusingBroker((topic, text) -> RefusingBroker.CUT, 0);
        MqttSink sink = sink(broker, MqttProtocol.V3_1_1, 10)) {
      assertThatThrownBy(() -> deliver(sink, rows("a", "bb", "ccc"), 12))
          .isInstanceOf(RetryableException.class);
      assertThat(sink.refused()).isEmpty();
    }
  }
}
