package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.RecordCounts;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineBuilder;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.functions.Filter;
import io.forebay.functions.LectureFeatures;
import io.forebay.functions.LectureFeaturesPerRecord;
import io.forebay.functions.UnitConversion;
import io.forebay.snapshot.Placement;
import io.forebay.testkit.Batches;
import io.forebay.testkit.FunctionResult;
import io.forebay.testkit.ListSource;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingDeadLetters.DeadLetter;
import io.forebay.testkit.RecordingSink;
import io.forebay.testkit.RecordingSink.Row;
import io.forebay.testkit.Seed;
import io.forebay.workers.api.FunctionSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where a function runs and in which batches changes nothing: every function gives the same rows
 * and the same dead letters, bit for bit, inline, on threads and in processes, at every batch size.
 */
class DifferentialTest {
  private static final long SEED = Seed.of(20_251_125);
  private static final int RECORDS = 1_000;

  private static final Schema SCHEMA =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("count", ColumnType.INT32),
          Field.of("good", ColumnType.BOOL),
          Field.nullable("wave", ColumnType.FLOAT64_LIST),
          Field.nullable("raw", ColumnType.BINARY));

  /** What a run left. */
  private record Outcome(List<Row> rows, List<DeadLetter> letters, RecordCounts counts) {}

  private static ListSource source() {
    SplittableRandom random = new SplittableRandom(SEED);
    ListSource source = new ListSource(SCHEMA);
    for (int i = 0; i < RECORDS; i++) {
      @Nullable Object[] values = {
        "sensor-" + random.nextInt(6),
        1_700_000_000_000L + i,
        switch (random.nextInt(10)) {
          case 0 -> null;
          case 1 -> -0.0;
          case 2 -> Double.NaN;
          case 3 -> 1e300;
          default -> random.nextInt(-4000, 12000) / 100.0;
        },
        random.nextInt(4) == 0 ? null : random.nextInt(),
        random.nextBoolean(),
        random.nextInt(4) == 0 ? null : random.doubles(random.nextInt(5)).toArray(),
        random.nextInt(4) == 0 ? null : new byte[random.nextInt(9)]
      };
      switch (random.nextInt(20)) {
        case 0 -> source.unreadable("line " + i + " is not JSON", "{oops " + i);
        case 1, 2, 3 -> source.rowWithExtras("\"i\":" + i, values);
        default -> source.row(values);
      }
    }
    return source;
  }

  private static Outcome run(Placement on, BatchSize batch, FunctionSpec... functions)
      throws InterruptedException {
    RecordingSink sink = new RecordingSink();
    RecordingDeadLetters letters = new RecordingDeadLetters();
    PipelineBuilder builder =
        Pipeline.builder("differential")
            .source("list", source())
            .forebay(8, 1 << 20)
            .sink("rows", sink)
            .deadLetters(letters);
    for (FunctionSpec function : functions) {
      String name = function.reference().replaceAll(".*[.$]", "");
      builder.stage(Stage.cpu(name, function).on(on).workers(2).batch(batch));
    }
    try (Pipeline pipeline = builder.build()) {
      PipelineResult result = pipeline.run();
      assertThat(result).isInstanceOf(PipelineResult.Completed.class);
      RecordCounts counts = result.snapshot().records();
      assertThat(counts.inFlight()).isZero();
      assertThat(counts.read())
          .isEqualTo(
              counts.delivered() + counts.deadLettered() + counts.filtered() + counts.dropped());
      assertThat(sink.committedRows()).isEqualTo(sink.rows());
      return new Outcome(sink.rows(), letters.committedLetters(), counts);
    }
  }

  static Stream<FunctionSpec> functions() {
    return Stream.concat(
        Stream.of(
                LectureFeatures.class,
                LectureFeaturesPerRecord.class,
                DifferentialFunctions.Filter.class,
                DifferentialFunctions.Expander.class,
                DifferentialFunctions.RecordExpansion.class,
                DifferentialFunctions.EveryType.class,
                DifferentialFunctions.EveryComponent.class,
                DifferentialFunctions.Throws.class,
                DifferentialFunctions.ThrowsPerRecord.class)
            .map(type -> FunctionSpec.of(type.getName())),
        Stream.of(
            new FunctionSpec(
                DifferentialFunctions.RejectsAndReplaces.class.getName(),
                Map.of("limit", "77.5"))));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void gives_the_same_rows_and_dead_letters_wherever_it_runs(FunctionSpec function)
      throws Exception {
    assertSameEverywhere(function);
  }

  @Test
  void gives_the_same_rows_and_dead_letters_when_stages_follow_each_other() throws Exception {
    assertSameEverywhere(
        functions()
            .filter(f ->
                f.reference()
                    .matches(".*(RejectsAndReplaces|Expander|EveryType|LectureFeaturesPerRecord)"))
            .toArray(FunctionSpec[]::new));
  }

  @Test
  void gives_the_same_when_functions_that_are_ready_follow_each_other() throws Exception {
    assertSameEverywhere(
        new FunctionSpec(
            UnitConversion.class.getName(),
            Map.of("from", "Cel", "to", "[degF]", "as", "fahrenheit")),
        new FunctionSpec(
            Filter.class.getName(),
            Map.of("where", "fahrenheit between 32 and 200 and (count > 0 or good = true)")));
  }

  private static void assertSameEverywhere(FunctionSpec... functions) throws InterruptedException {
    Outcome expected = run(Placement.INLINE, BatchSize.of(1), functions);
    assertThat(expected.counts().read()).isEqualTo(RECORDS);
    for (Placement on : Placement.values()) {
      for (BatchSize size : sizes(on, functions.length)) {
        Outcome actual = run(on, size, functions);
        String where = "%s, %s, %s, seed %d".formatted(Arrays.toString(functions), on, size, SEED);
        assertSame(expected.rows(), actual.rows(), "rows, " + where);
        assertSame(expected.letters(), actual.letters(), "dead letters, " + where);
        assertThat(actual.counts()).as(where).isEqualTo(expected.counts());
      }
    }
  }

  /** Processes take long to start: two sizes are enough there, and one for many of them. */
  private static List<BatchSize> sizes(Placement on, int stages) {
    return on == Placement.PROCESSES
        ? stages > 1 ? List.of(BatchSize.of(7)) : List.of(BatchSize.of(7), BatchSize.auto())
        : List.of(BatchSize.of(1), BatchSize.of(7), BatchSize.of(1000), BatchSize.auto());
  }

  private static void assertSame(List<?> expected, List<?> actual, String what) {
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      assertThat((Object) actual.get(i)).as("%s, number %d", what, i).isEqualTo(expected.get(i));
    }
    assertThat(actual).as(what).hasSameSizeAs(expected);
  }

  /** The engine agrees with a plain call of the function, without any engine. */
  @Test
  void gives_what_a_plain_call_gives() throws Exception {
    for (BatchFunction function :
        List.of(
            new LectureFeatures(),
            new DifferentialFunctions.Filter(),
            new DifferentialFunctions.Expander(),
            new DifferentialFunctions.EveryType(),
            new DifferentialFunctions.RejectsAndReplaces(Map.of()))) {
      Outcome passed = run(Placement.INLINE, BatchSize.auto(), new FunctionSpec[0]);
      Schema schema = SCHEMA;
      List<List<@Nullable Object>> rows = new ArrayList<>();
      for (Row row : passed.rows()) {
        rows.add(
            Arrays.asList(schema.fields().stream().map(f -> row.values().get(f.name())).toArray()));
      }
      Batch batch = Batches.of(schema, rows);
      FunctionResult plain = Batches.apply(function, batch);

      Outcome actual =
          run(Placement.INLINE, BatchSize.of(100), FunctionSpec.of(function.getClass().getName()));

      List<Map<String, @Nullable Object>> withoutExtras =
          actual.rows().stream()
              .map(row -> {
                Map<String, @Nullable Object> values = new java.util.LinkedHashMap<>(row.values());
                values.remove("forebay:extras");
                return values;
              })
              .toList();
      assertSame(plain.rows(), withoutExtras, function.getClass().getName());
    }
  }
}
