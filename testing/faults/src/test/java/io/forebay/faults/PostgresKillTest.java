package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.servers.PostgresServer;
import java.io.IOException;
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
 * A real PostgreSQL, and the command: killed with {@code kill -9} while it writes, and the server
 * stopped and started under load. Each record is there once. More kills: see {@link
 * DuckDbKillTest}.
 */
@EnabledOnOs(OS.LINUX)
class PostgresKillTest {
  @TempDir static Path folder;
  private static PostgresServer server;

  @BeforeAll
  static void start() throws IOException {
    server = new PostgresServer(folder.resolve("data"));
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static final StoreKills.Store TABLE =
      new StoreKills.Store() {
        @Override
        public String sink(Path place) {
          return "{ type: postgres, host: 127.0.0.1, port: %d, database: postgres, user: postgres, table: %s }"
              .formatted(server.port(), table(place));
        }

        @Override
        public List<Long> ids(Path place) throws SQLException {
          return server.query("SELECT id FROM " + table(place)).stream()
              .map(row -> Long.valueOf(row.getFirst()))
              .toList();
        }

        @Override
        public boolean hasBegun(Path place) throws SQLException {
          return !server
                  .query("SELECT 1 FROM pg_class WHERE relname = '" + table(place) + "'")
                  .isEmpty()
              && !server.query("SELECT 1 FROM " + table(place) + " LIMIT 1").isEmpty();
        }

        private String table(Path place) {
          return place.getFileName().toString().replace('-', '_');
        }
      };

  @Test
  void table_has_each_record_once_when_killed_at_random_moments() throws Exception {
    StoreKills kills = new StoreKills(folder.resolve("kill"), TABLE);

    assertThat(kills.run(DuckDbKillTest.KILLS, DuckDbKillTest.LEAST_KILLS, DuckDbKillTest.ENOUGH))
        .isPositive();
  }

  @Test
  void table_has_each_record_once_when_the_server_is_stopped_and_started_under_load()
      throws Exception {
    new StoreKills(folder.resolve("away"), TABLE, 200_000)
        .away(() -> {
          server.stop();
          return server::start;
        });
  }
}
