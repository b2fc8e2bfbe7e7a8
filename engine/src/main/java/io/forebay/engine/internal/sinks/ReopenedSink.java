package io.forebay.engine.internal.sinks;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.OutputMeter;
import io.forebay.errors.RetryableException;
import io.forebay.internal.concurrent.Backoff;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings a sink back whose store was away: remembers what was written since the last commit, opens
 * the sink again and writes that again. It waits for nothing: who drives it asks when the next
 * attempt is due ({@link #dueIn}), then calls {@link #reopen} until it returns.
 */
final class ReopenedSink extends ForwardingSink {
  private final MeteredSink metered;
  private final OutputMeter meter;
  private final Ticker ticker;
  private final Backoff backoff;

  /** Everything since the last commit; readable until the next. */
  private final List<Batch> written = new ArrayList<>();

  /** The progress that the sink has; not quite all that it holds where batches may overtake. */
  private Frontier has;

  private @Nullable SinkContext context;
  private boolean committedHere;
  private @Nullable Progress attempted;
  private long dueAt;

  /**
   * @param metered where the decorators below {@code inner} end
   * @param has what the sink has when the run begins
   */
  ReopenedSink(
      Sink inner,
      MeteredSink metered,
      OutputMeter meter,
      Frontier has,
      Ticker ticker,
      Backoff backoff) {
    super(inner);
    this.metered = metered;
    this.meter = meter;
    this.has = has;
    this.ticker = ticker;
    this.backoff = backoff;
  }

  @Override
  public void open(SinkContext opened) throws IOException {
    super.open(opened);
    context = opened;
  }

  @Override
  public void write(Batch batch) throws IOException {
    super.write(batch);
    written.add(batch);
  }

  @Override
  public void commit(Progress progress) throws IOException {
    attempted = progress;
    super.commit(progress);
    committed();
  }

  /** Only this shows that the store is back: what is written before may wait in the sink. */
  private void committed() {
    backoff.succeeded();
    meter.back();
    has = Objects.requireNonNull(attempted).frontier();
    committedHere = true;
    attempted = null;
    written.clear();
  }

  /** The store is away: the next attempt is due after a while. */
  void away(RetryableException cause) {
    dueAt = ticker.nanos() + backoff.next().toNanos();
    String message = cause.getMessage();
    meter.away(message == null || message.isBlank() ? cause.toString() : message);
  }

  /** When the next attempt is due. */
  long dueIn(long now) {
    return dueAt - now;
  }

  /**
   * Opens the sink again and writes again what it lost.
   *
   * @return whether the commit that failed has happened nevertheless
   */
  boolean reopen() throws IOException {
    Optional<Progress> found = recover();
    boolean happened = hasHappened(found);
    boolean expected =
        happened
            || !effectivelyOnce()
            || found.map(progress -> isAt(progress, has)).orElse(has.equals(Frontier.START));
    if (committedHere && !expected) {
      throw new IOException(
          "its store came back without what was committed there: put that back, or start over with"
              + " --fresh");
    }
    SinkContext first = Objects.requireNonNull(context);
    super.open(
        new SinkContext(
            first.pipeline(),
            first.schema(),
            first.partitions(),
            first.resume() || committedHere || happened));
    metered.reopened(happened);
    if (happened) {
      committed();
    } else {
      for (Batch each : written) {
        super.write(each);
      }
    }
    return happened;
  }

  /** Where batches overtake, a commit may not advance the frontier: then this proves nothing. */
  private boolean hasHappened(Optional<Progress> found) {
    Progress wanted = attempted;
    return wanted != null
        && found.filter(progress -> isAt(progress, wanted)).isPresent()
        && (written.isEmpty()
            || !asKept(wanted.frontier(), found.get()).equals(asKept(has, found.get())));
  }

  private static boolean isAt(Progress found, Progress wanted) {
    return found.pipeline().equals(wanted.pipeline())
        && found.complete() == wanted.complete()
        && isAt(found, wanted.frontier());
  }

  /** A store may know partitions of earlier runs that mean nothing to this one. */
  private static boolean isAt(Progress found, Frontier wanted) {
    Map<String, Position> rows = new HashMap<>(found.frontier().rows());
    return rows.entrySet().containsAll(asKept(wanted, found).rows().entrySet());
  }

  /** As a store that may keep positions alone would give it back. */
  private static Frontier asKept(Frontier frontier, Progress store) {
    boolean all = !store.frontier().counts().isEmpty() || !store.frontier().dropped().isEmpty();
    return all ? frontier : new Frontier(frontier.positions(), Map.of(), Map.of());
  }
}
