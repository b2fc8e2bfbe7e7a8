package io.forebay.engine.internal.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineBuilder;
import io.forebay.engine.TestSource;
import io.forebay.testkit.RecordingSink;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of records in flight when a run has ended. */
class UndeliveredRecordsTest {
  private record Kind(boolean repeatable, boolean redelivers) implements Source {
    @Override
    public Schema schema() {
      return TestSource.SCHEMA;
    }

    @Override
    public void run(SourceContext context) {}

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "file | the same command reads them again",
        "mqtt | whoever sent them was not told that they are safe, and has to send them again",
        "tcp | they are lost, because 'tcp' cannot be read again; a spool at the source would keep"
            + " them",
        "file tcp udp | the same command reads those of 'file' again, those of 'tcp', 'udp' are"
            + " lost, because 'tcp', 'udp' cannot be read again; a spool at the source would keep"
            + " them",
        "mqtt file | the same command reads those of 'file' again, whoever sent those of 'mqtt' was"
            + " not told that they are safe, and has to send them again"
      })
  void says_for_each_source_whether_it_can_repeat_them(String sources, String sentence) {
    PipelineBuilder builder = Pipeline.builder("p").sink("out", new RecordingSink());
    for (String name : sources.split(" ", -1)) {
      builder.source(name, new Kind(name.equals("file"), name.equals("mqtt")));
    }
    assertThat(builder.build().leftovers()).isEqualTo(sentence);
  }
}
