package io.forebay.engine.internal.windows;

import io.forebay.Accumulator;
import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.batches.Rejected;
import io.forebay.engine.internal.intake.Intake;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.plan.BoundWindows;
import io.forebay.engine.internal.recovery.Epoch;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.files.Remedy;
import io.forebay.internal.windows.WindowGrid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The windows of a run: merges the partial results of batches in the order of the data, makes rows
 * of what is over, and commits what is open.
 *
 * <p>A commit makes the state of the epoch durable, with everything that sinks and dead letters
 * were given since the last one, and only then are these committed. So what an epoch holds is
 * decided once: after a crash nothing of it is computed again (silence and lateness may turn out
 * otherwise), but outputs that have not got it are given it from the state ({@link #lacking}).
 *
 * <p>Used by the sink runner.
 */
public final class WindowStage {
  private static final long LOOK_NANOS = 100_000_000;

  private final WindowState state;
  private final BoundWindows bound;
  private final String pipeline;
  private final Partition partition;
  private final OpenWindows open;
  private final EventClock clock;
  private final WindowRows rows;
  private final LateRecords late;
  private final @Nullable WindowFeed behind;
  private final boolean resumes;
  private final List<Batch> lacking;
  private List<Batch> lateRows = List.of();
  private final List<EpochReader.Letter> lackingLetters;

  /** The epoch that is durable, and from which on its file has what outputs lack. */
  private long epoch;

  private long base;
  private @Nullable EpochWriter writer;
  private long lookAt;
  private boolean broken;

  /**
   * @param resume whether the run goes on with what the state holds
   * @param behind the memory of the stages behind the windows; null if there are none
   */
  public WindowStage(
      WindowState state,
      boolean resume,
      String pipeline,
      Intake intake,
      long now,
      WindowFeed.@Nullable Memory behind) {
    this.state = state;
    this.bound = state.windows();
    this.pipeline = pipeline;
    this.partition = intake.openWindows();
    this.behind =
        behind == null ? null : new WindowFeed(behind, partition, intake.names(), bound.stage());
    this.resumes = resume;
    Optional<EpochReader.Content> content = resume ? state.content() : Optional.empty();
    Accumulator<Object> accumulator = bound.accumulator();
    open = new OpenWindows(bound.grid(), accumulator, bound.windows().most());
    clock =
        new EventClock(
            bound.grid(),
            intake,
            bound.windows().idle().toNanos(),
            now,
            content.map(EpochReader.Content::newest).orElse(Map.of()),
            content.map(EpochReader.Content::over).orElse(WindowGrid.NEVER));
    long sequence = content.map(EpochReader.Content::sequence).orElse(0L);
    rows = new WindowRows(accumulator, bound.rows(), bound.isKeyed(), partition.index, sequence);
    late = new LateRecords(bound, rows, partition.index);
    boolean settled = content.map(each -> each.epoch().settled()).orElse(true);
    lacking = settled ? List.of() : renumbered(content.orElseThrow().rows());
    lackingLetters = settled ? List.of() : content.orElseThrow().letters();
    epoch = content.map(each -> each.epoch().number()).orElse(0L);
    base = settled ? epoch : content.orElseThrow().epoch().base();
    for (EpochReader.Partial each : content.map(EpochReader.Content::open).orElse(List.of())) {
      try {
        open.merge(each.pane(), each.key(), each.bytes());
      } catch (IOException e) {
        throw new ConfigurationException(
            "'"
                + bound.parameters().accumulator()
                + "' cannot read the partial results that it has written ("
                + e.getMessage()
                + "): take the version that has written them, or start over with --fresh, which"
                + " replaces what the outputs hold",
            e);
      }
    }
  }

  /** The rows of an earlier run, as rows of the partition that this one has opened. */
  private List<Batch> renumbered(List<Batch> earlier) {
    return earlier.stream().<Batch>map(each -> new OfPartition(each, partition.index)).toList();
  }

  /** Removes the state of an earlier run, if this one starts over. */
  public void prepare() {
    if (!resumes) {
      try {
        state.folder().clear();
      } catch (IOException e) {
        throw new ConfigurationException(
            "the state in '"
                + state.folder().path()
                + "' cannot be removed ("
                + e.getMessage()
                + "): nothing was read, "
                + Remedy.of(e)
                + " and run again",
            e);
      }
    }
  }

  // ------------------------------------------------------------------ batches

  /**
   * Merges the partial results of a batch, or of the part of it that is in its slot. What comes too
   * late is rejected; the other records are what the slot holds then.
   *
   * @return the rows of windows that are over
   */
  public List<Batch> merge(InFlightBatch batch, long now) throws PipelineFailedException {
    clock.arrives(batch, now);
    return attempt(() -> {
      if (batch.slot.rows() > 0) {
        new PartialRows(bound, batch.slot.view(bound.index() + 1)).mergeInto(open, clock, late);
        lateRows = late.takeFrom(batch);
      }
      if (batch.parts.isEmpty()) {
        clock.arrived(batch);
      }
      return close(clock.over(), clock.advance(now));
    });
  }

  /**
   * The records of the batch, or of the part of it, that was merged last, which came too late and
   * for which there is a sink: rows among those of windows, which no stage behind is given.
   */
  public List<Batch> takeLate() {
    List<Batch> taken = lateRows;
    lateRows = List.of();
    return taken;
  }

  /** The rows of windows that are over because time has passed. */
  public List<Batch> onTime(long now) throws PipelineFailedException {
    if (open.size() == 0 || now - lookAt < 0) {
      return List.of();
    }
    lookAt = now + LOOK_NANOS;
    return attempt(() -> close(clock.over(), clock.advance(now)));
  }

  /** When {@link #onTime} is to be asked next. */
  public long lookIn(long now) {
    return open.size() == 0 ? Long.MAX_VALUE / 2 : Math.max(0, lookAt - now);
  }

  /** No more records will come, in any run: the rows of all windows. */
  public List<Batch> closeAll() throws PipelineFailedException {
    return attempt(() -> close(clock.over(), clock.advanceTo(open.lastEnd())));
  }

  private List<Batch> close(long before, long over) throws IOException {
    open.close(before, over, rows);
    return rows.take();
  }

  /** The way through the stages behind; null if there are none. */
  public @Nullable WindowFeed behind() {
    return behind;
  }

  /** The sinks are given these rows: they are a part of the epoch. */
  public void given(List<Batch> given) throws PipelineFailedException {
    attempt(() -> {
      for (Batch each : given) {
        if (bound.late().equals(Optional.of(each.schema()))) {
          writer().late(each);
        } else {
          writer().rows(each);
        }
      }
      return given;
    });
  }

  // ------------------------------------------------------------------ what outputs lack

  /**
   * What the last run had decided to give, and that not every output may have: to be given before
   * all else to those that have not. Asked once.
   */
  public List<Batch> lacking() {
    return lacking;
  }

  /**
   * The dead letters among it.
   *
   * @param has up to which epoch the dead letters have it
   */
  public List<Rejected> lackingLetters(long has) throws PipelineFailedException {
    return attempt(() -> {
      List<Rejected> letters = new ArrayList<>();
      for (EpochReader.Letter each : lackingLetters) {
        writer().letter(each.rejection(), each.epoch());
        if (each.epoch() > has) {
          letters.add(Rejected.late(each.rejection()));
        }
      }
      return letters;
    });
  }

  /** These go to dead letter. */
  public void letters(List<Rejected> rejected) throws PipelineFailedException {
    attempt(() -> {
      for (Rejected each : rejected) {
        writer().letter(each.rejection(), epoch + 1);
      }
      return rejected;
    });
  }

  // ------------------------------------------------------------------ commits

  /**
   * Makes the next epoch durable: from here on it is decided. All rows of windows that are over
   * have come back from the stages behind.
   *
   * @param reached where the sources stand, to which the position of the rows is added
   */
  public Frontier commit(Function<Position, Frontier> reached, boolean completely)
      throws PipelineFailedException {
    return attempt(() -> {
      long next = epoch + 1;
      Frontier frontier = reached.apply(Epoch.position(rows.sequence(), next));
      EpochWriter to = writer();
      to.state(open, clock, rows.sequence());
      to.finish(frontier, completely);
      state.folder().publish(next);
      writer = null;
      epoch = next;
      return frontier;
    });
  }

  /** Every output has the epoch. */
  public void settled() throws PipelineFailedException {
    attempt(() -> {
      state.folder().settle(epoch);
      base = epoch;
      return epoch;
    });
  }

  private EpochWriter writer() throws IOException {
    EpochWriter begun = writer;
    if (begun == null) {
      begun = state.folder().begin(new EpochWriter.Of(pipeline, epoch + 1, base, state.rows()));
      writer = begun;
    }
    return begun;
  }

  /** Leaves what is not committed. */
  public void end() {
    state.folder().close();
  }

  private interface Action<T> {
    T run() throws IOException;
  }

  private <T> T attempt(Action<T> action) throws PipelineFailedException {
    if (broken) {
      throw new PipelineFailedException("the windows have failed before");
    }
    broken = true; // Until it is done: nothing that was done by halves is committed.
    try {
      T done = action.run();
      broken = false;
      return done;
    } catch (IOException e) {
      throw PipelineFailedException.ofState(state.folder().path().toString(), e);
    }
  }
}
