package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.RecordCounts;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.RejectionLimit;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A run that rejects more than it may: it ends, and what it has not committed comes again. */
class RejectionLimitTest {
  private final RecordingSink sink = new RecordingSink();
  private final RecordingDeadLetters dead = new RecordingDeadLetters();

  /** Sieve filters each fifth and rejects each seventh of the rest. */
  private PipelineResult run(long records, LongPredicate unreadable, RejectionLimit limit)
      throws Exception {
    try (Pipeline pipeline =
        Pipeline.builder("test")
            .source("numbers", new TestSource(records, unreadable))
            .forebay(8, 1 << 13)
            .stage(Stage.cpu("sieve", TestFunctions.Sieve.class).on(Placement.THREADS))
            .sink("out", sink)
            .deadLetters(dead)
            .maxRejected(limit)
            .build()
            .start()) {
      return pipeline.await();
    }
  }

  private static String reason(PipelineResult result) {
    assertThat(result).isInstanceOf(PipelineResult.Failed.class);
    return ((PipelineResult.Failed) result).reason();
  }

  @Test
  void fails_when_one_more_is_rejected_than_may_be() throws Exception {
    String reason = reason(run(50_000, n -> false, new RejectionLimit.Records(20)));

    assertThat(reason)
        .contains(" records were rejected, and maxRejected allows 20, ")
        .contains(" by 'sieve': 7 is divisible by 7: ")
        .endsWith("or allow more with maxRejected (none: any number), and run again");
  }

  @Test
  void goes_on_where_it_was_committed_when_more_may_be_rejected() throws Exception {
    var _ = reason(run(20_000, n -> false, new RejectionLimit.Records(100)));

    assertThat(run(20_000, n -> false, new RejectionLimit.Unlimited()))
        .isInstanceOf(PipelineResult.Completed.class);
    assertThat(sink.rows().stream().map(row -> (Long) row.values().get("n")).toList())
        .isEqualTo(
            LongStream.rangeClosed(1, 20_000)
                .filter(n -> n % 5 != 0 && n % 7 != 0)
                .boxed()
                .toList());
  }

  @Test
  void completes_when_just_so_many_are_rejected() throws Exception {
    PipelineResult result = run(700, n -> false, new RejectionLimit.Records(80));

    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
    assertThat(result.snapshot().records()).isEqualTo(new RecordCounts(700, 480, 80, 140, 0, 0));
    assertThat(reason(run(700, n -> false, new RejectionLimit.Records(79)))).contains("80 of 700");
  }

  @Test
  void looks_at_the_share_of_few_records_at_the_end_only() throws Exception {
    assertThat(run(700, n -> false, new RejectionLimit.Share(0.12)))
        .isInstanceOf(PipelineResult.Completed.class);
    assertThat(reason(run(700, n -> false, new RejectionLimit.Share(0.11))))
        .contains("80 of 700 records were rejected, and maxRejected allows 11%");
  }

  @Test
  void fails_when_every_one_of_the_first_is_rejected_however() throws Exception {
    assertThat(reason(run(50_000, n -> true, new RejectionLimit.FirstInRow(1_000))))
        .startsWith("every one of the first ")
        .contains(" because of: unreadable");
    assertThat(run(50_000, n -> n != 3 && n < 40_000, new RejectionLimit.FirstInRow(1_000)))
        .isInstanceOf(PipelineResult.Completed.class);
    assertThat(run(900, n -> true, new RejectionLimit.FirstInRow(1_000)))
        .isInstanceOf(PipelineResult.Completed.class);
  }

  @Test
  void counts_what_sources_could_not_read_too() throws Exception {
    assertThat(reason(run(50_000, n -> n % 7 == 0, new RejectionLimit.Records(0))))
        .contains("because of: unreadable");
  }
}
