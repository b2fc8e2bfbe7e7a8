package io.forebay.connectors.kafka;

import io.forebay.Numbering;
import io.forebay.Position;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.api.FormatLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics of Kafka as a member of a consumer group. Each Kafka partition is a partition of the
 * source, {@code topic-number}; its records keep their order.
 *
 * <p>Reading goes on at what the outputs have, or at the group's offset where that is further
 * (other engines of the group may have read on). The group's offsets follow what is delivered, and
 * are what lag monitors see. A partition whose records the engine has no room for is paused. When
 * partitions move to another engine (cooperatively: only those that move stop), what was read of
 * them is delivered and its offsets are committed first.
 *
 * <p>{@link #run} and {@link #close} come one after the other; {@link #acknowledged} may be called
 * by the sink thread meanwhile. The consumer belongs to the thread that {@code run} starts, and
 * then to the one that calls {@code close}.
 */
public final class KafkaSource implements Source {
  private static final Duration STOPPING = Duration.ofSeconds(20);
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final KafkaSourceSettings settings;
  private final Function<Map<String, Object>, Consumer<byte[], byte[]>> consumers;
  private final Schema schema;
  private final boolean extras;

  /** By the partition's name; the sink thread looks them up. */
  private final Map<String, PartitionReader> readers = new ConcurrentHashMap<>();

  private @Nullable Poller poller;

  /**
   * @param consumers makes a consumer with those properties
   */
  KafkaSource(
      KafkaSourceSettings settings,
      Function<Map<String, Object>, Consumer<byte[], byte[]>> consumers) {
    this.settings = settings;
    this.consumers = consumers;
    var decoder =
        MessageFormats.decoder(
            settings.format(), settings.fields(), FormatLimits.DEFAULT, Set.of());
    this.schema = settings.more().behind(decoder.schema());
    this.extras = decoder.carriesExtras();
  }

  /** A source that reads what the settings say. */
  public static KafkaSource of(KafkaSourceSettings settings) {
    return new KafkaSource(
        settings,
        properties ->
            new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public boolean carriesExtras() {
    return extras;
  }

  @Override
  public Numbering numbering() {
    return new Numbering("offset", MessageProgress::offset);
  }

  @Override
  public boolean repeatable() {
    return true;
  }

  @Override
  public void run(SourceContext context) throws Exception {
    Poller polling;
    try {
      polling = new Poller(settings, consumers.apply(properties()), context, readers);
    } catch (KafkaException e) {
      throw failed(settings.servers(), e);
    }
    poller = polling;
    Thread thread =
        Thread.ofPlatform().name("forebay-kafka-" + context.name()).daemon().start(polling);
    try {
      thread.join();
    } catch (InterruptedException e) {
      polling.stop();
      thread.join(STOPPING);
      throw e;
    }
    Exception failure = polling.failure();
    if (failure != null) {
      throw failure;
    }
  }

  static IOException failed(KafkaServers servers, KafkaException e) {
    String reason = KafkaReason.of(e, servers, new MissingRight(servers.user(), true, ""));
    if (e instanceof TimeoutException) {
      reason += "; " + KafkaReason.NO_ANSWER;
    }
    return new IOException(
        "Kafka at " + servers.brokers() + " cannot be read, and no more is: " + reason, e);
  }

  private Map<String, Object> properties() {
    Map<String, Object> properties = settings.servers().properties();
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // Where to begin is always said; a position that is gone is noticed.
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
    if (settings.stopAtEnd()) {
      // The client asks for more behind the end, and does not close before that is answered.
      properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    }
    // As much as the system gives: through the client's 64 KiB, a fetch of 1 MiB takes many turns
    // between broker and client.
    properties.put(
        ConsumerConfig.RECEIVE_BUFFER_CONFIG, CommonClientConfigs.RECEIVE_BUFFER_LOWER_BOUND);
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    return properties;
  }

  @Override
  public void acknowledged(String partition, Position position) {
    PartitionReader reader = readers.get(partition);
    if (reader != null) {
      reader.acknowledged(position.sequence());
    }
  }

  /** Commits what was delivered since the source has ended, and leaves the group. */
  @Override
  public void close() throws IOException {
    Poller polling = poller;
    if (polling != null) {
      polling.close(CLOSING);
    }
  }
}
