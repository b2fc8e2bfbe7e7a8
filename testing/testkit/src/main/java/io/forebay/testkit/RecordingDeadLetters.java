package io.forebay.testkit;

import io.forebay.DeadLetters;
import io.forebay.Progress;
import io.forebay.Rejection;
import io.forebay.SinkContext;
import java.util.List;
import java.util.Optional;

/**
 * Keeps every rejected record in memory for a test to look at; {@link #afterCrash} is what a crash
 * would leave. May be read from any thread while the pipeline runs.
 */
public final class RecordingDeadLetters implements DeadLetters {
  /**
   * A rejected record; see {@link Rejection}.
   *
   * @param content the text, or the row as in {@link Batches#row(io.forebay.Batch, int)}
   */
  public record DeadLetter(
      String source,
      String partition,
      long sequence,
      String stage,
      String reason,
      String detail,
      Object content) {}

  private final CommitLog<DeadLetter> log;

  /** Empty. */
  public RecordingDeadLetters() {
    this(new CommitLog<>());
  }

  private RecordingDeadLetters(CommitLog<DeadLetter> log) {
    this.log = log;
  }

  /** Dead letters that hold only what was committed here, as a new process would find them. */
  public RecordingDeadLetters afterCrash() {
    return new RecordingDeadLetters(log.afterCrash());
  }

  /** Every record that was written, in order. */
  public List<DeadLetter> letters() {
    return log.entries();
  }

  /** The records that were committed, in order. */
  public List<DeadLetter> committedLetters() {
    return log.committed();
  }

  /** The progress of the last commit. */
  public Optional<Progress> progress() {
    return log.progress();
  }

  /** How often these were committed. */
  public int commits() {
    return log.commits();
  }

  @Override
  public Optional<Progress> recover() {
    return log.progress();
  }

  @Override
  public void open(SinkContext context) {
    log.open(context.resume());
  }

  @Override
  public void write(Rejection rejection) {
    Object content =
        switch (rejection.content()) {
          case Rejection.Text(String start, long cut) ->
              cut == 0 ? start : start + "[+" + cut + "]";
          case Rejection.Row(var batch, int row) -> Batches.row(batch, row);
        };
    log.append(
        new DeadLetter(
            rejection.source(),
            rejection.partition(),
            rejection.sequence(),
            rejection.stage(),
            rejection.reason(),
            rejection.detail(),
            content));
  }

  @Override
  public void commit(Progress progress) {
    log.commit(progress);
  }

  @Override
  public void close() {}
}
