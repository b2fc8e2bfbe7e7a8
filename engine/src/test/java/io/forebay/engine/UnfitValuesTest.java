package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.AsyncFunction;
import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.StringColumn;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import io.forebay.testkit.ListSource;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that no output could hold as they are: the record is rejected, and says which. */
@Timeout(120)
class UnfitValuesTest {
  private static final Schema TEXT = Schema.of(Field.of("text", ColumnType.STRING));
  private static final String HALF = "cut \ud83d";

  private final RecordingSink sink = new RecordingSink();
  private final RecordingDeadLetters dead = new RecordingDeadLetters();

  /** A text that a function returns: of {@code half} it returns half a character. */
  private static String answer(String text) {
    return text.equals("half") ? HALF : text + " 🌡";
  }

  public record In(String text) {}

  public record Out(String answer) {}

  public static final class OfRecords implements RecordFunction<In, Out> {
    @Override
    public Out apply(In in) {
      return new Out(answer(in.text()));
    }
  }

  public static final class Expands implements RecordExpander<In, Out> {
    @Override
    public void apply(In in, Consumer<? super Out> out) {
      out.accept(new Out(answer(in.text())));
    }
  }

  public static final class Later implements AsyncFunction<In, Out> {
    @Override
    public CompletionStage<Out> apply(In in) {
      return CompletableFuture.completedFuture(new Out(answer(in.text())));
    }
  }

  public static final class OfBatches implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("answer", ColumnType.STRING));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      StringColumn text = in.string("text");
      for (int row = 0; row < in.rows(); row++) {
        out.string("answer").set(row, answer(text.get(row)));
      }
    }
  }

  static Stream<Stage> stages() {
    return Stream.of(
        Stage.cpu("f", OfRecords.class).on(Placement.INLINE),
        Stage.cpu("f", OfRecords.class).on(Placement.THREADS).workers(1),
        Stage.cpu("f", Expands.class).on(Placement.INLINE),
        Stage.cpu("f", OfBatches.class).on(Placement.INLINE),
        Stage.async("f", Later.class),
        Stage.blocking("f", OfRecords.class));
  }

  @ParameterizedTest
  @MethodSource("stages")
  void rejects_the_record_when_a_function_returns_half_a_character(Stage stage) throws Exception {
    run(new ListSource(TEXT).row("a").row("half").row("b"), stage);

    assertThat(values("answer")).containsExactly("a 🌡", "b 🌡");
    assertThat(dead.letters()).hasSize(1);
    assertThat(dead.letters().getFirst().reason())
        .contains(
            "returned no Unicode: the text for the column 'answer' has a surrogate without its")
        .contains("U+D83D, character 5");
  }

  public record Times(long n) {}

  public record Time(java.time.Instant at) {}

  /** A time in nanoseconds where milliseconds are expected, for 2. */
  public static final class WrongUnit implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("at", ColumnType.TIMESTAMP_MS));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        long n = in.int64("n").get(row);
        out.int64("at").set(row, n == 2 ? 1_700_000_000_000_000_000L : n);
      }
    }
  }

  /** The year 20,000, for 2. */
  public static final class FarAway implements RecordFunction<Times, Time> {
    @Override
    public Time apply(Times in) {
      return new Time(java.time.Instant.ofEpochSecond(in.n() == 2 ? 568_971_820_800L : in.n()));
    }
  }

  static Stream<Stage> times() {
    return Stream.of(
        Stage.cpu("f", WrongUnit.class).on(Placement.INLINE),
        Stage.cpu("f", WrongUnit.class).on(Placement.THREADS).workers(1),
        Stage.cpu("f", FarAway.class).on(Placement.INLINE),
        Stage.blocking("f", FarAway.class));
  }

  @ParameterizedTest
  @MethodSource("times")
  void rejects_the_record_when_a_function_returns_a_time_out_of_range(Stage stage)
      throws Exception {
    Schema numbers = Schema.of(Field.of("n", ColumnType.INT64));
    run(new ListSource(numbers).row(1L).row(2L).row(3L), stage);

    assertThat(values("n")).containsExactly(1L, 3L);
    assertThat(dead.letters()).hasSize(1);
    assertThat(dead.letters().getFirst().reason())
        .startsWith("the function returned a time that cannot be stored, at: ")
        .contains("(the years 1 to 9999)");
  }

  @Test
  void rejects_the_record_when_a_source_hands_in_what_cannot_be_stored() throws Exception {
    Schema fields =
        Schema.of(Field.of("text", ColumnType.STRING), Field.of("at", ColumnType.TIMESTAMP_US));
    run(
        new ListSource(fields).row("a", 1L).row(HALF, 2L).row("b", Long.MAX_VALUE).row("c", 3L),
        Stage.cpu("f", OfRecords.class).on(Placement.INLINE));

    assertThat(values("text")).containsExactly("a", "c");
    assertThat(dead.letters())
        .extracting(letter -> letter.reason())
        .satisfiesExactly(
            reason ->
                assertThat(reason).startsWith("the text for the column 'text' has a surrogate"),
            reason -> assertThat(reason).startsWith("at: 9223372036854775807 is out of the range"));
  }

  private void run(ListSource source, Stage stage) throws Exception {
    PipelineResult result =
        Pipeline.builder("unfit")
            .source("texts", source)
            .forebay(4, 1 << 14)
            .stage(stage)
            .sink("out", sink)
            .deadLetters(dead)
            .build()
            .run();
    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
  }

  private List<Object> values(String column) {
    return sink.rows().stream().map(row -> row.values().get(column)).toList();
  }
}
