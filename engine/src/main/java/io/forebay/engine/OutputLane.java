package io.forebay.engine;

import io.forebay.Backoff;
import io.forebay.Batch;
import io.forebay.DeadLetters;
import io.forebay.Frontier;
import io.forebay.LateRefusal;
import io.forebay.Output;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.RefusalStreak;
import io.forebay.RetryableException;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.SinkSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A sink or the dead letters as the engine sees them: leaves out what the output has already from
 * an earlier run, brings a sink back whose store was away, and measures. Used by one thread (the
 * sink's {@link SinkLane}, for dead letters the sink runner), except for {@link #snapshot}.
 */
final class OutputLane {
  private final String name;
  private final Output output;
  private final Ticker ticker;

  /** What the output had when it was opened, where that is more than what the run resumes from. */
  private final Frontier ahead;

  /** The sources whose records it does not get. */
  private Set<String> passedOver = Set.of();

  private @Nullable Retry retry;

  /** Whose pipeline and completeness the progress goes on to name, whatever this run does. */
  private Optional<Progress> keeps = Optional.empty();

  private final RefusalStreak streak = new RefusalStreak();
  private final OutputMeter meter = new OutputMeter();

  OutputLane(String name, Output output, Ticker ticker, Frontier ahead) {
    this.name = name;
    this.output = output;
    this.ticker = ticker;
    this.ahead = ahead;
  }

  String name() {
    return name;
  }

  /** What is needed to bring a sink back whose store was away. */
  private static final class Retry {
    final SinkContext context;
    final Backoff backoff;

    /** The progress that the sink has; not quite all that it holds where batches may overtake. */
    Frontier has;

    boolean committedHere;
    @Nullable Progress attempted;
    long dueAt;

    Retry(SinkContext context, Frontier has, RandomGenerator random) {
      this.context = context;
      this.has = has;
      this.backoff = new Backoff(random);
    }
  }

  /**
   * From now on the sink is brought back when its store was away.
   *
   * @param context how it was opened
   * @param start where the run resumes
   */
  void mayBeAway(SinkContext context, Frontier start, RandomGenerator random) {
    retry = new Retry(context, start.max(ahead), random);
  }

  /** The progress goes on to name this pipeline, and to say this of being complete. */
  void keeps(Optional<Progress> other) {
    keeps = other;
  }

  /** It does not get the records of these sources. */
  void passesOver(Set<String> sources) {
    passedOver = Set.copyOf(sources);
  }

  /** Whether the sink is brought back when its store was away. */
  boolean mayBeAway() {
    return retry != null;
  }

  /** The store is away: the next attempt is due after a while. */
  void isAway(RetryableException cause) {
    Retry its = Objects.requireNonNull(retry);
    its.dueAt = ticker.nanos() + its.backoff.next().toNanos();
    String message = cause.getMessage();
    meter.away(message == null || message.isBlank() ? cause.toString() : message);
  }

  /** When the next attempt is due. */
  long dueIn(long now) {
    return Objects.requireNonNull(retry).dueAt - now;
  }

  /**
   * Opens the sink again and writes again what it lost.
   *
   * @param written everything since the last commit
   * @return whether the commit that failed has happened nevertheless
   */
  boolean bringBack(List<SinkLane.Handed> written, PartitionNames partitions) throws IOException {
    Retry its = Objects.requireNonNull(retry);
    Optional<Progress> found = output.recover();
    Progress attempted = its.attempted;
    // Where batches overtake, a commit may not advance the frontier: then this proves nothing.
    boolean happened =
        attempted != null
            && found.filter(progress -> isAt(progress, attempted)).isPresent()
            && (written.isEmpty() || !attempted.frontier().equals(its.has));
    boolean expected =
        happened
            || !((Sink) output).effectivelyOnce()
            || isAt(found.map(Progress::frontier).orElse(Frontier.START), its.has);
    if (its.committedHere && !expected) {
      throw new IOException(
          "its store came back without what was committed there: put that back, or start over with"
              + " --fresh");
    }
    SinkContext context = its.context;
    output.open(
        new SinkContext(
            context.pipeline(),
            context.schema(),
            context.partitions(),
            context.resume() || its.committedHere || happened));
    if (happened) {
      streak.committed();
      committed(its);
      meter.committed();
    } else {
      streak.reopened();
      meter.writtenAgain();
      for (SinkLane.Handed each : written) {
        put(each.rows, each.batch, partitions);
      }
    }
    return happened;
  }

  private static boolean isAt(Progress found, Progress wanted) {
    return found.pipeline().equals(wanted.pipeline())
        && found.complete() == wanted.complete()
        && isAt(found.frontier(), wanted.frontier());
  }

  /** A store may know partitions of earlier runs that mean nothing to this one. */
  private static boolean isAt(Frontier found, Frontier wanted) {
    return wanted.positions().entrySet().stream()
        .allMatch(each -> found.of(each.getKey()).equals(each.getValue()));
  }

  /** Only this shows that the store is back: what is written before may wait in the sink. */
  private void committed(Retry its) {
    its.backoff.succeeded();
    meter.back();
    its.has = Objects.requireNonNull(its.attempted).frontier();
    its.committedHere = true;
    its.attempted = null;
  }

  /** Writes the rows that the sink does not have. */
  void write(Batch batch, InFlightBatch from, PartitionNames partitions) throws IOException {
    long begin = ticker.nanos();
    measured(put(batch, from, partitions), begin);
  }

  private int put(Batch batch, InFlightBatch from, PartitionNames partitions) throws IOException {
    return isAheadOf(from) || passesOver(from) ? writeNew(batch, partitions) : writeAll(batch);
  }

  private int writeAll(Batch batch) throws IOException {
    ((Sink) output).write(batch);
    streak.given(batch.rows());
    return batch.rows();
  }

  private int writeNew(Batch batch, PartitionNames partitions) throws IOException {
    int written = 0;
    int from = 0;
    while (from < batch.rows()) {
      boolean skip = skips(partitions.get(batch.partition(from)), batch.sequence(from));
      int to = from + 1;
      while (to < batch.rows()
          && skips(partitions.get(batch.partition(to)), batch.sequence(to)) == skip) {
        to++;
      }
      if (!skip) {
        written += writeAll(batch.slice(from, to));
      }
      from = to;
    }
    return written;
  }

  /** Writes the rejections that the dead letters do not have. */
  void write(List<Rejected> rejected, PartitionNames partitions) throws IOException {
    long begin = ticker.nanos();
    int written = 0;
    for (Rejected each : rejected) {
      if (each.isLate() || !has(partitions.get(each.partition()), each.sequence())) {
        ((DeadLetters) output).write(each.rejection());
        written++;
      }
    }
    measured(written, begin);
  }

  private void measured(int rows, long begin) {
    meter.worked(rows, ticker.nanos() - begin);
  }

  /** Hands to the store what the sink still holds. */
  void flush() throws IOException {
    long begin = ticker.nanos();
    ((Sink) output).flush();
    measured(0, begin);
  }

  /**
   * The rows that the store has refused since the last call.
   *
   * @param flushed whether everything was handed to the store
   * @throws IOException if it takes nothing
   */
  List<Refusal> refused(boolean flushed) throws IOException {
    List<Refusal> refused = ((Sink) output).refused();
    streak.refused(refused, flushed);
    meter.refused(refused.size());
    return refused;
  }

  /** The rows that the store has refused since the last call, and that were committed before. */
  List<LateRefusal> refusedLate() {
    return ((Sink) output).refusedLate();
  }

  /** Whether it has refused rows that were committed; for any thread. */
  boolean needsCommit() {
    return output instanceof Sink sink && sink.needsCommit();
  }

  private boolean isAheadOf(InFlightBatch batch) {
    if (ahead.positions().isEmpty()) {
      return false;
    }
    for (int span = 0; span < batch.spans(); span++) {
      if (batch.previous(span) < ahead.of(batch.partition(span).key).sequence()) {
        return true;
      }
    }
    return false;
  }

  private boolean passesOver(InFlightBatch batch) {
    if (passedOver.isEmpty()) {
      return false;
    }
    for (int span = 0; span < batch.spans(); span++) {
      if (passedOver.contains(batch.partition(span).sourceName)) {
        return true;
      }
    }
    return false;
  }

  private boolean skips(String partition, long sequence) {
    return has(partition, sequence)
        || (!passedOver.isEmpty() && passedOver.contains(Partition.sourceOf(partition)));
  }

  private boolean has(String partition, long sequence) {
    return sequence <= ahead.of(partition).sequence();
  }

  /** Commits; the progress never falls behind what the output had when it was opened. */
  void commit(String pipeline, Frontier frontier, boolean completely) throws IOException {
    long begin = ticker.nanos();
    Progress progress =
        new Progress(
            keeps.map(Progress::pipeline).orElse(pipeline),
            frontier.max(ahead),
            keeps.map(Progress::complete).orElse(completely));
    if (retry != null) {
      retry.attempted = progress;
    }
    output.commit(progress);
    streak.committed();
    if (retry != null) {
      committed(retry);
    }
    meter.committed(ticker.nanos() - begin);
  }

  void close() throws IOException {
    output.close();
  }

  SinkSnapshot snapshot(long elapsedNanos) {
    return meter.snapshot(name, elapsedNanos);
  }
}
