package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.RecordCounts;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.api.PipelineResult;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.ListSource;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Records that one of several sinks gets, or that several refuse. */
class OneSinkTest {
  private static final Schema SCHEMA = Schema.of(Field.of("n", ColumnType.INT64));

  private final RecordingDeadLetters dead = new RecordingDeadLetters();
  private final RecordingSink one = new RecordingSink();
  private final RecordingSink other = new RecordingSink();

  private static ListSource numbers(long from, long to) {
    ListSource source = new ListSource(SCHEMA);
    LongStream.rangeClosed(from, to).forEach(n -> source.row(n));
    return source;
  }

  private static List<Object> taken(RecordingSink sink) {
    return sink.committedRows().stream().map(row -> row.values().get("n")).sorted().toList();
  }

  private static List<Object> range(long from, long to) {
    return LongStream.rangeClosed(from, to).<Object>mapToObj(n -> n).toList();
  }

  private FlakySink refusing(RecordingSink store, LongPredicate rows) {
    FlakySink sink = new FlakySink(store, () -> false);
    sink.refuse(rows, false);
    return sink;
  }

  @Test
  void gives_records_to_the_sink_that_their_source_names_and_others_to_all() throws Exception {
    try (Pipeline pipeline =
        Pipeline.builder("one")
            .source("all", numbers(1, 500))
            .source("some", numbers(501, 1_000), "one")
            .sink("one", one)
            .sink("other", other)
            .build()
            .start()) {
      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Completed.class);
      assertThat(pipeline.snapshot().records())
          .isEqualTo(new RecordCounts(1_000, 1_000, 0, 0, 0, 0));
    }
    assertThat(taken(one)).isEqualTo(range(1, 1_000));
    assertThat(taken(other)).isEqualTo(range(1, 500));
  }

  @Test
  void refuses_a_source_for_a_sink_that_is_not_there() {
    PipelineBuilder builder =
        Pipeline.builder("one").source("some", numbers(1, 1), "db").sink("one", one);
    assertThatThrownBy(builder::build)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "the records of 'some' are for the sink 'db', and there is no such sink: name one of"
                + " one");
  }

  @Test
  void writes_a_letter_for_each_sink_and_counts_the_record_once_when_two_stores_refuse_it()
      throws Exception {
    try (Pipeline pipeline =
        Pipeline.builder("two")
            .source("all", numbers(1, 600))
            .sink("one", refusing(one, n -> n % 2 == 0))
            .sink("other", refusing(other, n -> n % 3 == 0))
            .deadLetters(dead)
            .build()
            .start()) {
      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Completed.class);
      assertThat(pipeline.snapshot().records()).isEqualTo(new RecordCounts(600, 200, 400, 0, 0, 0));
    }
    assertThat(refusedBy("one")).isEqualTo(numbersWith(n -> n % 2 == 0));
    assertThat(refusedBy("other")).isEqualTo(numbersWith(n -> n % 3 == 0));
    assertThat(taken(one)).isEqualTo(numbersWith(n -> n % 2 != 0));
    assertThat(taken(other)).isEqualTo(numbersWith(n -> n % 3 != 0));
  }

  private List<Object> refusedBy(String sink) {
    return dead.committedLetters().stream()
        .filter(letter -> letter.stage().equals(sink))
        .<Object>map(letter -> letter.sequence())
        .toList();
  }

  private static List<Object> numbersWith(LongPredicate wanted) {
    return LongStream.rangeClosed(1, 600).filter(wanted).<Object>mapToObj(n -> n).toList();
  }
}
