package io.forebay.engine.internal.dispatch;

import io.forebay.engine.internal.batches.BatchFeed;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.loops.Agent;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.tap.TapPoint;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.internal.events.BatchTracing;
import io.forebay.workers.api.Completion;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Carries batches from the intake, or of windows that are over, through the stages to the sink
 * runner, one step at a time.
 *
 * <p>Driven by one thread; pools complete batches, and the sink runner reports through {@link
 * #partWritten}, from theirs. What a completion means for its batch is up to the {@link
 * CompletionHandler}.
 */
public final class Dispatcher implements Agent {
  private static final long FOREVER = Long.MAX_VALUE / 2;

  private record Completed(InFlightBatch batch, Completion completion) {}

  private final BatchFeed feed;
  private final List<RunningStage> stages;
  private final Resequencer resequencer;
  private final Doorbell doorbell;
  private final long lingerNanos;
  private final CompletionHandler completions;
  private final TapPoint read = new TapPoint();
  private final Queue<Completed> completed = new ConcurrentLinkedQueue<>();
  private final Queue<InFlightBatch> writtenParts = new ConcurrentLinkedQueue<>();

  /** Batches taken from the intake whose last part is not handed to the sinks. */
  private int inFlight;

  private boolean done;

  /** Whether stages may wait for batches since the last step, which had nothing to do. */
  private boolean idle;

  private BatchTracing tracing = BatchTracing.NONE;

  public Dispatcher(
      BatchFeed feed,
      List<RunningStage> stages,
      Resequencer resequencer,
      Doorbell doorbell,
      long lingerNanos) {
    this.feed = feed;
    this.completions = new CompletionHandler(feed.names());
    this.stages = stages;
    this.resequencer = resequencer;
    this.doorbell = doorbell;
    this.lingerNanos = lingerNanos;
  }

  /** Who follows batches; to be said before it is driven. */
  public void traceWith(BatchTracing follower) {
    tracing = follower;
  }

  // ------------------------------------------------------------------ from other threads

  /** What the sources have handed in, before the first stage has it. */
  public TapPoint read() {
    return read;
  }

  /** A stage's pool has done its work on a batch, or cannot. */
  private void completed(
      InFlightBatch batch, @Nullable Completion completion, @Nullable Throwable error) {
    completed.add(
        new Completed(
            batch,
            completion == null
                ? new Completion.Lost(-1, "a worker failed: " + error, "")
                : completion));
    doorbell.ring();
  }

  /** The sinks have taken a part of a batch that has more parts. */
  public void partWritten(InFlightBatch batch) {
    writtenParts.add(batch);
    doorbell.ring();
  }

  // ------------------------------------------------------------------ steps

  @Override
  public boolean step(long now) throws InterruptedException, PipelineFailedException {
    for (RunningStage stage : stages) {
      stage.endPauseWhenOver(now);
    }
    if (idle) {
      meterWork(now);
    }
    boolean progress = carry(now);
    if (!progress
        && !stages.isEmpty()) { // A stage that runs on this thread may have computed otherwise.
      meterWaiting(now);
    }
    return progress;
  }

  private void meterWork(long now) {
    long roomWait = feed.roomWait(now);
    stages.forEach(stage -> stage.works(roomWait));
    idle = false;
  }

  private void meterWaiting(long now) {
    long roomWait = feed.roomWait(now);
    boolean before = false;
    for (RunningStage stage : stages) {
      stage.waits(before, roomWait);
      before |= stage.hasBatches();
    }
    idle = true;
  }

  private boolean carry(long now) throws InterruptedException, PipelineFailedException {
    boolean progress = handleCompleted(now);
    progress |= restoreParts(now);
    for (int i = stages.size() - 1; i >= 0; i--) {
      progress |= submit(stages.get(i), now);
    }
    progress |= admit(now);
    if (!progress && inFlight == 0 && feed.isDrained()) {
      resequencer.end(feed.isComplete());
      done = true;
      return true;
    }
    return progress;
  }

  @Override
  public long nextStepIn(long now) {
    long resume = FOREVER;
    for (RunningStage stage : stages) {
      resume = Math.min(resume, stage.endPauseWhenOver(now));
    }
    if (!stages.isEmpty() && !stages.getFirst().hasRoom()) {
      return resume; // Or a completion will ring.
    }
    long openedAt = feed.openedAt();
    return openedAt < 0 ? resume : Math.min(resume, openedAt + lingerNanos - now);
  }

  @Override
  public boolean isDone() {
    return done;
  }

  private boolean handleCompleted(long now) throws PipelineFailedException {
    Completed next = completed.poll();
    if (next == null) {
      return false;
    }
    for (; next != null; next = completed.poll()) {
      InFlightBatch batch = next.batch;
      RunningStage stage = stages.get(batch.stage);
      stage.returned(now);
      switch (completions.handle(batch, stage, next.completion, now)) {
        case ON -> goOn(batch, stage.index + 1, now);
        case AGAIN -> again(batch, stage, now);
      }
    }
    return true;
  }

  private boolean restoreParts(long now) {
    InFlightBatch batch = writtenParts.poll();
    if (batch == null) {
      return false;
    }
    InFlightBatch.Part part = batch.parts.removeFirst();
    batch.slot.restore(part.rows());
    again(batch, stages.get(part.stage()), now);
    return true;
  }

  private boolean submit(RunningStage stage, long now) throws InterruptedException {
    boolean progress = false;
    while (stage.hasRoom()) {
      InFlightBatch batch = stage.queue.peekFirst();
      if (batch == null) {
        break;
      }
      CompletableFuture<Completion> call;
      try (var _ = stage.part.enter()) {
        // Where that is interrupted, the batch stays first.
        call = stage.pool.submit(batch.slot, batch.options());
      }
      stage.queue.removeFirst();
      stage.submitted(now);
      var _ = call.whenComplete((completion, error) -> completed(batch, completion, error));
      progress = true;
    }
    return progress;
  }

  private boolean admit(long now) throws InterruptedException {
    boolean progress = false;
    while (stages.isEmpty() || (stages.getFirst().hasRoom() && stages.getFirst().queue.isEmpty())) {
      InFlightBatch batch = feed.poll(now, wishedRows(), earlyRows(), lingerNanos);
      if (batch == null) {
        break;
      }
      progress = true;
      inFlight++;
      batch.trace = tracing.begin(batch.sequence, now - batch.arrivals.first());
      resequencer.admitted(batch);
      if (read.isTapped()) {
        show(batch);
      }
      batch.queuedAt = now;
      goOn(batch, 0, now);
      if (!stages.isEmpty()) {
        submit(stages.getFirst(), now);
      }
    }
    return progress;
  }

  private void show(InFlightBatch batch) {
    batch.rejected.forEach(each -> read.reject(each.rejection()));
    read.pass(batch.slot.view(0));
  }

  private int wishedRows() {
    int rows = Integer.MAX_VALUE;
    for (RunningStage stage : stages) {
      rows = Math.min(rows, stage.wishedRows());
    }
    return rows;
  }

  private int earlyRows() {
    if (stages.isEmpty() || !stages.getFirst().pool.hasIdleWorker()) {
      return Integer.MAX_VALUE;
    }
    int rows = 1;
    for (RunningStage stage : stages) {
      rows = Math.max(rows, stage.earlyRows());
    }
    return rows;
  }

  // ------------------------------------------------------------------ one batch

  private void goOn(InFlightBatch batch, int stage, long now) {
    batch.stage = stage;
    if (stage < stages.size() && batch.slot.rows() > 0) {
      batch.queuedAt = now;
      stages.get(stage).queue.addLast(batch);
      return;
    }
    if (batch.parts.isEmpty()) {
      inFlight--;
    }
    resequencer.ready(batch);
  }

  /** The batch goes through the stage (once more), before all others that wait. */
  private static void again(InFlightBatch batch, RunningStage stage, long now) {
    batch.stage = stage.index;
    batch.queuedAt = now;
    stage.queue.addFirst(batch);
  }
}
