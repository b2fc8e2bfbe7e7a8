package io.forebay.benchmarks;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.connectors.duckdb.DuckDbSink;
import io.forebay.connectors.duckdb.ParquetSink;
import io.forebay.connectors.kafka.KafkaServers;
import io.forebay.connectors.kafka.KafkaSink;
import io.forebay.connectors.kafka.KafkaSinkSettings;
import io.forebay.connectors.postgres.PostgresSettings;
import io.forebay.connectors.postgres.PostgresSink;
import io.forebay.servers.KafkaBroker;
import io.forebay.servers.PostgresServer;
import io.forebay.testkit.Batches;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** S1: rows a second into stores, against the bulk path of each store's own library. */
final class StoreSinks implements Claim {
  private static final int BATCH = 10_000;
  private static final String COLUMNS = "(sensorId VARCHAR, \"timestamp\" TIMESTAMP_MS, v DOUBLE)";

  private final List<Batch> batches = new ArrayList<>();
  private int rows;
  private int files;

  @Override
  public String id() {
    return "S1";
  }

  @Override
  public String title() {
    return "rows a second into DuckDB, Parquet, PostgreSQL and Kafka";
  }

  @Override
  public void measure(Session session) throws Exception {
    prepare(session.scaled(1_000_000, 20_000));
    Path folder = Files.createTempDirectory(session.file("."), "stores");
    try (KafkaBroker broker = new KafkaBroker(folder.resolve("kafka"));
        PostgresServer postgres = new PostgresServer(folder.resolve("postgres"))) {
      duckdb(session, folder);
      parquet(session, folder);
      postgres(session, postgres);
      kafka(session, broker);
    } finally {
      remove(folder);
    }
  }

  private void prepare(int count) {
    rows = count;
    double[] values = Readings.values(count);
    batches.clear();
    for (int from = 0; from < count; from += BATCH) {
      List<List<@Nullable Object>> part = new ArrayList<>();
      for (int i = from; i < Math.min(count, from + BATCH); i++) {
        part.add(Batches.row(Readings.sensor(i), Readings.timestamp(i), values[i]));
      }
      batches.add(Batches.of(Readings.SCHEMA, part, true));
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private interface Writing {
    void write() throws Exception;
  }

  private double perSecond(Writing writing) throws Exception {
    long begin = System.nanoTime();
    writing.write();
    return rows / ((System.nanoTime() - begin) / 1e9);
  }

  /** Writes all batches and commits once. */
  private double perSecond(Sink sink) throws Exception {
    try (sink) {
      sink.recover();
      sink.open(new SinkContext("bench", Readings.SCHEMA, List.of("source"), false));
      Frontier frontier = new Frontier(Map.of("source", new Position(rows, rows)));
      return perSecond(() -> {
        for (Batch batch : batches) {
          sink.write(batch);
        }
        sink.commit(new Progress("bench", frontier, true));
      });
    }
  }

  private void compare(Session session, String store, String rival, Contest contest)
      throws Exception {
    session.run(contest, 2);
    session.atLeast(
        "Forebay's sink over " + rival, contest.series(store).over(contest.series(rival)), 0.8);
  }

  private void duckdb(Session session, Path folder) throws Exception {
    Contest contest = new Contest("S1: DuckDB", "rows/s");
    contest.add("DuckDB sink", () -> perSecond(DuckDbSink.to(next(folder).toString(), "t")));
    contest.add(
        "DuckDB appender (JDBC)",
        () -> {
          try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + next(folder));
              Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t " + COLUMNS);
            connection.setAutoCommit(false);
            return perSecond(() -> {
              append(connection);
              connection.commit();
            });
          }
        });
    compare(session, "DuckDB sink", "DuckDB appender (JDBC)", contest);
  }

  private Path next(Path folder) {
    return folder.resolve("data-" + ++files);
  }

  private void append(Connection connection) throws Exception {
    try (DuckDBAppender appender =
        connection.unwrap(DuckDBConnection.class).createAppender("main", "t")) {
      for (Batch batch : batches) {
        for (int row = 0; row < batch.rows(); row++) {
          appender.beginRow();
          appender.append(batch.string("sensorId").get(row));
          appender.appendEpochMillis(batch.int64("timestamp").get(row));
          appender.append(batch.float64("value").get(row));
          appender.endRow();
        }
      }
    }
  }

  private void parquet(Session session, Path folder) throws Exception {
    Contest contest = new Contest("S1: Parquet", "rows/s");
    contest.add("Parquet sink", () -> perSecond(ParquetSink.to(next(folder).toString())));
    contest.add(
        "DuckDB appender and COPY (JDBC)",
        () -> {
          try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
              Statement statement = connection.createStatement()) {
            statement.execute("SET threads = 1");
            statement.execute("CREATE TABLE t " + COLUMNS);
            return perSecond(() -> {
              append(connection);
              statement.execute(
                  "COPY t TO '" + next(folder) + "' (FORMAT parquet, COMPRESSION zstd)");
            });
          }
        });
    compare(session, "Parquet sink", "DuckDB appender and COPY (JDBC)", contest);
  }

  private void postgres(Session session, PostgresServer server) throws Exception {
    Contest contest = new Contest("S1: PostgreSQL", "rows/s");
    contest.add(
        "PostgreSQL sink",
        () -> {
          server.query("DROP TABLE IF EXISTS sink");
          return perSecond(
              PostgresSink.to(
                  new PostgresSettings(
                      "127.0.0.1",
                      server.port(),
                      "postgres",
                      "postgres",
                      Optional.empty(),
                      "sink",
                      false,
                      List.of(),
                      false,
                      false,
                      Optional.empty())));
        });
    contest.add(
        "COPY of CSV (driver)",
        () -> {
          server.query("DROP TABLE IF EXISTS copy");
          server.query("CREATE TABLE copy (sensorId text, at timestamptz, value double precision)");
          try (Connection connection =
              DriverManager.getConnection(
                  "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres", "postgres", "")) {
            return perSecond(() -> copy(connection));
          }
        });
    compare(session, "PostgreSQL sink", "COPY of CSV (driver)", contest);
  }

  private void copy(Connection connection) throws Exception {
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY copy FROM STDIN (FORMAT csv)");
    StringBuilder lines = new StringBuilder();
    for (Batch batch : batches) {
      for (int row = 0; row < batch.rows(); row++) {
        lines
            .append(batch.string("sensorId").get(row))
            .append(',')
            .append(java.time.Instant.ofEpochMilli(batch.int64("timestamp").get(row)))
            .append(',')
            .append(batch.float64("value").get(row))
            .append('\n');
        if (lines.length() >= 1 << 16) {
          byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
          copy.writeToCopy(bytes, 0, bytes.length);
          lines.setLength(0);
        }
      }
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    copy.writeToCopy(bytes, 0, bytes.length);
    copy.endCopy();
  }

  private void kafka(Session session, KafkaBroker broker) throws Exception {
    broker.create("sink", 1);
    broker.create("rival", 1);
    List<byte[]> values = new ArrayList<>();
    for (Batch batch : batches) {
      for (int row = 0; row < batch.rows(); row++) {
        values.add(
            "{\"sensorId\":\"%s\",\"timestamp\":%d,\"value\":%s}"
                .formatted(
                    batch.string("sensorId").get(row),
                    batch.int64("timestamp").get(row),
                    batch.float64("value").get(row))
                .getBytes(StandardCharsets.UTF_8));
      }
    }
    Contest contest = new Contest("S1: Kafka", "rows/s");
    contest.add(
        "Kafka sink, transactional",
        () ->
            perSecond(
                KafkaSink.to(
                    new KafkaSinkSettings(
                        KafkaServers.plain(broker.address()),
                        "sink",
                        Optional.empty(),
                        true,
                        "sink"))));
    contest.add(
        "transactional producer, values made before",
        () -> {
          try (KafkaProducer<byte[], byte[]> producer =
              new KafkaProducer<>(
                  Map.of(
                      "bootstrap.servers",
                      broker.address(),
                      "transactional.id",
                      "rival",
                      "linger.ms",
                      5,
                      "batch.size",
                      256 << 10,
                      "send.buffer.bytes",
                      -1,
                      "compression.type",
                      "lz4"),
                  new ByteArraySerializer(),
                  new ByteArraySerializer())) {
            producer.initTransactions();
            return perSecond(() -> {
              producer.beginTransaction();
              for (byte[] value : values) {
                var _ = producer.send(new ProducerRecord<>("rival", value));
              }
              producer.commitTransaction();
            });
          }
        });
    compare(
        session,
        "Kafka sink, transactional",
        "transactional producer, values made before",
        contest);
  }
}
