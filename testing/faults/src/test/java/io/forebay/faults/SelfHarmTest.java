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
import io.forebay.testkit.RecordingSink;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PythonSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole pipelines in which one record makes the function harm its own worker: all others are
 * delivered, and that one is in dead letter, or delivered where it has harmed nobody. Several kinds
 * run at a time, for most of them wait most of the time.
 */
@Timeout(300)
@EnabledOnOs(OS.LINUX)
final class SelfHarmTest {
  private static final int RECORDS = 200;
  private static final int GUILTY = 87;
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int AT_A_TIME = 2;
  private static final Schema SCHEMA =
      Schema.of(Field.of("id", ColumnType.INT64), Field.of("value", ColumnType.FLOAT64));

  private static final List<String> JAVA =
      List.of(
          "close_all",
          "dup_over_all",
          "garbage_everywhere",
          "interrupt_itself",
          "interrupt_everybody",
          "interrupt_for_ever",
          "exit",
          "exit_with_a_hook",
          "end_near_limit",
          "kill_its_group",
          "hang_up_its_group",
          "kill_itself",
          "no_more_files",
          "no_more_memory",
          "no_more_time",
          "change_global_state",
          "close_streams",
          "uncaught",
          "late_death",
          "spinning_threads",
          "thread_bomb",
          "deadlock",
          "deep_recursion",
          "crash",
          "scribble",
          "unmap_everything",
          "leak_at_once",
          "leak_outside_the_heap",
          "open_files",
          "print_for_ever");

  private static final List<String> PYTHON =
      List.of(
          "close_all",
          "close_really_all",
          "garbage_everywhere",
          "dup_over_all",
          "replace_builtins",
          "replace_modules",
          "replace_forebay",
          "reach_for_the_worker",
          "stop_itself",
          "kill_itself",
          "kill_its_group",
          "hang_up_its_group",
          "no_more_files",
          "no_more_memory",
          "no_more_time",
          "fork_and_return",
          "fork_bomb",
          "spinning_threads",
          "thread_bomb",
          "late_death",
          "late_stop",
          "low_recursion",
          "deep_recursion",
          "trace",
          "change_global_state",
          "remove_folder",
          "end_quietly",
          "end_near_limit",
          "unmap_everything",
          "crash",
          "print_for_ever",
          "deadlock",
          "raise_exit",
          "leak_at_once");

  /** Those that others stand for, unless {@code -Dforebay.harm=} asks for them. */
  private static final Set<String> SAME =
      Set.of(
          "Rows exit",
          "Columns kill_itself",
          "Rows deep_recursion",
          "Columns leak_outside_the_heap",
          "Columns change_global_state",
          "Columns no_more_memory",
          "python close_all",
          "python dup_over_all",
          "python replace_modules",
          "python kill_itself",
          "python hang_up_its_group",
          "python no_more_files",
          "python no_more_time",
          "python unmap_everything",
          "python low_recursion",
          "python trace",
          "python deep_recursion",
          "python end_quietly",
          "python print_for_ever",
          "python deadlock",
          "python crash",
          "python raise_exit");

  /** What takes long, or takes so much of the machine that others beside it suffer; as above. */
  private static final Set<String> HEAVY =
      Set.of(
          "exit_with_a_hook",
          "open_files",
          "print_for_ever",
          "deadlock",
          "fork_bomb",
          "thread_bomb",
          "spinning_threads",
          "late_death",
          "late_stop");

  private record Outcome(
      PipelineResult result, List<Long> delivered, List<Long> dead, String why, Duration took) {}

  /** Made anew when the class is tried again. */
  private static ExecutorService runs = newRuns();

  private static final Map<String, Future<Outcome>> OUTCOMES = new ConcurrentHashMap<>();

  private static ExecutorService newRuns() {
    return Executors.newFixedThreadPool(AT_A_TIME, Thread.ofPlatform().daemon().factory());
  }

  @AfterAll
  static void end() {
    runs.shutdownNow();
    runs = newRuns();
  }

  static Stream<String> kinds() {
    String only = System.getProperty("forebay.harm", "");
    List<String> kinds = new ArrayList<>();
    for (int i = 0; i < JAVA.size(); i++) {
      if (!only.isEmpty() || i % 2 == 0) {
        kinds.add("Rows " + JAVA.get(i));
      }
      if (!only.isEmpty() || i % 2 == 1) {
        kinds.add("Columns " + JAVA.get(i));
      }
    }
    if (hasPython()) {
      PYTHON.forEach(kind -> kinds.add("python " + kind));
    }
    kinds.removeIf(kind ->
        only.isEmpty()
            ? SAME.contains(kind) || HEAVY.contains(kind.substring(kind.indexOf(' ') + 1))
            : !kind.contains(only));
    Logger.getLogger("io.forebay.workers").setLevel(Level.OFF); // Some print without end.
    kinds.forEach(kind -> OUTCOMES.put(kind, runs.submit(() -> run(kind))));
    return kinds.stream();
  }

  private static boolean hasPython() {
    try {
      return new ProcessBuilder("python3", "-c", "pass").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Outcome run(String name) throws InterruptedException {
    String[] words = name.split(" ", -1);
    return run(function(words[0], "each", words[1]), RECORDS, GUILTY, 20);
  }

  private static FunctionSpec function(String where, String python, String kind) {
    Map<String, String> parameters = Map.of("kind", kind);
    return where.equals("python")
        ? new FunctionSpec(
            "python:harm." + python,
            parameters,
            new PythonSettings(
                "python3",
                List.of(Path.of("src/test/python")),
                Optional.of(Schema.of(Field.of("twice", ColumnType.FLOAT64))),
                RowShape.SAME))
        : new FunctionSpec(HarmFunctions.class.getName() + "$" + where, parameters);
  }

  private static Outcome run(FunctionSpec function, int records, int guilty, int batch)
      throws InterruptedException {
    Duration timeout = Duration.ofSeconds(guilty < 0 ? 20 : 2);
    ListSource source = new ListSource(SCHEMA);
    for (int i = 0; i < records; i++) {
      source.row((long) i, i == guilty ? -1.0 : i);
    }
    RecordingSink sink = new RecordingSink();
    RecordingDeadLetters letters = new RecordingDeadLetters();
    long began = System.nanoTime();
    try (Pipeline pipeline =
        Pipeline.builder("harm")
            .source("list", source)
            .forebay(6, 1 << 16)
            .stage(
                Stage.cpu("twice", function)
                    .on(Placement.PROCESSES)
                    .workers(1)
                    .timeout(timeout)
                    .memory(96 << 20)
                    .batch(BatchSize.of(batch)))
            .sink("rows", sink)
            .deadLetters(letters)
            .build()) {
      PipelineResult result = pipeline.run();
      return new Outcome(
          result,
          sink.committedRows().stream().map(row -> (Long) row.values().get("id")).toList(),
          letters.committedLetters().stream().map(letter -> letter.sequence() - 1).toList(),
          letters.committedLetters().stream().map(Object::toString).toList().toString(),
          Duration.ofNanos(System.nanoTime() - began));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void delivers_all_others_when_a_record_makes_the_function_harm_its_worker(String kind)
      throws Exception {
    Outcome outcome;
    try {
      outcome = OUTCOMES.get(kind).get();
    } catch (ExecutionException e) {
      throw new AssertionError(kind, e.getCause());
    }
    System.out.printf(
        "%s: %.1f s, %s%n",
        kind, outcome.took.toMillis() / 1e3, outcome.dead.isEmpty() ? "delivered" : outcome.why);
    assertThat(outcome.result).as(outcome.why).isInstanceOf(PipelineResult.Completed.class);
    assertThat(outcome.dead).as(outcome.why).isSubsetOf((long) GUILTY);
    List<Long> others = LongStream.range(0, RECORDS).filter(id -> id != GUILTY).boxed().toList();
    List<Long> all = IntStream.range(0, RECORDS).mapToObj(id -> (long) id).toList();
    assertThat(outcome.delivered).isEqualTo(outcome.dead.isEmpty() ? all : others);
    assertThat(outcome.took).isLessThan(LONGEST);
  }

  /**
   * Nobody is guilty where all records take a little: nobody pays, whatever the size of a batch.
   */
  @ParameterizedTest
  @CsvSource({
    "Leaking, memory, 20",
    "Leaking, memory, 1",
    "Leaking, direct, 20",
    "Leaking, threads, 20",
    "Leaking, files, 20",
    "python, memory, 20",
    "python, memory, 1",
    "python, threads, 20",
    "python, files, 20"
  })
  void delivers_everything_when_the_function_leaks(String where, String what, int batch)
      throws Exception {
    assumeTrue(!where.equals("python") || hasPython());
    boolean isShort = what.equals("memory") || (what.equals("files") && where.equals("Leaking"));
    assumeTrue(
        isShort || !System.getProperty("forebay.harm", "").isEmpty(),
        "takes long: only with -Dforebay.harm=");
    assertAllDelivered(run(function(where, "leaking", what), 40, -1, batch), 40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"spawn", "forkserver", "fork"})
  void delivers_everything_when_the_function_has_a_pool_of_processes(String how) throws Exception {
    assumeTrue(hasPython());
    Outcome outcome = run(function("python", "pooled", how), 8, -1, 4);
    assertAllDelivered(outcome, 8);
  }

  private static void assertAllDelivered(Outcome outcome, int records) {
    System.out.printf("%.1f s%n", outcome.took.toMillis() / 1e3);
    assertThat(outcome.dead).as(outcome.why).isEmpty();
    assertThat(outcome.result).isInstanceOf(PipelineResult.Completed.class);
    assertThat(outcome.delivered).isEqualTo(LongStream.range(0, records).boxed().toList());
  }
}
