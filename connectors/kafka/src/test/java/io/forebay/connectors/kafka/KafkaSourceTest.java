package io.forebay.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.formats.api.MessageFormat;
import io.forebay.servers.KafkaBroker;
import io.forebay.testkit.SourceContract;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The source against a real broker. */
class KafkaSourceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Schema FIELDS =
      Schema.of(
          Field.of("id", ColumnType.INT64),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("text", ColumnType.STRING));

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

  private static KafkaSourceSettings settings(String topic, boolean stopAtEnd, MessageFields more) {
    return new KafkaSourceSettings(
        KafkaServers.plain(broker.address()),
        List.of(topic),
        topic + "-group",
        MessageFormat.JSON,
        FIELDS,
        more,
        true,
        stopAtEnd);
  }

  private static List<String> objects(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "{\"id\":%d,\"value\":%d.5,\"text\":\"t%d\"}".formatted(i, i, i))
        .toList();
  }

  /** An engine that takes records, acknowledges some of them, and may be out of room. */
  private static final class Engine implements SourceContext, AutoCloseable {
    final Map<String, Position> resume = new ConcurrentHashMap<>();
    final Map<String, List<Long>> ids = new ConcurrentHashMap<>();
    final Map<String, Position> last = new ConcurrentHashMap<>();
    final List<String> rejected = Collections.synchronizedList(new ArrayList<>());
    final List<SourceState> states = Collections.synchronizedList(new ArrayList<>());
    final Semaphore room = new Semaphore(Integer.MAX_VALUE);
    final KafkaSource source;
    private final Thread thread;
    volatile Exception failure;

    Engine(KafkaSourceSettings settings) {
      this(KafkaSource.of(settings));
    }

    Engine(KafkaSource source) {
      this.source = source;
      thread =
          Thread.ofVirtual()
              .unstarted(() -> {
                try {
                  source.run(this);
                } catch (InterruptedException e) {
                  // Asked to.
                } catch (Exception e) {
                  failure = e;
                }
              });
    }

    Engine start() {
      thread.start();
      return this;
    }

    int count() {
      return ids.values().stream().mapToInt(List::size).sum();
    }

    List<Long> all() {
      return ids.values().stream().flatMap(list -> List.copyOf(list).stream()).sorted().toList();
    }

    void acknowledgeAll() {
      last.forEach(source::acknowledged);
    }

    /** As the engine stops: no more records, then what was taken is delivered. */
    @Override
    public void close() throws java.io.IOException {
      thread.interrupt();
      Awaitility.await().atMost(PATIENCE).until(() -> !thread.isAlive());
      acknowledgeAll();
      source.close();
      assertThat(failure).isNull();
    }

    @Override
    public String name() {
      return "kafka";
    }

    @Override
    public Position resumeFrom(String partition) {
      return resume.getOrDefault(partition, Position.START);
    }

    @Override
    public Set<String> replacedColumns() {
      return Set.of();
    }

    @Override
    public void state(SourceState state, String detail) {
      states.add(state);
    }

    @Override
    public RecordWriter partition(String partition) {
      List<Long> list = Collections.synchronizedList(new ArrayList<>());
      assertThat(ids.put(partition, list)).isNull();
      return new RecordWriter() {
        private long id;
        private long before = resumeFrom(partition).sequence();

        @Override
        public void setBool(int column, boolean value) {}

        @Override
        public void setLong(int column, long value) {
          id = column == 0 ? value : id;
        }

        @Override
        public void setDouble(int column, double value) {}

        @Override
        public void setString(int column, byte[] utf8, int from, int length) {}

        @Override
        public void setString(int column, String text) {}

        @Override
        public void setBinary(int column, byte[] bytes, int from, int length) {}

        @Override
        public void setDoubles(int column, double[] values, int from, int length) {}

        @Override
        public void setNull(int column) {}

        @Override
        public void setExtras(byte[] utf8, int from, int length) {}

        @Override
        public void append(long sequence, long offset) throws InterruptedException {
          room.acquire();
          assertThat(sequence).isGreaterThan(before);
          before = sequence;
          list.add(id);
          last.put(partition, new Position(sequence, offset));
        }

        @Override
        public void reject(long sequence, long offset, String reason, Rejection.Text text)
            throws InterruptedException {
          room.acquire();
          assertThat(sequence).isGreaterThan(before);
          before = sequence;
          rejected.add(reason + ": " + text.start());
          last.put(partition, new Position(sequence, offset));
        }

        @Override
        public void clear() {}
      };
    }
  }

  private static void until(Runnable assertion) {
    Awaitility.await().atMost(PATIENCE).untilAsserted(assertion::run);
  }

  private static List<Long> longs(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> (long) i).toList();
  }

  @Test
  void keeps_the_contract(TestInfo test) throws Exception {
    String topic = "contract";
    broker.create(topic, 2);
    List<String> values = new ArrayList<>(objects(0, 20));
    values.add("[{\"id\":100},{\"id\":101,\"value\":1,\"more\":true},{\"id\":102}]");
    values.add("oops");
    values.add("[{\"id\":103},{\"id\":\"none\"}]");
    values.add("[]");
    values.addAll(objects(200, 205));
    broker.send(topic, 0, values);
    List<ProducerRecord<byte[], byte[]>> others = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      byte[] value = i == 5 ? null : ("{\"id\":" + i + "}").getBytes(StandardCharsets.UTF_8);
      byte[] key = ("key é " + i).getBytes(StandardCharsets.UTF_8);
      others.add(
          new ProducerRecord<>(
              topic,
              1,
              1_700_000_000_000L + i,
              i == 3 ? null : key,
              value,
              i == 4 ? List.of() : List.of(new RecordHeader("line", key))));
    }
    broker.send(others);
    MessageFields more =
        new MessageFields(
            Optional.of("key"), Optional.of("topic"), Optional.of("at"), Map.of("line", "line"));

    SourceContract.check(() -> KafkaSource.of(settings(topic, true, more)));
  }

  @Test
  void commits_offsets_of_what_is_acknowledged_and_goes_on_there() throws Exception {
    String topic = "offsets";
    broker.create(topic, 1);
    broker.send(topic, 0, objects(0, 10));
    broker.send(topic, 0, List.of("[{\"id\":10},{\"id\":11},{\"id\":12}]"));
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Engine engine = new Engine(settings(topic, false, MessageFields.NONE)).start()) {
      until(() -> assertThat(engine.count()).isEqualTo(13));
      // Two of the three records of message 10.
      engine.source.acknowledged(
          topic + "-0", new Position(10 * MessageProgress.RECORDS_PER_MESSAGE + 2, 10));
      until(() -> assertThat(committed(topic, partition)).isEqualTo(10));
      engine.source.acknowledged(
          topic + "-0", new Position(10 * MessageProgress.RECORDS_PER_MESSAGE + 3, 10));
      until(() -> assertThat(committed(topic, partition)).isEqualTo(11));
      broker.send(topic, 0, objects(13, 20));
      until(() -> assertThat(engine.count()).isEqualTo(20));
      assertThat(committed(topic, partition)).isEqualTo(11);
    }
    // What was delivered while it stopped is committed too.
    assertThat(committed(topic, partition)).isEqualTo(18);
    broker.send(topic, 0, objects(20, 25));
    try (Engine next = new Engine(settings(topic, false, MessageFields.NONE)).start()) {
      until(() -> assertThat(next.all()).isEqualTo(longs(20, 25)));
    }
  }

  private static long committed(String topic, TopicPartition partition) {
    try {
      var offset = broker.committed(topic + "-group").get(partition);
      return offset == null ? -1 : offset.offset();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void goes_on_where_the_outputs_are_when_they_are_ahead_of_the_group() throws Exception {
    String topic = "ahead";
    broker.create(topic, 1);
    broker.send(topic, 0, objects(0, 10));
    Engine engine = new Engine(settings(topic, false, MessageFields.NONE));
    engine.resume.put(topic + "-0", new Position(6 * MessageProgress.RECORDS_PER_MESSAGE + 1, 6));
    try (engine) {
      engine.start();
      until(() -> assertThat(engine.all()).isEqualTo(longs(7, 10)));
    }
  }

  @Test
  void reads_little_ahead_and_stays_in_the_group_when_there_is_no_room() throws Exception {
    String topic = "backpressure";
    broker.create(topic, 1);
    int records = 40_000;
    broker.send(topic, 0, objects(0, records));
    Engine engine = new Engine(settings(topic, false, MessageFields.NONE));
    engine.room.drainPermits();
    engine.room.release(100);
    try (engine) {
      engine.start();
      until(() -> assertThat(engine.count()).isEqualTo(100));
      engine.acknowledgeAll();
      until(() -> assertThat(committed(topic, new TopicPartition(topic, 0))).isEqualTo(100));
      engine.room.release(records);
      until(() -> assertThat(engine.count()).isEqualTo(records));
      assertThat(engine.all()).isEqualTo(longs(0, records));
    }
  }

  /** Counts what is asked of the client; hands out few messages at a time. */
  private static final class Counted extends KafkaConsumer<byte[], byte[]> {
    final AtomicInteger polls = new AtomicInteger();
    final AtomicInteger woken = new AtomicInteger();
    volatile boolean paused;

    Counted(Map<String, Object> properties) {
      super(few(properties), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Map<String, Object> few(Map<String, Object> properties) {
      properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100);
      return properties;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      polls.incrementAndGet();
      try {
        return super.poll(timeout);
      } catch (WakeupException e) {
        woken.incrementAndGet();
        throw e;
      }
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
      super.pause(partitions);
      paused |= !partitions.isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void polls_rarely_until_there_is_room_when_a_partition_is_full(int partitions) throws Exception {
    String topic = "full-" + partitions;
    broker.create(topic, partitions);
    int records = 20_000;
    broker.send(topic, 0, objects(0, records));
    AtomicReference<Counted> client = new AtomicReference<>();
    Engine engine =
        new Engine(
            new KafkaSource(
                settings(topic, false, MessageFields.NONE),
                properties -> {
                  client.set(new Counted(properties));
                  return client.get();
                }));
    engine.room.drainPermits();
    try (engine) {
      engine.start();
      until(() -> assertThat(client.get()).isNotNull());
      Counted counted = client.get();
      until(() -> assertThat(counted.paused).isTrue());

      int before = counted.polls.get();
      long begin = System.nanoTime();
      until(() -> assertThat(counted.polls.get()).isGreaterThan(before + 10));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(800));

      until(() -> {
        engine.room.release(100);
        assertThat(counted.woken.get()).isPositive();
      });
      engine.room.release(records);
      until(() -> assertThat(engine.count()).isEqualTo(records));
      assertThat(engine.all()).isEqualTo(longs(0, records));
    }
  }

  /** One that hears soon that another has come or gone. */
  private static Engine attentive(String topic) {
    return new Engine(
        new KafkaSource(
            settings(topic, false, MessageFields.NONE),
            properties -> {
              properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 200);
              return new KafkaConsumer<>(
                  properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            }));
  }

  @Test
  void several_engines_share_a_topic_and_deliver_each_record_once_when_one_comes_and_goes()
      throws Exception {
    String topic = "group";
    int partitions = 4;
    broker.create(topic, partitions);
    try (Engine first = attentive(topic).start()) {
      Thread acknowledging = acknowledge(first);
      send(topic, partitions, 0, 400);
      until(() -> assertThat(first.count()).isEqualTo(400));
      Engine second = attentive(topic).start();
      Thread acknowledgingToo = acknowledge(second);
      until(() -> assertThat(second.ids).isNotEmpty());
      send(topic, partitions, 400, 800);
      until(() -> assertThat(first.count() + second.count()).isGreaterThanOrEqualTo(800));
      assertThat(second.count()).isPositive();
      acknowledgingToo.interrupt();
      acknowledgingToo.join();
      second.close();
      send(topic, partitions, 800, 1200);
      until(() -> assertThat(first.count() + second.count()).isGreaterThanOrEqualTo(1200));
      acknowledging.interrupt();
      acknowledging.join();

      List<Long> all = new ArrayList<>(first.all());
      all.addAll(second.all());
      assertThat(all).hasSize(1200);
      assertThat(new HashSet<>(all)).hasSize(1200);
    }
  }

  private static void send(String topic, int partitions, int from, int to) {
    for (int partition = 0; partition < partitions; partition++) {
      int share = (to - from) / partitions;
      int begin = from + partition * share;
      broker.send(topic, partition, objects(begin, begin + share));
    }
  }

  /** Acknowledges what was taken, again and again, until it is interrupted. */
  private static Thread acknowledge(Engine engine) {
    return Thread.ofVirtual()
        .start(() -> {
          Semaphore never = new Semaphore(0);
          try {
            while (!never.tryAcquire(20, java.util.concurrent.TimeUnit.MILLISECONDS)) {
              engine.acknowledgeAll();
            }
          } catch (InterruptedException e) {
            // Asked to.
          }
        });
  }

  @Test
  void goes_on_when_the_broker_was_stopped_and_started() throws Exception {
    String topic = "restart";
    broker.create(topic, 1);
    broker.send(topic, 0, objects(0, 100));
    try (Engine engine = new Engine(settings(topic, false, MessageFields.NONE)).start()) {
      until(() -> assertThat(engine.count()).isEqualTo(100));
      broker.stop();
      until(() -> assertThat(engine.states).contains(SourceState.DISCONNECTED));
      broker.start();
      broker.send(topic, 0, objects(100, 200));
      until(() -> assertThat(engine.count()).isEqualTo(200));
      assertThat(engine.all()).isEqualTo(longs(0, 200));
    }
  }
}
