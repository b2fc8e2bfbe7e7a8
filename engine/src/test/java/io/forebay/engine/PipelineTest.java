package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.forebay.Position;
import io.forebay.RecordCounts;
import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.DeadLetterReason;
import io.forebay.snapshot.Placement;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(180)
class PipelineTest {
  private final RecordingSink sink = new RecordingSink();
  private final RecordingDeadLetters dead = new RecordingDeadLetters();

  private List<Object> column(String name) {
    return sink.rows().stream().map(row -> row.values().get(name)).toList();
  }

  private static List<Object> range(long from, long to) {
    return LongStream.rangeClosed(from, to).<Object>mapToObj(n -> n).toList();
  }

  private static PipelineResult.Completed completed(PipelineResult result) {
    if (result instanceof PipelineResult.Failed failed) {
      throw new AssertionError(failed.reason(), failed.cause());
    }
    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
    return (PipelineResult.Completed) result;
  }

  @ParameterizedTest
  @EnumSource(names = {"INLINE", "THREADS"})
  void delivers_every_record_in_order_when_a_function_adds_a_column(Placement on) throws Exception {
    TestSource source = new TestSource(20_000);
    Pipeline pipeline =
        Pipeline.builder("doubling")
            .source("numbers", source)
            .forebay(8, 1 << 14)
            .stage(Stage.cpu("double", TestFunctions.Twice.class).on(on).workers(3))
            .sink("out", sink)
            .deadLetters(dead)
            .build();

    var result = completed(pipeline.run());

    assertThat(column("n")).isEqualTo(range(1, 20_000));
    assertThat(column("doubled"))
        .isEqualTo(LongStream.rangeClosed(1, 20_000).<Object>mapToObj(n -> 2 * n).toList());
    assertThat(result.snapshot().records()).isEqualTo(new RecordCounts(20_000, 20_000, 0, 0, 0, 0));
    assertThat(source.acknowledged).containsEntry("", new Position(20_000, 200_000));
    assertThat(source.closed).isTrue();
    assertThat(sink.progress().orElseThrow().complete()).isTrue();
  }

  private PipelineBuilder numbers(TestSource source) {
    return Pipeline.builder("test")
        .source("numbers", source)
        .forebay(6, 1 << 14)
        .sink("out", sink)
        .deadLetters(dead);
  }

  private static Stage.Cpu threads(String name, Class<?> function) {
    return Stage.cpu(name, function).on(Placement.THREADS).workers(2);
  }

  @Test
  void delivers_records_unchanged_when_there_is_no_stage() throws Exception {
    var result = completed(numbers(new TestSource(3_000)).build().run());

    assertThat(column("n")).isEqualTo(range(1, 3_000));
    assertThat(result.snapshot().stages()).isEmpty();
  }

  @Test
  void completes_when_a_source_has_no_records() throws Exception {
    var result =
        completed(
            numbers(new TestSource(0))
                .stage(threads("t", TestFunctions.Twice.class))
                .build()
                .run());

    assertThat(result.snapshot().records()).isEqualTo(new RecordCounts(0, 0, 0, 0, 0, 0));
    assertThat(sink.progress().orElseThrow().complete()).isTrue();
  }

  @Test
  void counts_filtered_and_rejected_records_when_a_function_sieves() throws Exception {
    var result =
        completed(
            numbers(new TestSource(7_000, n -> n % 1_000 == 1))
                .stage(threads("twice", TestFunctions.Twice.class))
                .stage(threads("sieve", TestFunctions.Sieve.class))
                .stage(threads("half", TestFunctions.Half.class))
                .build()
                .run());

    List<Object> expected =
        LongStream.rangeClosed(1, 7_000)
            .filter(n -> n % 1_000 != 1 && n % 5 != 0 && n % 7 != 0)
            .<Object>mapToObj(n -> n)
            .toList();
    long unreadable = 7;
    long filtered =
        LongStream.rangeClosed(1, 7_000).filter(n -> n % 1_000 != 1 && n % 5 == 0).count();
    long rejected = 7_000 - filtered - expected.size();
    assertThat(column("n")).isEqualTo(expected);
    assertThat(column("half"))
        .isEqualTo(expected.stream().map(n -> (Object) ((Long) n / 2.0)).toList());
    assertThat(result.snapshot().records())
        .isEqualTo(new RecordCounts(7_000, expected.size(), rejected, filtered, 0, 0));
    assertThat(dead.letters())
        .hasSize((int) rejected)
        .isSortedAccordingTo((a, b) -> Long.compare(a.sequence(), b.sequence()));
    assertThat(result.snapshot().reasons())
        .extracting(DeadLetterReason::stage, DeadLetterReason::reason, DeadLetterReason::count)
        .containsExactly(
            tuple("sieve", "7 is divisible by 7", rejected - unreadable),
            tuple("", "unreadable", unreadable));
    assertThat(dead.letters().stream().filter(l -> l.stage().isEmpty()))
        .hasSize((int) unreadable)
        .first()
        .satisfies(l -> assertThat(l.content()).isEqualTo("<1>"));
    assertThat(dead.letters().stream().filter(l -> l.stage().equals("sieve")))
        .first()
        .satisfies(l -> {
          assertThat(l.sequence()).isEqualTo(7);
          assertThat(l.reason()).isEqualTo("7 is divisible by 7");
          assertThat(l.content()).isEqualTo(java.util.Map.of("n", 7L, "doubled", 14L));
        });
  }

  @Test
  void rejects_only_the_records_that_make_a_function_throw() throws Exception {
    completed(
        numbers(new TestSource(1_000))
            .stage(threads("fragile", TestFunctions.Fragile.class))
            .build()
            .run());

    assertThat(sink.rows()).hasSize(1_000 - 90);
    assertThat(dead.letters()).hasSize(90);
    assertThat(dead.letters().getFirst().detail())
        .contains("IllegalArgumentException: cannot double 11")
        .contains("TestFunctions$Fragile.apply");
  }

  @Test
  void counts_a_multiplied_record_once_when_some_of_its_parts_are_rejected() throws Exception {
    var result =
        completed(
            numbers(new TestSource(4_000))
                .stage(threads("expand", TestFunctions.Expand.class))
                .stage(threads("reject", TestFunctions.RejectPart.class))
                .build()
                .run());

    // n mod 4 parts; part 1 exists for 2 and 3 and is rejected for multiples of 3.
    long filtered = 1_000;
    long rejected = LongStream.rangeClosed(1, 4_000).filter(n -> n % 3 == 0 && n % 4 >= 2).count();
    assertThat(result.snapshot().records())
        .isEqualTo(new RecordCounts(4_000, 4_000 - filtered - rejected, rejected, filtered, 0, 0));
    assertThat(sink.rows()).hasSize((int) (6_000 - rejected));
    assertThat(dead.letters()).hasSize((int) rejected);
  }

  @Test
  void cuts_batches_when_outputs_do_not_fit_into_a_slot() throws Exception {
    var result =
        completed(
            numbers(new TestSource(2_000))
                .stage(
                    Stage.cpu(
                            "bloat",
                            new io.forebay.workers.api.FunctionSpec(
                                TestFunctions.Bloat.class.getName(),
                                java.util.Map.of("size", "300")))
                        .on(Placement.THREADS)
                        .workers(2)
                        .batch(BatchSize.of(500)))
                .stage(threads("twice", TestFunctions.Twice.class))
                .build()
                .run());

    List<Object> fits =
        LongStream.rangeClosed(1, 2_000)
            .filter(n -> n % 100 != 0)
            .<Object>mapToObj(n -> n)
            .toList();
    assertThat(column("n")).isEqualTo(fits);
    assertThat(column("text").getFirst()).isEqualTo("x".repeat(300) + "1");
    assertThat(dead.letters()).hasSize(20);
    assertThat(dead.letters().getFirst().reason()).contains("slot size");
    assertThat(result.snapshot().records()).isEqualTo(new RecordCounts(2_000, 1_980, 20, 0, 0, 0));
  }

  @Test
  void keeps_order_and_concurrency_when_a_stage_waits() throws Exception {
    TestFunctions.DoubleLater.MOST.set(0);
    completed(
        numbers(new TestSource(2_200))
            .stage(Stage.async("later", TestFunctions.DoubleLater.class).concurrency(50))
            .build()
            .run());

    assertThat(column("doubled"))
        .isEqualTo(
            LongStream.rangeClosed(1, 2_200)
                .filter(n -> n % 11 != 0)
                .<Object>mapToObj(n -> 2 * n)
                .toList());
    assertThat(dead.letters()).hasSize(200);
    assertThat(dead.letters().getFirst().reason()).contains("cannot double 11");
    assertThat(TestFunctions.DoubleLater.MOST.get()).isBetween(10, 50);
  }

  @Test
  void rejects_a_record_when_its_answer_does_not_come_in_time() throws Exception {
    completed(
        numbers(new TestSource(100))
            .stage(
                Stage.async("never", TestFunctions.NeverAnswers.class)
                    .timeout(java.time.Duration.ofMillis(50)))
            .build()
            .run());

    assertThat(sink.rows()).hasSize(99);
    assertThat(dead.letters()).hasSize(1);
    assertThat(dead.letters().getFirst().reason()).contains("no answer within PT0.05S");
  }

  @Test
  void keeps_order_and_the_number_of_threads_when_a_stage_blocks() throws Exception {
    TestFunctions.Blocks.MOST.set(0);
    completed(
        numbers(new TestSource(1_100))
            .stage(Stage.blocking("blocks", TestFunctions.Blocks.class).threads(20))
            .build()
            .run());

    assertThat(column("doubled"))
        .isEqualTo(
            LongStream.rangeClosed(1, 1_100)
                .filter(n -> n % 11 != 0)
                .<Object>mapToObj(n -> 2 * n)
                .toList());
    assertThat(dead.letters()).hasSize(100);
    assertThat(TestFunctions.Blocks.MOST.get()).isBetween(5, 20);
  }

  @Test
  void calls_a_batch_function_batch_by_batch_when_a_blocking_stage_has_one() throws Exception {
    completed(
        numbers(new TestSource(1_000))
            .stage(Stage.blocking("half", TestFunctions.Half.class).threads(4))
            .build()
            .run());

    assertThat(column("half").getLast()).isEqualTo(500.0);
  }

  @Test
  void delivers_every_record_when_order_does_not_matter() throws Exception {
    completed(
        numbers(new TestSource(5_000))
            .stage(threads("twice", TestFunctions.Twice.class).batch(BatchSize.of(10)))
            .ordered(false)
            .build()
            .run());

    assertThat(column("n")).containsExactlyInAnyOrderElementsOf(range(1, 5_000));
    assertThat(sink.progress().orElseThrow().frontier().of("numbers"))
        .isEqualTo(new Position(5_000, 50_000));
  }

  @Test
  void keeps_each_sensor_in_order_when_a_source_has_partitions() throws Exception {
    var result =
        completed(
            Pipeline.builder("sensors")
                .source("hall", new SimulatedSource(4, 12_500, 0, 1))
                .sink("out", sink)
                .build()
                .run());

    assertThat(result.snapshot().records().delivered()).isEqualTo(50_000);
    java.util.Map<String, Long> last = new java.util.HashMap<>();
    for (RecordingSink.Row row : sink.rows()) {
      assertThat(row.sequence()).isEqualTo(last.getOrDefault(row.partition(), 0L) + 1);
      last.put(row.partition(), row.sequence());
    }
    assertThat(last.keySet())
        .containsExactlyInAnyOrder(
            "hall/sensor-0", "hall/sensor-1", "hall/sensor-2", "hall/sensor-3");
  }
}
