package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import io.forebay.testkit.ListSource;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingDeadLetters.DeadLetter;
import io.forebay.testkit.RecordingSink;
import io.forebay.testkit.RecordingSink.Row;
import io.forebay.testkit.Seed;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PythonSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole pipelines whose records kill workers, or whose workers are killed: exactly the poison goes
 * to dead letter, with the reason; everything else is delivered, in order.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class PoisonTest {
  private static final int RECORDS = 10_000;
  private static final long OLD_NANOS = 600_000_000;
  private static final Schema SCHEMA =
      Schema.of(Field.of("id", ColumnType.INT64), Field.of("value", ColumnType.FLOAT64));

  private record Outcome(PipelineResult result, List<Row> rows, List<DeadLetter> letters) {}

  private static FunctionSpec function(String kind) throws IOException, InterruptedException {
    if (kind.startsWith("poison.")) {
      boolean there = false;
      try {
        there = new ProcessBuilder("python3", "-c", "pass").start().waitFor() == 0;
      } catch (IOException e) {
        // There is none.
      }
      assumeTrue(there, "there is no python3");
      var settings =
          new PythonSettings(
              "python3", List.of(Path.of("src/test/python")), Optional.empty(), RowShape.SAME);
      return new FunctionSpec("python:" + kind, Map.of(), settings);
    }
    return FunctionSpec.of(PoisonFunctions.class.getName() + "$" + kind);
  }

  private static Outcome run(
      FunctionSpec function, NavigableSet<Integer> poison, int deed, RecordingSink sink)
      throws InterruptedException {
    ListSource source = new ListSource(SCHEMA);
    for (int i = 0; i < RECORDS; i++) {
      source.row((long) i, poison.contains(i) ? (double) deed : i);
    }
    RecordingDeadLetters letters = new RecordingDeadLetters();
    try (Pipeline pipeline =
        Pipeline.builder("poison")
            .source("list", source)
            .forebay(8, 1 << 16)
            .stage(
                Stage.cpu("twice", function)
                    .on(Placement.PROCESSES)
                    .workers(2)
                    .batch(BatchSize.of(100)))
            .sink("rows", sink)
            .deadLetters(letters)
            .build()) {
      PipelineResult result = pipeline.run();
      return new Outcome(result, sink.committedRows(), letters.committedLetters());
    }
  }

  static Stream<Integer> random(Random random, int count) {
    return random.ints(0, RECORDS).distinct().limit(count).boxed();
  }

  @ParameterizedTest
  @CsvSource({
    "Rows, -1, 5",
    "Vectorized, -1, 1",
    "poison.rows, -1, 5",
    "poison.vectorized@columns, -1, 3",
    "Rows, -2, 100",
    "Vectorized, -2, 100",
    "poison.rows, -2, 100",
    "poison.vectorized@columns, -2, 100"
  })
  void rejects_exactly_the_poison_and_delivers_the_rest_in_order(String kind, int deed, int count)
      throws Exception {
    long seed = Seed.of(1);
    TreeSet<Integer> poison = new TreeSet<>(random(new Random(seed), count).toList());

    Outcome outcome = run(function(kind), poison, deed, new RecordingSink());

    assertThat(outcome.result).isInstanceOf(PipelineResult.Completed.class);
    assertThat(outcome.letters.stream().map(letter -> (int) letter.sequence() - 1))
        .containsExactlyElementsOf(poison);
    assertThat(outcome.letters)
        .allSatisfy(letter ->
            assertThat(letter.reason())
                .containsPattern(
                    deed == -2
                        ? "the value is -2"
                        : "gave up a record that has cost [23] workers, the last of which ended"
                            + " itself with exit code 9"));
    assertRest(outcome, poison);
  }

  /** Two deaths each, of which one is in a fresh worker: two minutes. */
  @Test
  @EnabledIfSystemProperty(named = "forebay.poison", matches = "100")
  void rejects_exactly_the_poison_when_one_record_in_a_hundred_kills() throws Exception {
    rejects_exactly_the_poison_and_delivers_the_rest_in_order("Rows", -1, 100);
  }

  private static void assertRest(Outcome outcome, NavigableSet<Integer> poison) {
    assertThat(outcome.rows.stream().map(row -> row.values().get("id")))
        .containsExactlyElementsOf(
            IntStream.range(0, RECORDS)
                .filter(i -> !poison.contains(i))
                .mapToObj(i -> (Object) (long) i)
                .toList());
    assertThat(outcome.rows)
        .allMatch(row -> row.values().get("twice").equals(2.0 * (long) row.values().get("id")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Slow", "poison.slow"})
  void delivers_everything_in_order_when_workers_are_killed(String kind) throws Exception {
    long seed = Seed.of(1);
    FunctionSpec function = function(kind);
    AtomicBoolean over = new AtomicBoolean();
    long[] kills = {0};
    RecordingSink sink = new RecordingSink();
    Thread killer = Thread.ofPlatform().start(() -> kill(new Random(seed), sink, over, kills));
    Outcome outcome;
    try {
      outcome = run(function, new TreeSet<>(), 0, sink);
    } finally {
      over.set(true);
      killer.join();
    }
    System.out.println(kills[0] + " kills");
    assertThat(outcome.result).isInstanceOf(PipelineResult.Completed.class);
    assertThat(kills[0]).isGreaterThan(1);
    assertThat(outcome.letters).isEmpty();
    assertRest(outcome, new TreeSet<>());
    assertThat(outcome.rows.stream().map(Row::sequence))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, RECORDS).boxed().toList());
  }

  /**
   * Kills a process of this one, which are the workers, some times a second; only those that had
   * time to begin, and no more than two without a row between: a pool whose workers die and finish
   * nothing stops calling them. How old one is counts from when it was seen first, because the
   * kernel tells it to the second only.
   */
  private static void kill(Random random, RecordingSink sink, AtomicBoolean over, long[] kills) {
    Map<ProcessHandle, Long> seen = new HashMap<>();
    int rows = 0;
    int without = 0;
    while (!over.get()) {
      LockSupport.parkNanos(150_000_000L + random.nextInt(200_000_000));
      long now = System.nanoTime();
      List<ProcessHandle> workers =
          ProcessHandle.current()
              .children()
              .filter(worker -> now - seen.computeIfAbsent(worker, w -> now) > OLD_NANOS)
              .toList();
      int before = rows;
      rows = sink.rows().size();
      without = rows == before ? without : 0;
      // Not while the pipeline starts: it would not begin.
      if (rows > 0 && without < 2 && !workers.isEmpty() && !over.get()) {
        workers.get(random.nextInt(workers.size())).destroyForcibly();
        kills[0]++;
        without++;
      }
    }
  }
}
