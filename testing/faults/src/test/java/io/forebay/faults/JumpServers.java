package io.forebay.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.mqttbroker.EmbeddedBroker;
import io.forebay.servers.KafkaBroker;
import io.forebay.servers.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Brokers and a database whose clock is right, a pipeline that uses them all, and the ways into it:
 * a file that is followed, MQTT, TCP with a spool, and Kafka; out of it: a file, MQTT, DuckDB,
 * PostgreSQL behind a spool, and Kafka.
 */
final class JumpServers implements AutoCloseable {
  /** The outputs that keep their progress, so that a run goes on where the last one ended. */
  static final Set<String> WITH_PROGRESS = Set.of("out.jsonl", "DuckDB", "Kafka", "PostgreSQL");

  static final Set<String> ALL = Set.of("out.jsonl", "DuckDB", "Kafka", "PostgreSQL", "MQTT");

  private final Path folder;
  private final EmbeddedBroker mqtt;
  private final KafkaBroker kafka;
  private final PostgresServer postgres;
  private final KafkaProducer<byte[], byte[]> producer;
  private final int tcp;
  private final ConcurrentLinkedQueue<String> published = new ConcurrentLinkedQueue<>();
  private @Nullable Socket socket;

  /** Who is at the other end of the socket. */
  private @Nullable Process connected;

  JumpServers(Path folder) throws Exception {
    this.folder = folder;
    tcp = CommandLine.freePort();
    mqtt = EmbeddedBroker.open();
    kafka = new KafkaBroker(folder.resolve("kafka"));
    postgres = new PostgresServer(folder.resolve("postgres"));
    kafka.create("in", 2);
    kafka.create("out", 2);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.address()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    mqtt.listen("out/#", (topic, payload) -> published.add(new String(payload, UTF_8)));
    Files.createFile(folder.resolve("in.jsonl"));
    Files.writeString(folder.resolve("pipeline.yaml"), pipeline());
  }

  private String pipeline() {
    return """
    name: jump
    sources:
      - { name: tail, type: file, path: in.jsonl, follow: true, fields: { id: int64, value: float64 } }
      - { name: plant, type: mqtt, broker: 'mqtt://127.0.0.1:%1$d', topics: [in], fields: { id: int64, value: float64 }, keepAlive: 2s }
      - { name: lines, type: tcp, listen: '127.0.0.1:%2$d', fields: { id: int64, value: float64 }, spool: { path: spool/lines } }
      - { name: topic, type: kafka, brokers: '%3$s', topics: [in], group: jump, fields: { id: int64, value: float64 } }
    stages:
      - { name: stamp, cpu: io.forebay.faults.ClockStamp, on: processes, workers: 2, timeout: 5s }
    sinks:
      - { type: jsonl, path: out.jsonl }
      - { type: mqtt, broker: 'mqtt://127.0.0.1:%1$d', topic: out, keepAlive: 2s }
      - { type: duckdb, path: out.duckdb }
      - { type: kafka, brokers: '%3$s', topic: out }
      - { type: postgres, host: 127.0.0.1, port: %4$d, database: postgres, user: postgres, table: jump, whenSlow: spool, spool: { path: spool/postgres } }
    deadLetter: { path: rejected.jsonl }
    """
        .formatted(mqtt.port(), tcp, kafka.address(), postgres.port());
  }

  /** Waits until all sources take records. */
  void awaitReady(Process process, CommandLine forebay) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              assertThat(process.isAlive()).as(forebay.printed()).isTrue();
              if (!connectedTo(process)) {
                socket = new Socket(InetAddress.getLoopbackAddress(), tcp);
                connected = process;
              }
              return mqtt.isSubscribed("forebay-jump-plant");
            },
            ready -> ready);
  }

  private boolean connectedTo(Process process) {
    return process.equals(connected);
  }

  /** The ways in, by the names of the sources. */
  List<SteadyLoad.Way> ways() {
    return List.of(
        SteadyLoad.file(folder.resolve("in.jsonl")),
        lines -> lines.forEach(line -> mqtt.publish("in", line.getBytes(UTF_8), 1, false)),
        lines -> {
          if (socket == null) {
            throw new IOException("not connected");
          }
          socket.getOutputStream().write((String.join("\n", lines) + "\n").getBytes(UTF_8));
        },
        lines ->
            lines.forEach(line -> {
              var _ = producer.send(new ProducerRecord<>("in", line.getBytes(UTF_8)));
            }));
  }

  /** Each of these outputs holds each record once; nobody writes now. */
  void assertOnce(Set<Long> sent, Set<String> outputs) throws IOException, SQLException {
    List<Long> wanted = sent.stream().sorted().toList();
    for (String output : outputs) {
      StoreKills.assertSame(output, ids(output).stream().sorted().toList(), wanted);
    }
  }

  private List<Long> ids(String output) throws IOException, SQLException {
    return switch (output) {
      case "out.jsonl" -> Ids.in(folder.resolve("out.jsonl"));
      case "MQTT" -> Ids.of(List.copyOf(published));
      case "DuckDB" ->
          DuckDbKillTest.query(
              "jdbc:duckdb:" + folder.resolve("out.duckdb"), "SELECT id FROM records");
      case "Kafka" -> Ids.of(kafka.values("out"));
      case "PostgreSQL" ->
          postgres.query("SELECT id FROM jump").stream()
              .map(row -> Long.valueOf(row.getFirst()))
              .toList();
      default -> throw new IllegalArgumentException(output);
    };
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
    producer.close(Duration.ZERO);
    kafka.close();
    postgres.close();
    mqtt.close();
  }
}
