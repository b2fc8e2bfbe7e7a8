package io.forebay.connectors.kafka;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.StringColumn;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.RetryableException;
import io.forebay.formats.RowText;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.NonFinite;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes each row as a JSON object into a topic of Kafka, as {@code jsonl} sinks do.
 *
 * <p>Transactional, which is the default: rows and progress are committed in one transaction, so
 * consumers that read committed messages ({@code isolation.level=read_committed}) see each record
 * once. Opening it shuts out whoever wrote under the same transactional id before, and undoes what
 * that one had not committed. Otherwise: idempotent, at least once, without progress of its own.
 *
 * <p>A topic is only added to; a run that starts over does not remove what is there. Brokers that
 * are away are waited for.
 */
public final class KafkaSink implements Sink {
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final KafkaSinkSettings settings;
  private final UnaryOperator<Map<String, Object>> tuned;
  private final NonFinite nonFinite;
  private final ProgressTopic progress;
  private final Bytes text = new Bytes(4 << 10);
  private @Nullable RowText rows;
  private @Nullable KafkaProducer<byte[], byte[]> producer;
  private boolean began;

  private final MessageFates fates = new MessageFates();
  private MessageLimit limit = MessageLimit.unknown();
  private boolean limitAsked;

  /**
   * @param tuned changes the properties of producers
   */
  KafkaSink(KafkaSinkSettings settings, UnaryOperator<Map<String, Object>> tuned) {
    this.settings = settings;
    this.tuned = tuned;
    this.nonFinite = new NonFinite(settings.where());
    this.progress = new ProgressTopic(settings.transactionalId());
  }

  /** A sink for that topic. */
  public static KafkaSink to(KafkaSinkSettings settings) {
    return new KafkaSink(settings, UnaryOperator.identity());
  }

  private KafkaProducer<byte[], byte[]> connect() {
    Map<String, Object> properties = settings.servers().properties();
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    // The topic's limit counts, not the client's of 1 MiB.
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MessageLimit.MOST_BYTES);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
    // As much as the system gives, as for reading.
    properties.put(ProducerConfig.SEND_BUFFER_CONFIG, CommonClientConfigs.SEND_BUFFER_LOWER_BOUND);
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 15_000);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000);
    if (settings.transactional()) {
      properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.transactionalId());
      // The most that brokers allow where they are not told otherwise: another output of the
      // pipeline may be away in the middle of a transaction.
      properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 900_000);
    }
    return new KafkaProducer<>(
        tuned.apply(properties), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    drop();
    if (!settings.transactional()) {
      return Optional.empty();
    }
    try {
      ProgressTopic.create(settings.servers().properties());
      // Whoever wrote before is shut out now, so what is read stays true.
      KafkaProducer<byte[], byte[]> made = connect();
      producer = made;
      made.initTransactions();
      return progress.read(settings.servers().properties()).filter(KafkaSink::hasBegun);
    } catch (InterruptException e) {
      throw e;
    } catch (Exception e) {
      throw failed("read", e);
    }
  }

  /** A run that has only been opened has committed nothing. */
  private static boolean hasBegun(Progress progress) {
    return progress.complete() || !progress.frontier().equals(Frontier.START);
  }

  @Override
  public void check(Schema schema) {
    settings
        .key()
        .ifPresent(name -> {
          if (!schema.has(name) || schema.field(name).type() != ColumnType.STRING) {
            throw new ConfigurationException(
                "the key of "
                    + settings.where()
                    + " is '"
                    + name
                    + "', which is no field of the type string: name one, or none");
          }
        });
  }

  @Override
  public void open(SinkContext context) throws IOException {
    Schema schema = context.schema();
    check(schema);
    rows = RowText.json(schema, nonFinite);
    fates.reopened();
    try {
      if (producer == null) {
        if (settings.transactional()) {
          recover();
        } else {
          producer = connect();
        }
      }
      KafkaProducer<byte[], byte[]> open = open();
      open.partitionsFor(settings.topic()); // Otherwise a missing topic is noticed much later.
      if (!limitAsked) {
        limit = MessageLimit.of(settings.servers().properties(), settings.topic());
        limitAsked = true;
      }
      if (settings.transactional() && !context.resume()) {
        open.beginTransaction();
        progress.begin(context.pipeline()).forEach(this::send);
        open.commitTransaction();
      }
    } catch (KafkaException e) {
      throw failed("opened", e);
    }
  }

  private KafkaProducer<byte[], byte[]> open() {
    return Objects.requireNonNull(producer, "open comes first");
  }

  @Override
  public void write(Batch batch) throws IOException {
    RowText json = Objects.requireNonNull(rows, "open comes first");
    try {
      begin();
      json.load(batch);
      StringColumn keys = null;
      int keyColumn = settings.key().map(batch.schema()::indexOf).orElse(-1);
      if (keyColumn >= 0 && batch.column(keyColumn) instanceof StringColumn strings) {
        keys = strings;
      }
      for (int row = 0; row < batch.rows(); row++) {
        if (fates.wasRefused(settings.where(), batch.partition(row), batch.sequence(row))) {
          continue;
        }
        text.length(0);
        json.put(row, text);
        byte[] key = null;
        if (keys != null && !keys.isNull(row)) {
          key = keys.utf8(row).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        }
        send(batch, row, key, Arrays.copyOf(text.array(), text.length()));
        check(); // A broker that is away holds up each further message.
      }
    } catch (KafkaException | IllegalStateException e) {
      throw failed("written", e);
    }
  }

  private void send(Batch batch, int row, byte @Nullable [] key, byte[] value) {
    Optional<String> reason = limit.refuses(key, value);
    if (reason.isPresent()) {
      fates.refuse(settings.where(), batch.partition(row), batch.sequence(row), reason.get());
      return;
    }
    var _ =
        open()
            .send(
                new ProducerRecord<>(settings.topic(), key, value),
                fates.ofRow(batch.partition(row), batch.sequence(row)));
  }

  private void begin() {
    if (!began && settings.transactional()) {
      open().beginTransaction();
    }
    began = true;
  }

  private void send(ProducerRecord<byte[], byte[]> message) {
    var _ = open().send(message, fates.ofOther());
  }

  private void check() throws IOException {
    Exception broken = fates.failure();
    if (broken != null || (settings.transactional() && fates.takeRefused())) {
      throw failed("written", broken == null ? new KafkaException("refused") : broken);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      open().flush();
      check();
    } catch (KafkaException | IllegalStateException e) {
      throw failed("written", e);
    }
    if (!settings.transactional() && fates.takeRefused()) {
      if (fates.isSpoilt()) {
        throw again();
      }
      fates.refuseAll(settings.where()); // The others have been taken.
    }
  }

  @Override
  public List<Refusal> refused() {
    return fates.take();
  }

  @Override
  public void commit(Progress next) throws IOException {
    flush();
    if (fates.hasUnasked()) {
      throw new IllegalStateException("refusals are to be asked for before a commit");
    }
    try {
      if (settings.transactional()) {
        begin();
        progress.write(next).forEach(this::send);
        open().commitTransaction();
      }
      check();
      began = false;
      fates.committed();
    } catch (KafkaException | IllegalStateException e) {
      throw failed("committed", e);
    }
  }

  /** A refused message has spoilt the transaction, or was sent with others that were not taken. */
  private RetryableException again() {
    return new RetryableException(
        settings.where()
            + " refuses a record ("
            + fates.lastReason()
            + "); the others are sent again without it");
  }

  private IOException failed(String what, Exception e) {
    if (fates.takeRefused()) {
      limitAsked = false; // It may have changed.
      return again();
    }
    // A message that failed earlier says more than what failed because of it.
    Exception before = fates.failure();
    Exception first = before == null ? e : before;
    Throwable cause = first;
    while (cause.getCause() instanceof KafkaException deeper) {
      cause = deeper;
    }
    String message =
        settings.where()
            + " could not be "
            + what
            + ": "
            + KafkaReason.of(
                first,
                settings.servers(),
                new MissingRight(settings.servers().user(), false, settings.transactionalId()));
    if (cause instanceof ProducerFencedException
        || cause instanceof InvalidProducerEpochException) {
      return new IOException(
          settings.where()
              + " is being written by another process under the transactional id '"
              + settings.transactionalId()
              + "': stop one of them, or give them different names; what was not committed is"
              + " undone",
          first);
    }
    if (KafkaReason.isFinal(first)) {
      return new IOException(message, first);
    }
    boolean reached = what.equals("written") || what.equals("committed");
    return new RetryableException(
        cause instanceof TimeoutException && !reached
            ? message + "; " + KafkaReason.NO_ANSWER
            : message,
        first);
  }

  /** Whether data and progress are committed as one: if it is transactional. */
  @Override
  public boolean effectivelyOnce() {
    return settings.transactional();
  }

  @Override
  public boolean retryable() {
    return true;
  }

  private void drop() {
    KafkaProducer<byte[], byte[]> old = producer;
    producer = null;
    began = false;
    if (old != null) {
      // What was not committed is undone by the next one that begins under the id.
      old.close(Duration.ZERO);
    }
    fates.reopened();
  }

  /** Undoes what was not committed. */
  @Override
  public void close() {
    KafkaProducer<byte[], byte[]> open = producer;
    if (open != null && began && settings.transactional() && fates.failure() == null) {
      try {
        open.abortTransaction();
        open.close(CLOSING);
        producer = null;
      } catch (KafkaException e) {
        // The broker undoes it when its time is over, or when the next writer begins.
      }
    }
    drop();
  }
}
