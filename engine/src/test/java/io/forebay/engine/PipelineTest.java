package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Placement;
import io.forebay.Position;
import io.forebay.RecordCounts;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
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
}
