package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every value of real sensor files, through the command line and worker processes, into JSON Lines,
 * a DuckDB table and Parquet files, against the lecture's function in Python. The files are looked
 * for in {@code -Dforebay.data=…}, or in {@code shared/data} beside the checkout; without them or
 * without python3 the test is skipped.
 */
class RealDataTest {
  /** The lecture's function as on its slide 9; then value for value against the output. */
  private static final String PYTHON =
      """
      import json, math, sys

      def processRecordBatch(records):
          results = []
          for record in records:
              value = record["value"]
              normalized = (value - 20.0) / 60.0
              rollingFeature = math.sqrt(abs(normalized)) * math.log(abs(value) + 1)
              results.append({
                  **record,                              # copy existing fields
                  "normalized": round(normalized, 4),
                  "feature": round(rollingFeature, 4)
              })
          return results

      def exact(value):
          return float(value).hex() if isinstance(value, (int, float)) else value

      count = 0
      with open(sys.argv[1]) as given, open(sys.argv[2]) as made:
          for line in given:
              expected = processRecordBatch([json.loads(line)])[0]
              actual = json.loads(next(made))
              if {k: exact(v) for k, v in expected.items()} != {k: exact(v) for k, v in actual.items()}:
                  sys.exit(f"record {count + 1}: expected {expected}, got {actual}")
              count += 1
          if next(made, None) is not None:
              sys.exit("there are more records than were given")
      print(count)
      """;

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

  @TempDir Path folder;

  private static Path data;

  @BeforeAll
  static void find() {
    String told = System.getProperty("forebay.data");
    data =
        told != null
            ? Path.of(told)
            : Stream.iterate(Path.of("").toAbsolutePath(), p -> p != null, Path::getParent)
                .map(p -> p.resolve("shared/data"))
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(Path.of("shared/data"));
    assumeTrue(
        Files.isDirectory(data),
        "there is no real data in '" + data + "': name its folder with -Dforebay.data=…");
  }

  @Test
  void equals_the_lectures_function_in_python_on_every_value() throws Exception {
    assumeTrue(hasPython(), "there is no python3 to compare with");
    Path input = folder.resolve("in.jsonl");
    long records = 0;
    try (Writer out = Files.newBufferedWriter(input)) {
      for (Path file : files()) {
        long of = convert(file, out);
        System.out.println("RealDataTest: " + file.getFileName() + ": " + of + " values");
        records += of;
      }
    }
    assertThat(records).isGreaterThan(1_000_000);
    Files.writeString(
        folder.resolve("pipeline.yaml"),
        """
        name: real
        sources:
          - name: in
            type: file
            path: in.jsonl
            fields: { sensorId: string, timestamp: string, value: float64 }
        stages:
          - { name: features, cpu: io.forebay.functions.LectureFeatures, on: processes, workers: 2 }
        sinks:
          - { type: jsonl, path: out.jsonl }
          - { type: duckdb, path: out.duckdb, table: kept }
          - { type: parquet, path: parquet, rowsPerFile: 300000 }
        deadLetter: { path: rejected.jsonl }
        """);
    CommandLine forebay = new CommandLine(folder);

    assertThat(forebay.run("run", "pipeline.yaml", "--no-progress")).as(forebay.printed()).isZero();

    assertThat(Files.size(folder.resolve("rejected.jsonl"))).isZero();
    assertThat(compare(input, folder.resolve("out.jsonl"))).isEqualTo(records);
    // What is in the stores, read back by DuckDB: the same records, in whatever order.
    assertSame("jdbc:duckdb:" + folder.resolve("out.duckdb"), "kept", records);
    assertSame("jdbc:duckdb:", "'" + folder + "/parquet/*.parquet'", records);
  }

  private void assertSame(String url, String store, long records) throws SQLException {
    String columns = "sensorId, \"timestamp\", value, normalized, feature";
    String lines =
        "read_json('"
            + folder.resolve("out.jsonl")
            + "', columns = {sensorId: 'VARCHAR', timestamp: 'VARCHAR', value: 'DOUBLE',"
            + " normalized: 'DOUBLE', feature: 'DOUBLE'})";
    String difference =
        "SELECT count(*) FROM (SELECT %s FROM %s EXCEPT ALL SELECT %s FROM %s)"
            .formatted(columns, store, columns, lines);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      assertThat(number(statement, "SELECT count(*) FROM " + store)).isEqualTo(records);
      assertThat(number(statement, difference)).as(store).isZero();
    }
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (var result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** Compares value for value; returns how many records were compared. */
  static long compare(Path input, Path output) throws IOException, InterruptedException {
    Process python =
        new ProcessBuilder("python3", "-c", PYTHON, input.toString(), output.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor()).as(said).isZero();
    return Long.parseLong(said.strip());
  }

  /** The first readings of the files, each as a JSON object. */
  static java.util.List<String> readings(Path folder, int most) throws IOException {
    Path some = folder.resolve("readings.jsonl");
    try (Writer out = Files.newBufferedWriter(some)) {
      long count = 0;
      for (Path file : files()) {
        count += convert(file, out);
        if (count >= most) {
          break;
        }
      }
    }
    try (Stream<String> lines = Files.lines(some)) {
      return lines.limit(most).toList();
    }
  }

  private static java.util.List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(data)) {
      return all.filter(file -> file.toString().matches(".*\\.(csv|csv\\.gz|dat)"))
          .sorted()
          .toList();
    }
  }

  /**
   * Writes every value of the file as a record of its own: of a file with the columns sensorId,
   * timestamp and value its rows, of every other one each numeric cell, named after its column.
   */
  private static long convert(Path file, Writer out) throws IOException {
    String name = file.getFileName().toString();
    long count = 0;
    try (BufferedReader in = open(file)) {
      if (name.endsWith(".dat")) {
        in.readLine(); // TOA5: the station, then the names, the units and the kind of each column
      }
      String[] header = cells(in.readLine());
      if (name.endsWith(".dat")) {
        in.readLine();
        in.readLine();
      }
      boolean isLong = header.length == 3 && header[0].equals("sensorId");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] cells = cells(line);
        for (int i = isLong ? 2 : 1; i < cells.length; i++) {
          if (!NUMBER.matcher(cells[i]).matches()) {
            continue;
          }
          out.write("{\"sensorId\":\"");
          out.write(isLong ? cells[0] : name + "." + header[i]);
          out.write("\",\"timestamp\":\"");
          out.write(isLong ? cells[1] : cells[0]);
          out.write("\",\"value\":");
          out.write(cells[i]);
          out.write("}\n");
          count++;
        }
      }
    }
    return count;
  }

  private static BufferedReader open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    return new BufferedReader(
        new InputStreamReader(
            file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in,
            StandardCharsets.UTF_8));
  }

  private static String[] cells(String line) {
    return line.replace("\"", "").split(",", -1);
  }

  static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
