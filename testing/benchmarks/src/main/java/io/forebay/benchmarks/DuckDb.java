package io.forebay.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * DuckDB does what the lecture's function does, in SQL: JSON Lines in, JSON Lines out.
 *
 * <p>It is given every advantage: the columns' types are declared, the cheaper {@code round} (half
 * away from zero on the scaled value, not Python's) is accepted, input order need not be kept where
 * that is faster, and the native library of a fresh process is already unpacked.
 */
final class DuckDb {
  /** How it is configured; the fastest counts. */
  record Setting(int threads, boolean keepsOrder) {
    @Override
    public String toString() {
      return threads
          + (threads == 1 ? " thread" : " threads")
          + (keepsOrder ? "" : ", order not kept");
    }
  }

  private DuckDb() {}

  /** All that are tried: one thread and every core, with and without keeping the order. */
  static List<Setting> settings(Session session) {
    if (session.brief()) {
      return List.of(new Setting(1, true));
    }
    List<Setting> settings = new ArrayList<>(List.of(new Setting(1, true), new Setting(1, false)));
    int cores = Runtime.getRuntime().availableProcessors();
    if (cores > 1) {
      settings.add(new Setting(cores, true));
      settings.add(new Setting(cores, false));
    }
    return settings;
  }

  private static List<String> statements(Setting setting, Path in, Path out) {
    return List.of(
        "SET threads = " + setting.threads(),
        "SET preserve_insertion_order = " + setting.keepsOrder(),
        """
        COPY (
          SELECT sensorId, "timestamp", value,
            round((value - 20.0::DOUBLE) / 60.0::DOUBLE, 4) AS normalized,
            round(sqrt(abs((value - 20.0::DOUBLE) / 60.0::DOUBLE)) * ln(abs(value) + 1), 4)
              AS feature
          FROM read_json('%s', format = 'newline_delimited',
            columns = {sensorId: 'VARCHAR', "timestamp": 'BIGINT', value: 'DOUBLE'}))
        TO '%s' (FORMAT json)
        """
            .formatted(in, out));
  }

  /** An open database in this process. */
  static Connection open() throws SQLException {
    return DriverManager.getConnection("jdbc:duckdb:");
  }

  /** Runs it in this process; returns the seconds of the {@code COPY} alone. */
  static double seconds(Connection connection, Setting setting, Path in, Path out)
      throws SQLException {
    List<String> statements = statements(setting, in, out);
    try (Statement statement = connection.createStatement()) {
      for (String set : statements.subList(0, statements.size() - 1)) {
        statement.execute(set);
      }
      long begin = System.nanoTime();
      statement.execute(statements.getLast());
      return (System.nanoTime() - begin) / 1e9;
    }
  }

  /** A fresh JVM that does it once; {@code folder} holds the unpacked driver. */
  static List<String> freshJvm(Path folder, Setting setting, Path in, Path out) throws IOException {
    List<String> command =
        ForebayCommand.java(
            unpacked(folder) + ":" + System.getProperty("java.class.path"), DuckDb.class.getName());
    command.add(1, "-Djava.library.path=" + folder);
    command.addAll(statements(setting, in, out));
    return command;
  }

  /** A fresh Python process that does it once, for machines with Python's DuckDB. */
  static List<String> freshPython(Path folder, Setting setting, Path in, Path out)
      throws IOException {
    Path file = folder.resolve("statements.sql");
    Files.writeString(
        file, String.join(";\n", statements(setting, in, out)), StandardCharsets.UTF_8);
    return Rivals.script("jsonl_duckdb.py", file.toString());
  }

  /** Runs the statements given as arguments. */
  public static void main(String[] statements) throws SQLException {
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The driver's jar without the native library, which then lies beside it and loads at once. */
  private static Path unpacked(Path folder) throws IOException {
    Path jar = folder.resolve("duckdb.jar");
    if (Files.exists(jar)) {
      return jar;
    }
    Files.createDirectories(folder);
    Path original = Path.of(jarOf(DriverManager.getDrivers().nextElement().getClass()));
    Path unfinished = folder.resolve("unfinished.jar");
    Files.copy(original, unfinished, StandardCopyOption.REPLACE_EXISTING);
    String os = System.getProperty("os.arch");
    try (FileSystem zip = FileSystems.newFileSystem(unfinished);
        var entries = Files.list(zip.getPath("/"))) {
      for (Path entry : entries.filter(e -> e.toString().contains("libduckdb_java")).toList()) {
        if (entry.toString().endsWith("linux_" + os)) {
          Files.copy(
              entry,
              folder.resolve(System.mapLibraryName("duckdb_java")),
              StandardCopyOption.REPLACE_EXISTING);
        }
        Files.delete(entry);
      }
    }
    return Files.move(unfinished, jar);
  }

  private static URI jarOf(Class<?> type) {
    return URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString());
  }
}
