package io.forebay.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.RetryableException;
import io.forebay.servers.KafkaBroker;
import io.forebay.testkit.Batches;
import io.forebay.testkit.Place;
import io.forebay.testkit.SinkContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** Gives the rows again, as the engine does, until they are committed. */
  private static List<Refusal> deliver(KafkaSink sink, Batch batch, long last) throws IOException {
    boolean resume = false;
    while (true) {
      sink.open(context(resume));
      List<Refusal> refused = new ArrayList<>();
      try {
        sink.write(batch);
        refused.addAll(sink.refused());
        sink.flush();
        refused.addAll(sink.refused());
        sink.commit(progress(last));
        return refused;
      } catch (RetryableException e) {
        assertThat(e).hasMessageContaining("sent again without it");
        resume = sink.recover().isPresent();
      }
    }
  }

  @ParameterizedTest(name = "transactional {0}, limit known {1}")
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void names_the_records_that_are_larger_than_the_topic_allows_and_sends_the_others(
      boolean transactional, boolean known) throws Exception {
    String topic = topic();
    if (!known) { // How large it is when the broker has compressed it, that one alone knows.
      broker.set(topic, "compression.type", "gzip");
    }
    Batch batch =
        Batches.of(
            IDS,
            List.of(
                Batches.row(1L, "a"),
                Batches.row(2L, random(2 << 20)),
                Batches.row(3L, "é".repeat(2 << 20)), // compressed it is small
                Batches.row(4L, random(3 << 20)),
                Batches.row(5L, random(17 << 20)), // more than a producer sends
                Batches.row(6L, "b")));
    try (KafkaSink sink = KafkaSink.to(settings(topic, transactional))) {
      List<Refusal> refused = deliver(sink, batch, 6);

      assertThat(refused).extracting(Refusal::sequence).containsExactlyInAnyOrder(2L, 4L, 5L);
      assertThat(refused)
          .allSatisfy(
              each -> assertThat(each.reason()).startsWith("the topic '" + topic + "' at "));
      if (transactional) {
        assertThat(sink.recover()).contains(progress(6));
      }
    }
    assertThat(broker.values(topic))
        .extracting(each -> each.substring(0, 7))
        .containsExactly("{\"id\":1", "{\"id\":3", "{\"id\":6");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void names_the_records_without_a_key_when_the_topic_is_compacted(boolean transactional)
      throws Exception {
    String topic = topic();
    broker.set(topic, "cleanup.policy", "compact");
    KafkaSinkSettings plain = settings(topic, transactional);
    KafkaSinkSettings keyed =
        new KafkaSinkSettings(
            plain.servers(), topic, Optional.of("name"), transactional, plain.transactionalId());
    try (KafkaSink sink = KafkaSink.to(keyed)) {
      // Every other one has no name.
      assertThat(deliver(sink, ids(1, 4), 4))
          .extracting(Refusal::sequence)
          .containsExactlyInAnyOrder(2L, 4L);
    }
    assertThat(new TreeSet<>(broker.values(topic)))
        .containsExactly("{\"id\":1,\"name\":\"é1\"}", "{\"id\":3,\"name\":\"é3\"}");
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
