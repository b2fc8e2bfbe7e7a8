package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.servers.KafkaBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Kafka broker, and the command: killed with {@code kill -9} while it writes, and the broker
 * stopped and started under load. Whoever reads committed messages sees each record once. More
 * kills: see {@link DuckDbKillTest}.
 */
@EnabledOnOs(OS.LINUX)
class KafkaKillTest {
  /** Each start waits for the broker: fewer than for other stores. */
  private static final int LEAST_KILLS = 3;

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

  private static List<Long> idsOf(String topic) {
    return Ids.of(broker.values(topic));
  }

  private record Topic(String prefix) implements StoreKills.Store {
    @Override
    public String sink(Path place) throws Exception {
      String topic = topic(place);
      broker.create(topic, 2);
      return "{ type: kafka, brokers: '%s', topic: %s, transactionalId: %s }"
          .formatted(broker.address(), topic, topic);
    }

    @Override
    public List<Long> ids(Path place) {
      return idsOf(topic(place));
    }

    @Override
    public boolean replaces() {
      return false;
    }

    /** Whether there is something on the broker's disk, committed or not. */
    @Override
    public boolean hasBegun(Path place) throws IOException {
      Path partition = folder.resolve("broker").resolve(topic(place) + "-0");
      Path log = partition.resolve("00000000000000000000.log");
      return Files.exists(log) && Files.size(log) > 0;
    }

    private String topic(Path place) {
      return prefix + "-" + place.getFileName();
    }
  }

  @Test
  void topic_has_each_record_once_when_killed_at_random_moments() throws Exception {
    StoreKills kills = new StoreKills(folder.resolve("kill"), new Topic("kill"));

    assertThat(kills.run(DuckDbKillTest.KILLS, LEAST_KILLS, DuckDbKillTest.ENOUGH)).isPositive();
  }

  @Test
  void each_record_of_a_topic_is_delivered_once_when_killed_at_random_moments() throws Exception {
    StoreKills.Store fromTopic =
        new StoreKills.Store() {
          private boolean filled;

          @Override
          public String source(Path input) {
            fill(input);
            return "{ name: in, type: kafka, brokers: '%s', topics: [source], group: kill, stopAtEnd: true, fields: { id: int64, value: float64 } }"
                .formatted(broker.address());
          }

          private synchronized void fill(Path input) {
            if (filled) {
              return;
            }
            filled = true;
            try {
              broker.create("source", 2);
              List<String> lines = Files.readAllLines(input);
              broker.send("source", 0, lines.subList(0, lines.size() / 3));
              broker.send("source", 1, lines.subList(lines.size() / 3, lines.size()));
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          }

          @Override
          public String sink(Path place) {
            return "{ type: duckdb, path: out.duckdb, table: kept }";
          }

          @Override
          public List<Long> ids(Path place) throws SQLException {
            return DuckDbKillTest.query(
                "jdbc:duckdb:" + place.resolve("out.duckdb"), "SELECT id FROM kept");
          }

          @Override
          public boolean hasBegun(Path place) {
            return Files.exists(place.resolve("out.duckdb.wal"));
          }
        };
    StoreKills kills = new StoreKills(folder.resolve("source"), fromTopic);

    assertThat(kills.run(DuckDbKillTest.KILLS, LEAST_KILLS, DuckDbKillTest.ENOUGH)).isPositive();
  }

  @Test
  void topic_has_each_record_once_when_the_broker_is_stopped_and_started_under_load()
      throws Exception {
    new StoreKills(folder.resolve("away"), new Topic("away"), 200_000)
        .away(() -> {
          broker.stop();
          return broker::start;
        });
  }
}
