package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.RecordCounts;
import io.forebay.RecordFunction;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pipelines whose stages run in worker processes. */
@Timeout(300)
class PipelineProcessesTest {
  private final RecordingSink sink = new RecordingSink();
  private final RecordingDeadLetters dead = new RecordingDeadLetters();

  /** Doubles, but takes its process along for every n that is divisible by 5,000. */
  public static final class Deadly
      implements RecordFunction<TestFunctions.N, TestFunctions.Doubled> {
    @Override
    public TestFunctions.Doubled apply(TestFunctions.N in) {
      if (in.n() % 5_000 == 0) {
        Runtime.getRuntime().halt(13);
      }
      return new TestFunctions.Doubled(2 * in.n());
    }
  }

  private PipelineBuilder numbers(long records) {
    return Pipeline.builder("processes")
        .source("numbers", new TestSource(records))
        .forebay(8, 1 << 14)
        .sink("out", sink)
        .deadLetters(dead);
  }

  @Test
  void delivers_every_record_in_order_when_two_stages_run_in_processes() throws Exception {
    PipelineResult result =
        numbers(20_000)
            .stage(Stage.cpu("twice", TestFunctions.Twice.class).workers(2))
            .stage(Stage.cpu("sieve", TestFunctions.Sieve.class).workers(1))
            .stage(Stage.cpu("half", TestFunctions.Half.class).on(Placement.INLINE))
            .build()
            .run();

    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
    assertThat(sink.rows().stream().map(row -> row.values().get("half")).toList())
        .isEqualTo(
            LongStream.rangeClosed(1, 20_000)
                .filter(n -> n % 5 != 0 && n % 7 != 0)
                .<Object>mapToObj(n -> n / 2.0)
                .toList());
    StageSnapshot twice = result.snapshot().stages().getFirst();
    assertThat(twice.recordsIn()).isEqualTo(20_000);
    assertThat(twice.transportShare()).isPositive();
  }

  @Test
  void sends_only_the_guilty_records_to_dead_letter_when_they_kill_their_workers()
      throws Exception {
    PipelineResult result =
        numbers(20_000).stage(Stage.cpu("deadly", Deadly.class).workers(2)).build().run();

    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
    assertThat(result.snapshot().records()).isEqualTo(new RecordCounts(20_000, 19_996, 4, 0, 0, 0));
    assertThat(dead.letters().stream().map(RecordingDeadLetters.DeadLetter::sequence))
        .isEqualTo(List.of(5_000L, 10_000L, 15_000L, 20_000L));
    assertThat(sink.rows().stream().map(row -> row.values().get("doubled")).toList())
        .isEqualTo(
            LongStream.rangeClosed(1, 20_000)
                .filter(n -> n % 5_000 != 0)
                .<Object>mapToObj(n -> 2 * n)
                .toList());
    assertThat(result.snapshot().stages().getFirst().restarts()).isGreaterThanOrEqualTo(4);
  }
}
