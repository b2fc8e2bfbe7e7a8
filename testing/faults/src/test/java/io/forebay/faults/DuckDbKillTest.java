package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} while records go into a DuckDB table, and into Parquet files: each of them is
 * there once. More kills: {@code -Dforebay.kills=100 -Dforebay.killSeconds=600}.
 */
@EnabledOnOs(OS.LINUX)
class DuckDbKillTest {
  static final int KILLS = Integer.getInteger("forebay.kills", 4);
  static final Duration ENOUGH = Duration.ofSeconds(Integer.getInteger("forebay.killSeconds", 4));
  static final int LEAST_KILLS = 3;

  @TempDir Path folder;

  static List<Long> query(String url, String sql) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids;
  }

  @Test
  void table_has_each_record_once_when_killed_at_random_moments() throws Exception {
    StoreKills.Store table =
        new StoreKills.Store() {
          @Override
          public String sink(Path place) {
            return "{ type: duckdb, path: out.duckdb, table: kept }";
          }

          @Override
          public List<Long> ids(Path place) throws SQLException {
            return query("jdbc:duckdb:" + place.resolve("out.duckdb"), "SELECT id FROM kept");
          }

          @Override
          public boolean hasBegun(Path place) {
            return Files.exists(place.resolve("out.duckdb.wal"));
          }
        };

    assertThat(new StoreKills(folder, table).run(KILLS, LEAST_KILLS, ENOUGH)).isPositive();
  }

  @Test
  void files_have_each_record_once_when_killed_at_random_moments() throws Exception {
    StoreKills.Store files =
        new StoreKills.Store() {
          @Override
          public String sink(Path place) {
            return "{ type: parquet, path: out, rowsPerFile: 5000 }";
          }

          @Override
          public List<Long> ids(Path place) throws SQLException {
            return query("jdbc:duckdb:", "SELECT id FROM '" + place + "/out/*.parquet'");
          }

          @Override
          public boolean hasBegun(Path place) throws IOException {
            return Files.exists(place.resolve("out/part-000001.parquet"));
          }
        };

    assertThat(new StoreKills(folder, files).run(KILLS, LEAST_KILLS, ENOUGH)).isPositive();
  }
}
