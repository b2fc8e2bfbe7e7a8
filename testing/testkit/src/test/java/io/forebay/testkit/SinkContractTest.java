package io.forebay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.DeadLetters;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.errors.RetryableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SinkContractTest {
  @Test
  void recording_sink_keeps_the_contract() throws Exception {
    SinkContract.check(() ->
        new Place<Sink>() {
          private RecordingSink current = new RecordingSink();

          @Override
          public Sink output() {
            current = current.afterCrash();
            return current;
          }

          @Override
          public Object contents() {
            return current.committedRows();
          }
        });
  }

  @Test
  void recording_dead_letters_keep_the_contract() throws Exception {
    DeadLettersContract.check(() ->
        new Place<DeadLetters>() {
          private RecordingDeadLetters current = new RecordingDeadLetters();

          @Override
          public DeadLetters output() {
            current = current.afterCrash();
            return current;
          }

          @Override
          public Object contents() {
            return current.committedLetters();
          }
        });
  }

  /** Mistakes that sinks make. */
  enum Mistake {
    KEEPS_WHAT_WAS_NOT_COMMITTED,
    LOSES_THE_LAST_BATCH,
    FORGETS_PROGRESS,
    REMEMBERS_PROGRESS_TOO_EARLY,
    FORGETS_THAT_IT_IS_COMPLETE,
    DOES_NOT_START_OVER,
    CUTS_OFF_IN_RECOVER,
    KEEPS_PROGRESS_WHEN_STARTING_OVER,
    CUTS_OFFSETS,
    COMMITS_IN_CLOSE
  }

  @ParameterizedTest
  @EnumSource
  void finds_the_mistake(Mistake mistake) {
    assertThatThrownBy(() -> SinkContract.check(() -> new Disk(Set.of(mistake))))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void passes_without_mistakes() throws Exception {
    SinkContract.check(() -> new Disk(Set.of()));
  }

  /** Mistakes that sinks make when their store was away. */
  enum OutageMistake {
    SAYS_NOTHING,
    KEEPS_WHAT_WAS_WRITTEN_BEFORE,
    FORGETS_WHAT_WAS_COMMITTED,
    CANNOT_BE_OPENED_AGAIN,
    FAILS_FOR_GOOD
  }

  @ParameterizedTest
  @EnumSource
  void finds_the_mistake_when_the_store_was_away(OutageMistake mistake) {
    assertThatThrownBy(() -> SinkContract.checkRetryable(() -> new Store(Set.of(mistake))))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void passes_without_mistakes_when_the_store_was_away() throws Exception {
    SinkContract.checkRetryable(() -> new Store(Set.of()));
    SinkContract.check(() -> new Store(Set.of()));
  }

  @Test
  void only_committed_rows_survive_when_a_recording_sink_crashes() {
    RecordingSink sink = new RecordingSink();
    Batch batch = Batches.of("value", 1, 2);
    Progress progress =
        new Progress("p", new Frontier(Map.of("source", new Position(2, 20))), false);
    SinkContext context = new SinkContext("p", batch.schema(), List.of("source"), false);
    sink.open(context);
    write(sink, batch);
    sink.commit(progress);
    write(sink, batch);

    RecordingSink after = sink.afterCrash();

    assertThat(sink.rows()).hasSize(4);
    assertThat(after.recover()).contains(progress);
    assertThat(after.rows())
        .containsExactly(
            new RecordingSink.Row("source", 1, Map.of("value", 1.0)),
            new RecordingSink.Row("source", 2, Map.of("value", 2.0)));
  }

  private static void write(RecordingSink sink, Batch batch) {
    try {
      sink.write(batch);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Memory that survives its sinks: all rows that were written, and the last progress. */
  private static final class Disk implements Place<Sink> {
    private final Set<Mistake> mistakes;
    private final List<Object> data = new ArrayList<>();
    private int committed;
    private Optional<Progress> progress = Optional.empty();

    Disk(Set<Mistake> mistakes) {
      this.mistakes = mistakes;
    }

    @Override
    public Object contents() {
      return List.copyOf(data);
    }

    @Override
    public Sink output() {
      return new DiskSink();
    }

    private final class DiskSink implements Sink {
      private int writes;

      private void cutOff() {
        data.subList(Math.min(committed, data.size()), data.size()).clear();
      }

      @Override
      public Optional<Progress> recover() {
        if (mistakes.contains(Mistake.CUTS_OFF_IN_RECOVER)) {
          cutOff();
        }
        return mistakes.contains(Mistake.FORGETS_PROGRESS) ? Optional.empty() : progress;
      }

      @Override
      public void open(SinkContext context) {
        boolean startOver = !context.resume() && !mistakes.contains(Mistake.DOES_NOT_START_OVER);
        if (startOver) {
          committed = 0;
          if (!mistakes.contains(Mistake.KEEPS_PROGRESS_WHEN_STARTING_OVER)) {
            progress = Optional.empty();
          }
        }
        if (!mistakes.contains(Mistake.KEEPS_WHAT_WAS_NOT_COMMITTED)) {
          cutOff();
        }
      }

      @Override
      public void write(Batch batch) {
        writes++;
        if (!mistakes.contains(Mistake.LOSES_THE_LAST_BATCH) || writes < 4) {
          data.addAll(Batches.rows(batch));
        }
        if (mistakes.contains(Mistake.REMEMBERS_PROGRESS_TOO_EARLY)) {
          committed = data.size();
        }
      }

      @Override
      public void commit(Progress reached) {
        committed = data.size();
        Frontier frontier = reached.frontier();
        if (mistakes.contains(Mistake.CUTS_OFFSETS)) {
          Position position = frontier.of("source");
          Position cut = new Position(position.sequence(), (int) position.offset());
          frontier = frontier.with("source", cut);
        }
        boolean complete =
            reached.complete() && !mistakes.contains(Mistake.FORGETS_THAT_IT_IS_COMPLETE);
        progress = Optional.of(new Progress(reached.pipeline(), frontier, complete));
      }

      @Override
      public boolean effectivelyOnce() {
        return true;
      }

      @Override
      public void close() {
        if (mistakes.contains(Mistake.COMMITS_IN_CLOSE)) {
          committed = data.size();
        }
      }
    }
  }

  /** A store that can be taken away; its sink keeps rows until the commit. */
  private static final class Store implements RetryablePlace<Sink> {
    private final Set<OutageMistake> mistakes;
    private List<Object> committed = new ArrayList<>();
    private Optional<Progress> progress = Optional.empty();
    private boolean away;

    Store(Set<OutageMistake> mistakes) {
      this.mistakes = mistakes;
    }

    @Override
    public Sink output() {
      return new StoreSink();
    }

    @Override
    public Object contents() {
      return List.copyOf(committed);
    }

    @Override
    public void takeAway() {
      away = true;
    }

    @Override
    public void bringBack() {
      away = false;
      if (mistakes.contains(OutageMistake.FORGETS_WHAT_WAS_COMMITTED)) {
        committed = new ArrayList<>();
        progress = Optional.empty();
      }
    }

    private final class StoreSink implements Sink {
      private final List<Object> pending = new ArrayList<>();
      private boolean opened;

      private void reach() throws IOException {
        if (away && mistakes.contains(OutageMistake.FAILS_FOR_GOOD)) {
          throw new IOException("gone");
        }
        if (away && !mistakes.contains(OutageMistake.SAYS_NOTHING)) {
          throw new RetryableException("connection refused");
        }
      }

      @Override
      public Optional<Progress> recover() throws IOException {
        reach();
        return progress;
      }

      @Override
      public void open(SinkContext context) throws IOException {
        reach();
        if (opened && mistakes.contains(OutageMistake.CANNOT_BE_OPENED_AGAIN)) {
          throw new IOException("open already");
        }
        opened = true;
        if (!mistakes.contains(OutageMistake.KEEPS_WHAT_WAS_WRITTEN_BEFORE)) {
          pending.clear();
        }
        if (!context.resume()) {
          committed.clear();
          progress = Optional.empty();
        }
      }

      @Override
      public void write(Batch batch) {
        pending.addAll(Batches.rows(batch));
      }

      @Override
      public void commit(Progress reached) throws IOException {
        reach();
        committed.addAll(pending);
        pending.clear();
        progress = Optional.of(reached);
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
  }
}
