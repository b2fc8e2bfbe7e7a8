package io.forebay.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.ColumnType;
import io.forebay.ConfigurationException;
import io.forebay.Field;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.RetryableException;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.servers.KafkaBroker;
import io.forebay.testkit.Batches;
import io.forebay.testkit.Place;
import io.forebay.testkit.SinkContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sink against a real broker. */
class KafkaSinkTest {
  private static final Schema IDS =
      Schema.of(Field.of("id", ColumnType.INT64), Field.nullable("name", ColumnType.STRING));
  private static final AtomicInteger TOPICS = new AtomicInteger();

  @TempDir static Path folder;
  private static KafkaBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = new KafkaBroker(folder.resolve("broker"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static String topic() throws Exception {
    String topic = "t" + TOPICS.incrementAndGet();
    broker.create(topic, 1);
    return topic;
  }

  private static KafkaSinkSettings settings(String topic, boolean transactional) {
    return new KafkaSinkSettings(
        KafkaServers.plain(broker.address()),
        topic,
        Optional.empty(),
        transactional,
        "test-" + topic);
  }

  private static Progress progress(long sequence) {
    return new Progress(
        "test", new Frontier(Map.of("source", new Position(sequence, sequence))), false);
  }

  private static SinkContext context(boolean resume) {
    return new SinkContext("test", IDS, List.of("source"), resume);
  }

  private static Batch ids(long from, long to) {
    return Batches.of(
        IDS,
        LongStream.rangeClosed(from, to)
            .<List<@Nullable Object>>mapToObj(id -> Batches.row(id, id % 2 == 0 ? null : "é" + id))
            .toList());
  }

  private static List<String> texts(long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(
            id -> "{\"id\":" + id + ",\"name\":" + (id % 2 == 0 ? "null" : "\"é" + id + "\"") + "}")
        .toList();
  }

  /**
   * A topic is only added to: its contents are what is behind the place where a run has started
   * over.
   */
  private static final class TopicPlace implements Place<Sink> {
    private final String topic;
    private int before;

    TopicPlace(String topic) {
      this.topic = topic;
    }

    @Override
    public Sink output() {
      KafkaSink sink = new KafkaSink(settings(topic, true), KafkaSinkTest::attentive);
      return new Sink() {
        @Override
        public Optional<Progress> recover() throws IOException {
          return sink.recover();
        }

        @Override
        public void open(SinkContext context) throws IOException {
          sink.open(context);
          if (!context.resume()) {
            before = broker.values(topic).size();
          }
        }

        @Override
        public void write(Batch batch) throws IOException {
          sink.write(batch);
        }

        @Override
        public void commit(Progress progress) throws IOException {
          sink.commit(progress);
        }

        @Override
        public boolean effectivelyOnce() {
          return sink.effectivelyOnce();
        }

        @Override
        public void close() {
          sink.close();
        }
      };
    }

    @Override
    public Object contents() {
      List<String> all = broker.values(topic);
      return all.subList(before, all.size());
    }
  }

  @Test
  void keeps_the_contract_when_transactional() throws IOException {
    SinkContract.check(() -> {
      try {
        return new TopicPlace(topic());
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }

  @Test
  void uncommitted_records_are_undone_when_the_process_is_gone() throws Exception {
    String topic = topic();
    KafkaSink gone = KafkaSink.to(settings(topic, true));
    gone.open(context(false));
    gone.write(ids(1, 10));
    gone.commit(progress(10));
    gone.write(ids(11, 5_000));
    // Not closed: as a process that was killed.
    try (KafkaSink next = KafkaSink.to(settings(topic, true))) {
      assertThat(next.recover()).contains(progress(10));
      next.open(context(true));
      next.write(ids(11, 20));
      next.commit(progress(20));
      assertThat(broker.values(topic)).isEqualTo(texts(1, 20));

      assertThatThrownBy(
              () -> {
                gone.write(ids(5_001, 5_010));
                gone.commit(progress(5_010));
              })
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(RetryableException.class)
          .hasMessageContaining("another process");
    } finally {
      gone.close();
    }
    assertThat(broker.values(topic)).isEqualTo(texts(1, 20));
  }

  @Test
  void messages_have_the_field_as_their_key() throws Exception {
    String topic = topic();
    KafkaSinkSettings keyed =
        new KafkaSinkSettings(
            KafkaServers.plain(broker.address()), topic, Optional.of("name"), false, "");
    try (KafkaSink sink = KafkaSink.to(keyed)) {
      sink.open(context(false));
      sink.write(ids(1, 2));
      sink.commit(progress(2));
    }

    assertThat(broker.read(topic))
        .extracting(message ->
            message.key() == null ? null : new String(message.key(), StandardCharsets.UTF_8))
        .containsExactly("é1", null);
  }

  @Test
  void says_what_to_raise_when_a_message_is_larger_than_the_topic_allows() throws Exception {
    String topic = topic();
    Batch large = Batches.of(IDS, List.of(Batches.row(1L, random(2 << 20))));
    try (KafkaSink sink = KafkaSink.to(settings(topic, true))) {
      sink.open(context(false));
      assertThatThrownBy(
              () -> {
                sink.write(large);
                sink.commit(progress(1));
              })
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(RetryableException.class)
          .hasMessageEndingWith("; raise the topic's max.message.bytes");
    }
    assertThat(broker.values(topic)).isEmpty();

    String roomy = topic();
    broker.set(roomy, "max.message.bytes", String.valueOf(4 << 20));
    try (KafkaSink sink = KafkaSink.to(settings(roomy, true))) {
      sink.open(context(false));
      sink.write(large);
      sink.commit(progress(1));
    }
    assertThat(broker.values(roomy)).hasSize(1);
  }

  /** Text that cannot be compressed much. */
  private static String random(int length) {
    return new Random(1)
        .ints(length, 'a', 'z')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void refuses_a_key_that_is_no_text_field() throws Exception {
    String topic = topic();
    for (String key : List.of("none", "id")) {
      KafkaSinkSettings keyed =
          new KafkaSinkSettings(
              KafkaServers.plain(broker.address()), topic, Optional.of(key), true, "k");
      try (KafkaSink sink = KafkaSink.to(keyed)) {
        assertThatThrownBy(() -> sink.open(context(false)))
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("'" + key + "'");
      }
    }
  }

  /** As the sink's own producers, but asking again sooner. */
  private static Map<String, Object> attentive(Map<String, Object> properties) {
    properties.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 10);
    return properties;
  }

  /** As the sink's own producers, but giving up sooner. */
  private static Map<String, Object> impatient(Map<String, Object> properties) {
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1_000);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2_000);
    return properties;
  }

  @Test
  void goes_on_behind_the_last_commit_when_the_broker_was_stopped_and_started() throws Exception {
    String topic = topic();
    try (KafkaSink sink = new KafkaSink(settings(topic, true), KafkaSinkTest::impatient)) {
      sink.open(context(false));
      sink.write(ids(1, 100));
      sink.commit(progress(100));
      broker.stop();
      assertThatThrownBy(
              () -> {
                sink.write(ids(101, 200));
                sink.commit(progress(200));
              })
          .isInstanceOf(RetryableException.class);
      broker.start();

      assertThat(sink.recover()).contains(progress(100));
      sink.open(context(true));
      sink.write(ids(101, 300));
      sink.commit(progress(300));
    }
    assertThat(broker.values(topic)).isEqualTo(texts(1, 300));
  }
}
