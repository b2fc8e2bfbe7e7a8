package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A source that is asked to stop is not one that has come to its end. */
class DrainRaceTest {
  private static final int TIMES = 100;

  /** Hands in records for ever, and returns at once when it is asked to stop. */
  private static final class Endless implements Source {
    private final CountDownLatch begun = new CountDownLatch(1);

    @Override
    public Schema schema() {
      return Schema.of(Field.of("value", ColumnType.INT64));
    }

    @Override
    public boolean repeatable() {
      return true;
    }

    @Override
    public void run(SourceContext context) {
      RecordWriter writer = context.partition("");
      try {
        for (long i = 1; ; i++) {
          writer.setLong(0, i);
          writer.append(i, i);
          begun.countDown();
        }
      } catch (InterruptedException asked) {
        // It is over.
      }
    }
  }

  @Test
  void never_calls_a_run_complete_when_it_was_drained() throws Exception {
    for (int time = 0; time < TIMES; time++) {
      Endless source = new Endless();
      RecordingSink sink = new RecordingSink();
      try (Pipeline pipeline =
          Pipeline.builder("race")
              .source("endless", source)
              .forebay(2, 1 << 16)
              .sink("sink", sink)
              .deadLetters(new RecordingDeadLetters())
              .build()) {
        pipeline.start();
        source.begun.await();
        pipeline.drain(Duration.ofSeconds(30));

        assertThat(pipeline.await()).isInstanceOf(PipelineResult.Drained.class);
        assertThat(sink.progress().orElseThrow().complete()).as("time %d", time).isFalse();
      }
    }
  }
}
