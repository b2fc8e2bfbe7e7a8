package io.forebay.engine.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.RecordCounts;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.RetryableException;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecoveryTest {
  private static Recovery.Named output(String name, @Nullable Progress progress) {
    RecordingSink sink = new RecordingSink();
    if (progress != null) {
      sink.commit(progress);
    }
    return new Recovery.Named(name, sink);
  }

  private static Progress at(String pipeline, boolean complete, Map<String, Long> sequences) {
    Map<String, Position> positions = new java.util.HashMap<>();
    sequences.forEach((key, n) -> positions.put(key, new Position(n, 10 * n)));
    return new Progress(pipeline, new Frontier(positions), complete);
  }

  private static Recovery decide(Recovery.Named... outputs) {
    return Recovery.of("mine", List.of(outputs), false, false, name -> true);
  }

  /** An output that cannot tell what it has. */
  private record Failing(Exception cause) implements Sink {
    @Override
    public Optional<Progress> recover() throws IOException {
      if (cause instanceof IOException io) {
        throw io;
      }
      throw (RuntimeException) cause;
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public void write(Batch batch) {}

    @Override
    public void commit(Progress progress) {}

    @Override
    public boolean effectivelyOnce() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static AbstractThrowableAssert<?, ?> assertFails(Exception cause) {
    return assertThatThrownBy(() -> decide(new Recovery.Named("db", new Failing(cause))))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void names_fresh_only_where_it_helps_when_an_output_cannot_tell_what_it_has() {
    assertFails(new IOException("password authentication failed"))
        .hasMessage(
            "the output 'db' cannot tell what an earlier run has left (password authentication"
                + " failed): put that right and run again");
    assertFails(new RetryableException("connection refused"))
        .hasMessageEndingWith("put that right and run again");
    assertFails(new IllegalStateException("no position"))
        .hasMessageEndingWith("or start over with --fresh, which replaces what is there");
  }

  @Test
  void starts_silently_when_there_is_nothing() {
    Recovery recovery = decide(output("a", null), output("b", null));

    assertThat(recovery.resume()).isFalse();
    assertThat(recovery.start()).isEqualTo(Frontier.START);
    assertThat(recovery.notices()).isEmpty();
  }

  @Test
  void starts_over_and_says_so_when_every_output_is_complete() {
    Recovery recovery =
        decide(
            output("a", at("mine", true, Map.of("s", 9L))),
            output("b", at("other", true, Map.of("s", 9L))));

    assertThat(recovery.resume()).isFalse();
    assertThat(recovery.start()).isEqualTo(Frontier.START);
    assertThat(recovery.notices()).hasSize(1).first().asString().contains("starting over");
  }

  @Test
  void resumes_at_the_least_frontier_when_outputs_differ() {
    Recovery recovery =
        decide(
            output("a", at("mine", false, Map.of("s", 9L, "t", 4L))),
            output("b", at("mine", true, Map.of("s", 7L, "t", 6L, "u", 1L))));

    assertThat(recovery.resume()).isTrue();
    assertThat(recovery.start().positions())
        .isEqualTo(Map.of("s", new Position(7, 70), "t", new Position(4, 40)));
    assertThat(recovery.ahead())
        .isEqualTo(
            List.of(
                new Frontier(Map.of("s", new Position(9, 90))),
                new Frontier(Map.of("t", new Position(6, 60), "u", new Position(1, 10)))));
  }

  @Test
  void resumes_at_the_start_when_one_output_has_nothing() {
    Recovery recovery = decide(output("a", at("mine", false, Map.of("s", 9L))), output("b", null));

    assertThat(recovery.resume()).isTrue();
    assertThat(recovery.start()).isEqualTo(Frontier.START);
    assertThat(recovery.ahead())
        .isEqualTo(List.of(new Frontier(Map.of("s", new Position(9, 90))), Frontier.START));
  }

  @Test
  void refuses_when_an_output_holds_unfinished_work_of_another_pipeline() {
    assertThatThrownBy(() -> decide(output("a", at("other", false, Map.of("s", 9L)))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'a'")
        .hasMessageContaining("--fresh");
  }

  @Test
  void looks_at_nothing_when_it_is_to_start_fresh() {
    Recovery recovery =
        Recovery.of(
            "mine",
            List.of(output("a", at("other", false, Map.of("s", 9L)))),
            true,
            false,
            name -> true);

    assertThat(recovery.resume()).isFalse();
    assertThat(recovery.start()).isEqualTo(Frontier.START);
  }

  @Test
  void forgets_positions_of_sources_that_cannot_repeat_when_it_resumes() {
    Recovery recovery =
        Recovery.of(
            "mine",
            List.of(output("a", at("mine", false, Map.of("live/x", 9L, "file", 5L)))),
            false,
            false,
            name -> name.equals("file"));

    assertThat(recovery.start().positions()).isEqualTo(Map.of("file", new Position(5, 50)));
    assertThat(recovery.ahead()).isEqualTo(List.of(Frontier.START));
  }

  private static Progress at(
      boolean complete, String partition, long sequence, long delivered, long deadLettered) {
    Frontier frontier =
        new Frontier(
            Map.of(partition, new Position(sequence, sequence)),
            Map.of(partition, new Frontier.Counts(sequence, delivered, deadLettered)),
            Map.of(partition, sequence / 5));
    return new Progress("mine", frontier, complete);
  }

  @Test
  void goes_on_with_the_counts_of_the_output_that_has_least() {
    Recovery recovery =
        decide(output("a", at(false, "s", 9, 6, 3)), output("b", at(false, "s", 7, 5, 0)));

    assertThat(recovery.start().of("s")).isEqualTo(new Position(7, 7));
    assertThat(recovery.earlier()).isEqualTo(new RecordCounts(8, 5, 0, 2, 1, 0));
    assertThat(recovery.ahead().getFirst().countsOf("s")).isEqualTo(new Frontier.Counts(9, 6, 3));
  }

  @Test
  void goes_on_with_the_counts_that_know_of_refused_records_when_both_have_as_many() {
    Recovery recovery =
        decide(
            output("a", at(false, "s", 9, 9, 0)),
            output("b", at(false, "s", 9, 6, 3)),
            output("c", at(false, "s", 9, 7, 2)));

    assertThat(recovery.earlier()).isEqualTo(new RecordCounts(10, 6, 3, 0, 1, 0));
  }

  @Test
  void goes_on_with_the_counts_of_sources_that_cannot_repeat() {
    Recovery recovery =
        Recovery.of(
            "mine", List.of(output("a", at(false, "live", 7, 7, 0))), false, false, name -> false);

    assertThat(recovery.start().of("live")).isEqualTo(Position.START);
    assertThat(recovery.earlier()).isEqualTo(new RecordCounts(8, 7, 0, 0, 1, 0));
  }

  @Test
  void counts_only_its_own_records_when_an_output_does_not_know_what_went_before() {
    Recovery recovery = decide(output("a", at(false, "s", 7, 7, 0)), output("b", null));

    assertThat(recovery.start()).isEqualTo(Frontier.START);
    assertThat(recovery.earlier()).isEqualTo(RecordCounts.NONE);
  }

  @Test
  void leaves_the_counts_of_a_finished_run_as_they_are_when_it_adds_to_it() {
    Recovery recovery =
        Recovery.of(
            "mine", List.of(output("a", at(true, "file", 9, 8, 1))), false, true, name -> true);

    assertThat(recovery.adds()).isTrue();
    assertThat(recovery.earlier()).isEqualTo(RecordCounts.NONE);
    assertThat(recovery.start().countsOf("file")).isEqualTo(new Frontier.Counts(9, 8, 1));
  }

  @Test
  void keeps_what_is_known_of_other_sources_when_it_adds_to_a_finished_run() {
    Recovery recovery =
        Recovery.of(
            "mine",
            List.of(
                output("a", at("mine", true, Map.of("file", 9L, "replay", 3L))),
                output("new", null)),
            false,
            true,
            name -> name.equals("replay"));

    assertThat(recovery.resume()).isTrue();
    assertThat(recovery.start().positions()).isEmpty();
    assertThat(recovery.ahead().getFirst().positions()).containsOnlyKeys("file", "replay");
    assertThat(recovery.keeps().getFirst().map(Progress::complete)).contains(true);
    assertThat(recovery.keeps().getLast()).isEmpty();
  }
}
