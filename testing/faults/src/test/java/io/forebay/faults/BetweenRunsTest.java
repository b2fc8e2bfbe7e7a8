package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Output;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.duckdb.DuckDbSink;
import io.forebay.connectors.duckdb.ParquetSink;
import io.forebay.connectors.file.CsvSink;
import io.forebay.connectors.file.JsonlDeadLetters;
import io.forebay.connectors.file.JsonlSink;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.errors.ConfigurationException;
import io.forebay.spool.SpooledSink;
import io.forebay.testkit.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages what a run has left, in every kind of file, and runs again: either the start is refused
 * with the name of the file, or every output has exactly the right records.
 *
 * <p>{@code -Dforebay.damages=N}: so many random damages more.
 */
@Timeout(600)
class BetweenRunsTest {
  private static final int FIRST = 300;
  private static final int ALL = 500;
  private static final int RANDOM = Integer.getInteger("forebay.damages", 6);
  private static final Pattern NUMBER = Pattern.compile("\"n\":([0-9]+)");

  @TempDir Path folder;

  /** What the first run has left: the bytes of each file, by its path in the folder. */
  private final Map<String, byte[]> left = new TreeMap<>();

  /** Can repeat; breaks off behind {@code last} unless that is the end. */
  private record Counting(int last) implements Source {
    @Override
    public Schema schema() {
      return Schema.of(Field.of("n", ColumnType.INT64));
    }

    @Override
    public boolean repeatable() {
      return true;
    }

    @Override
    public void run(SourceContext context) throws Exception {
      RecordWriter out = context.partition("");
      for (long n = context.resumeFrom("").sequence() + 1; n <= last; n++) {
        if (n % 10 == 7) {
          out.reject(n, n, "unreadable", "{\"n\":" + n + "}");
        } else {
          out.setLong(0, n);
          out.append(n, n);
        }
      }
      if (last < ALL) {
        throw new IOException("the line is cut");
      }
    }
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private PipelineResult run(int last) throws InterruptedException {
    SpooledSink spooled =
        SpooledSink.of(
            JsonlSink.to(path("slow.jsonl")),
            folder.resolve("spool"),
            1 << 20,
            new SplittableRandom(1));
    try (Pipeline pipeline =
        Pipeline.builder("damaged")
            .source("counting", new Counting(last))
            .forebay(4, 1 << 13)
            .linger(Duration.ofMillis(1))
            .sink("rows.jsonl", JsonlSink.to(path("rows.jsonl")))
            .sink("rows.csv.gz", CsvSink.to(path("rows.csv.gz")))
            .sink("parts", ParquetSink.to(path("parts")).rowsPerFile(50))
            .sink("table", DuckDbSink.to(path("rows.duckdb"), "rows"))
            .sink("slow", spooled)
            .deadLetters(JsonlDeadLetters.to(path("rejected.jsonl")))
            .build()) {
      return pipeline.run();
    }
  }

  @BeforeEach
  void breakOff() throws Exception {
    assertThat(run(FIRST)).isInstanceOf(PipelineResult.Failed.class);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        left.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    assertThat(left).containsKeys("rows.jsonl.progress", "spool/cursor", "spool.ledger");
  }

  private void restore() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(folder)) {
          Files.delete(file);
        }
      }
    }
    for (Map.Entry<String, byte[]> each : left.entrySet()) {
      Path file = folder.resolve(each.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, each.getValue());
    }
  }

  interface Damage {
    void to(Path file, byte[] whole) throws IOException;
  }

  /** Whether the start was refused; fails if neither that nor the records are right. */
  private boolean refusedOrExact(String name, String what, Damage damage) throws Exception {
    restore();
    String when = what + " " + name;
    Path file = folder.resolve(name);
    damage.to(file, Files.exists(file) ? Files.readAllBytes(file) : new byte[0]);
    PipelineResult result;
    try {
      result = run(ALL);
    } catch (ConfigurationException e) {
      // Where two were swapped, either is named.
      List<String> shown = new ArrayList<>();
      for (String each : List.of(name, twin(name))) {
        shown.add(each.startsWith("spool/") ? "spool" : each.replaceFirst("[.]wal$", ""));
      }
      assertThat(shown).as(when + ": " + e.getMessage()).anyMatch(e.getMessage()::contains);
      return true;
    }
    assertThat(result).as(when + ": " + result).isInstanceOf(PipelineResult.Completed.class);
    List<Long> right = LongStream.rangeClosed(1, ALL).filter(n -> n % 10 != 7).boxed().toList();
    assertThat(numbers(Files.readAllLines(folder.resolve("rows.jsonl")))).as(when).isEqualTo(right);
    assertThat(numbers(Files.readAllLines(folder.resolve("slow.jsonl")))).as(when).isEqualTo(right);
    assertThat(csv()).as(when).isEqualTo(right);
    assertThat(query("jdbc:duckdb:", "'" + path("parts/*.parquet") + "'"))
        .as(when)
        .isEqualTo(right);
    assertThat(query("jdbc:duckdb:" + path("rows.duckdb"), "rows")).as(when).isEqualTo(right);
    assertThat(Files.readAllLines(folder.resolve("rejected.jsonl"))).as(when).hasSize(ALL / 10);
    return false;
  }

  private static List<Long> numbers(List<String> lines) {
    List<Long> numbers = new ArrayList<>();
    for (String line : lines) {
      Matcher matcher = NUMBER.matcher(line);
      assertThat(matcher.find()).as(line).isTrue();
      numbers.add(Long.valueOf(matcher.group(1)));
    }
    return numbers;
  }

  private List<Long> csv() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(folder.resolve("rows.csv.gz"))),
                StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).map(Long::valueOf).toList();
    }
  }

  private static List<Long> query(String url, String from) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT n FROM " + from + " ORDER BY n")) {
      List<Long> numbers = new ArrayList<>();
      while (rows.next()) {
        numbers.add(rows.getLong(1));
      }
      return numbers;
    }
  }

  @Test
  void refuses_or_is_exact_when_any_file_is_cut_emptied_removed_replaced_or_swapped()
      throws Exception {
    assertThat(refusedOrExact("rows.jsonl", "nothing is done to", (file, whole) -> {})).isFalse();
    int refused = 0;
    int runs = 0;
    for (String name : left.keySet()) {
      for (Map.Entry<String, Damage> each : damages(name).entrySet()) {
        refused += refusedOrExact(name, each.getKey(), each.getValue()) ? 1 : 0;
        runs++;
      }
    }
    assertThat(runs).isGreaterThan(80);
    assertThat(refused).isBetween(runs / 2, runs - 5);
  }

  private Map<String, Damage> damages(String name) {
    Map<String, Damage> damages = new TreeMap<>();
    damages.put("emptied", (file, whole) -> Files.write(file, new byte[0]));
    damages.put("removed", (file, whole) -> Files.delete(file));
    damages.put("cut", (file, whole) -> Files.write(file, Arrays.copyOf(whole, whole.length / 2)));
    damages.put(
        "cut by a byte",
        (file, whole) -> Files.write(file, Arrays.copyOf(whole, Math.max(0, whole.length - 1))));
    damages.put(
        "a folder in place of",
        (file, whole) -> {
          Files.delete(file);
          Files.createDirectory(file);
        });
    damages.put(
        "another file in place of",
        (file, whole) -> Files.writeString(file, "{\"n\":1}\n".repeat(whole.length / 8 + 1)));
    damages.put(
        "swapped",
        (file, whole) -> {
          byte[] theirs = left.get(twin(name));
          if (theirs != null) {
            Files.write(file, theirs);
            Files.write(folder.resolve(twin(name)), whole);
          }
        });
    return damages;
  }

  /** What a file is swapped with. */
  private static String twin(String name) {
    return switch (name) {
      case "rows.jsonl.progress" -> "rows.csv.gz.progress";
      case "rows.jsonl" -> "slow.jsonl.progress";
      case "parts/part-000001.parquet" -> "parts/part-000002.parquet";
      case "parts/.forebay.duckdb" -> "rows.duckdb";
      case "rows.duckdb" -> "parts/.forebay.duckdb";
      case "spool/cursor" -> "spool.ledger";
      default -> "rejected.jsonl.progress";
    };
  }

  @Test
  void refuses_or_is_exact_when_bytes_change_anywhere() throws Exception {
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    // What databases notice themselves is their own; files of text are compared at their end only.
    List<String> names =
        left.keySet().stream()
            .filter(name -> name.matches(".*[.]progress|.*ledger|spool/.*"))
            .filter(name -> left.get(name).length > 0)
            .toList();
    for (int i = 0; i < RANDOM; i++) {
      String name = names.get(random.nextInt(names.size()));
      int from = random.nextInt(left.get(name).length);
      int length = random.nextInt(1, 200);
      refusedOrExact(
          name,
          "seed " + seed + ", bytes from " + from + " of",
          (file, whole) -> {
            random
                .ints(length)
                .forEach(value -> {
                  int at = Math.min(from + Math.floorMod(value, length), whole.length - 1);
                  whole[at] = (byte) (value >> 8);
                });
            Files.write(file, whole);
          });
    }
  }

  @Test
  void refuses_every_progress_file_in_which_a_bit_has_changed() throws Exception {
    Map<String, Function<String, Output>> outputs =
        Map.of(
            "rows.jsonl", JsonlSink::to,
            "rows.csv.gz", CsvSink::to,
            "rejected.jsonl", JsonlDeadLetters::to);
    for (Map.Entry<String, Function<String, Output>> each : outputs.entrySet()) {
      String sidecar = each.getKey() + ".progress";
      byte[] whole = left.get(sidecar);
      Path file = folder.resolve(sidecar);
      Optional<Progress> right = recovered(each.getValue(), each.getKey());
      assertThat(right.orElseThrow().frontier().of("counting"))
          .isEqualTo(new Position(FIRST, FIRST));
      for (int bit = 0; bit < 8 * whole.length; bit++) {
        byte[] damaged = whole.clone();
        damaged[bit / 8] ^= (byte) (1 << (bit % 8));
        Files.write(file, damaged);
        try {
          recovered(each.getValue(), each.getKey());
          throw new AssertionError("bit " + bit + " of " + sidecar + " is taken");
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("'" + file);
        }
      }
      Files.write(file, whole);
      assertThat(recovered(each.getValue(), each.getKey())).isEqualTo(right);
    }
  }

  private Optional<Progress> recovered(Function<String, Output> make, String name)
      throws IOException {
    try (Output output = make.apply(path(name))) {
      return output.recover();
    }
  }
}
