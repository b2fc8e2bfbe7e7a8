package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.mqtt.MqttBroker;
import io.forebay.connectors.mqtt.MqttSource;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.servers.MosquittoBroker;
import io.forebay.workers.api.PhysicalCores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand sensors, each with a connection to Mosquitto and a topic of its own, are received
 * through one subscription while every core computes: every message arrives. {@code
 * -Dforebay.topics=1000 -Dforebay.seconds=10} for longer. The delays are printed and not judged:
 * the machine decides about them, too.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class MqttTopicsTest {
  private static final int TOPICS = Integer.getInteger("forebay.topics", 1_000);
  private static final int SECONDS = Integer.getInteger("forebay.seconds", 2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void every_message_of_every_topic_arrives_when_every_core_computes() throws Exception {
    Optional<Path> program = MosquittoBroker.program();
    assumeTrue(
        program.isPresent(),
        "mosquitto is not installed: apt-get install mosquitto runs this test");
    try (MosquittoBroker broker = new MosquittoBroker(program.get(), folder)) {
      broker.start();
      receive(broker.port());
    }
  }

  private static void receive(int port) throws Exception {
    MqttSource source =
        MqttSource.builder(MqttBroker.at("mqtt://127.0.0.1:" + port), "forebay-topics")
            .topics(List.of("plant/+/+"))
            .fields(
                Schema.of(
                    Field.of("sensorId", ColumnType.STRING),
                    Field.of("sent", ColumnType.TIMESTAMP_MS),
                    Field.of("value", ColumnType.FLOAT64)))
            .arrivalField("arrived")
            .build();
    Beats beats = new Beats(source.schema());
    Received sink = new Received();
    try (Pipeline pipeline =
        Pipeline.builder("topics")
            .source("mqtt", source)
            .source("load", new Endless(source.schema()))
            .source("beats", beats)
            .stage(Stage.cpu("spin", Spin.class).workers(PhysicalCores.count()))
            .ordered(false)
            .sink("sink", sink)
            .build()) {
      pipeline.start();
      // What is published before is for nobody.
      Awaitility.await().atMost(PATIENCE).until(() -> isSubscribed(pipeline));
      try (Senders sensors = Senders.connect(MqttSensors.class, port, TOPICS)) {
        Awaitility.await().atMost(PATIENCE).until(() -> sink.sensors() == TOPICS);
        beats.take(); // What came before does not count.
        sink.delays();
        long computed = sink.load.get();
        Awaitility.await()
            .pollDelay(Duration.ofSeconds(SECONDS))
            .atMost(PATIENCE.plusSeconds(SECONDS))
            .until(() -> true);
        Histogram late = beats.take();
        Histogram delays = sink.delays();
        computed = sink.load.get() - computed;
        long sent = sensors.stop();
        Awaitility.await().atMost(PATIENCE).until(() -> sink.messages.get() >= sent);
        System.out.printf(
            "%d topics, %d messages; meanwhile %d records computed in %d s; event-loop delay p50"
                + " %.2f, p99 %.2f, p99.9 %.2f, max %.2f ms; from sensor to source p50 %d, p99 %d,"
                + " max %d ms%n",
            TOPICS,
            sent,
            computed,
            SECONDS,
            late.getValueAtPercentile(50) / 1e6,
            late.getValueAtPercentile(99) / 1e6,
            late.getValueAtPercentile(99.9) / 1e6,
            late.getMaxValue() / 1e6,
            delays.getValueAtPercentile(50),
            delays.getValueAtPercentile(99),
            delays.getMaxValue());
        assertThat(computed).isPositive();
        assertThat(late.getTotalCount()).isPositive();
        assertThat(delays.getTotalCount()).isPositive();
        pipeline.drain(Duration.ofSeconds(60));
        assertThat(pipeline.await()).isInstanceOf(PipelineResult.Drained.class);
        assertThat(sink.messages.get()).as("none twice").isEqualTo(sent);
      }
    }
  }

  private static boolean isSubscribed(Pipeline pipeline) {
    return pipeline.snapshot().sources().stream()
        .anyMatch(source -> source.state().equals(Optional.of(SourceState.CONNECTED)));
  }

  /** Hands in as many records as there is room for. */
  private record Endless(Schema schema) implements Source {
    @Override
    public boolean repeatable() {
      return false;
    }

    @Override
    public void run(SourceContext context) {
      RecordWriter writer = context.partition("");
      int value = schema.indexOf("value");
      int sensor = schema.indexOf("sensorId");
      try {
        for (long i = 1; ; i++) {
          for (int column = 0; column < schema.size(); column++) {
            if (column == value) {
              writer.setDouble(column, (double) (i % 100));
            } else if (column == sensor) {
              writer.setString(column, "load");
            } else {
              writer.setLong(column, 0);
            }
          }
          writer.append(i, i);
        }
      } catch (InterruptedException asked) {
        // It is over.
      }
    }
  }

  /** Counts the rows of both, and tells the sensors apart. */
  private static final class Received implements Sink {
    private static final long LONGEST_MILLIS = 3_600_000;

    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong load = new AtomicLong();
    private final Set<String> sensors = new HashSet<>(); // Guarded by this.
    private Histogram delays = new Histogram(LONGEST_MILLIS, 3); // Guarded by this.
    private List<String> partitions = List.of();

    synchronized int sensors() {
      return sensors.size();
    }

    /** Milliseconds from the sensors to the source, since the last call. */
    synchronized Histogram delays() {
      Histogram taken = delays;
      delays = new Histogram(LONGEST_MILLIS, 3);
      return taken;
    }

    @Override
    public void open(SinkContext context) {
      partitions = context.partitions();
    }

    @Override
    public synchronized void write(Batch batch) {
      for (int row = 0; row < batch.rows(); row++) {
        if (!partitions.get(batch.partition(row)).startsWith("mqtt")) {
          load.incrementAndGet();
          continue;
        }
        messages.incrementAndGet();
        sensors.add(batch.string("sensorId").get(row));
        long millis = batch.int64("arrived").get(row) - batch.int64("sent").get(row);
        delays.recordValue(Math.clamp(millis, 0, LONGEST_MILLIS));
      }
    }

    @Override
    public Optional<Progress> recover() {
      return Optional.empty();
    }

    @Override
    public void commit(Progress progress) {}

    @Override
    public boolean effectivelyOnce() {
      return false;
    }

    @Override
    public void close() {}
  }
}
