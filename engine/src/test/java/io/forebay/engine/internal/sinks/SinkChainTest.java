package io.forebay.engine.internal.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.engine.internal.recovery.ResumePoint;
import io.forebay.errors.RetryableException;
import io.forebay.testkit.Batches;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The decorators of a sink: what it has is left out, what it lost is written again. */
class SinkChainTest {
  private static final Batch ROWS = Batches.of("value", 1, 2, 3, 4);

  private RecordingSink store = new RecordingSink();

  /** Whether the store keeps counts, and whether the answers of commits are lost, or commits. */
  private boolean keepsCounts = true;

  private boolean losesAnswers;
  private boolean losesCommits;

  /** A sink before the store. */
  private final class Client implements Sink {
    @Override
    public Optional<Progress> recover() {
      return store.recover();
    }

    @Override
    public void open(SinkContext context) {
      store.open(context);
    }

    @Override
    public void write(Batch batch) throws IOException {
      store.write(batch);
    }

    @Override
    public void commit(Progress progress) throws IOException {
      if (losesCommits) {
        store = store.afterCrash();
        throw new RetryableException("connection reset");
      }
      Frontier kept =
          keepsCounts ? progress.frontier() : new Frontier(progress.frontier().positions());
      store.commit(new Progress(progress.pipeline(), kept, progress.complete()));
      if (losesAnswers) {
        throw new RetryableException("connection reset");
      }
    }

    @Override
    public boolean effectivelyOnce() {
      return true;
    }

    @Override
    public boolean retryable() {
      return true;
    }

    @Override
    public void close() {}
  }

  private SinkChain chain(Frontier ahead, Set<String> notFor) throws IOException {
    SinkChain chain =
        SinkChain.of(
            "out",
            new Client(),
            Optional.empty(),
            new ResumePoint(Frontier.START, ahead, Optional.empty()),
            notFor,
            () -> 0,
            new SplittableRandom(1));
    chain.sink().open(new SinkContext("p", ROWS.schema(), List.of("s"), false));
    return chain;
  }

  private static Progress progress(long sequence, long deadLettered) {
    Frontier.Counts counts = new Frontier.Counts(sequence, sequence - deadLettered, deadLettered);
    return new Progress(
        "p",
        new Frontier(Map.of("s", new Position(sequence, sequence)), Map.of("s", counts), Map.of()),
        false);
  }

  @Test
  void leaves_out_what_the_sink_has() throws IOException {
    SinkChain chain = chain(new Frontier(Map.of("s", new Position(2, 2))), Set.of());

    chain.sink().write(ROWS);

    assertThat(store.rows()).extracting(RecordingSink.Row::sequence).containsExactly(3L, 4L);
  }

  @Test
  void leaves_out_sources_that_are_not_for_the_sink() throws IOException {
    SinkChain chain = chain(Frontier.START, Set.of("s"));

    chain.sink().write(ROWS);

    assertThat(store.rows()).isEmpty();
  }

  private void loseCommit(SinkChain chain, Progress progress) {
    assertThatThrownBy(() -> chain.sink().commit(progress)).isInstanceOf(RetryableException.class);
    losesAnswers = false;
    losesCommits = false;
  }

  @Test
  void writes_nothing_twice_when_the_answer_to_a_commit_was_lost() throws IOException {
    for (boolean counts : new boolean[] {true, false}) {
      store = new RecordingSink();
      keepsCounts = counts;
      losesAnswers = true;
      SinkChain chain = chain(Frontier.START, Set.of());
      chain.sink().write(ROWS);
      loseCommit(chain, progress(4, 0));

      assertThat(chain.reopened().orElseThrow().reopen()).as("has happened").isTrue();

      assertThat(store.committedRows()).hasSize(4);
    }
  }

  @Test
  void writes_rows_again_when_the_commit_was_lost() throws IOException {
    losesCommits = true;
    SinkChain chain = chain(Frontier.START, Set.of());
    chain.sink().write(ROWS);
    loseCommit(chain, progress(4, 0));

    assertThat(chain.reopened().orElseThrow().reopen()).as("has happened").isFalse();

    assertThat(store.rows()).hasSize(4);
    assertThat(store.committedRows()).isEmpty();
  }

  @Test
  void takes_a_lost_commit_for_none_when_the_store_cannot_tell_it_from_the_one_before()
      throws IOException {
    keepsCounts = false;
    SinkChain chain = chain(Frontier.START, Set.of());
    chain.sink().write(ROWS);
    chain.sink().commit(progress(4, 0));
    chain.sink().write(ROWS); // Of batches that have overtaken others.
    losesCommits = true;
    loseCommit(chain, progress(4, 1));

    assertThat(chain.reopened().orElseThrow().reopen()).as("has happened").isFalse();

    assertThat(store.rows()).hasSize(8);
  }
}
