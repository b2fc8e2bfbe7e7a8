package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.Rejection;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.internal.rows.RowCopy;
import io.forebay.slots.CallResult;
import io.forebay.workers.api.Completion;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Carries batches from the intake through the stages to the sink runner, one step at a time.
 *
 * <p>Driven by one thread; pools complete batches, and the sink runner reports through {@link
 * #partWritten}, from theirs. A batch whose outputs do not fit is cut: its first part goes on, the
 * rest waits on the heap and goes through the same slot when the sinks have taken the first part.
 * So no second slot is ever needed, and there is no deadlock.
 */
final class Dispatcher implements Agent {
  private static final long FOREVER = Long.MAX_VALUE / 2;

  private record Completed(InFlightBatch batch, Completion completion) {}

  private final Intake intake;
  private final List<StageLane> lanes;
  private final Resequencer resequencer;
  private final Doorbell doorbell;
  private final long lingerNanos;
  private final Queue<Completed> completed = new ConcurrentLinkedQueue<>();
  private final Queue<InFlightBatch> writtenParts = new ConcurrentLinkedQueue<>();

  /** Batches taken from the intake whose last part is not handed to the sinks. */
  private int inFlight;

  private boolean done;

  Dispatcher(
      Intake intake,
      List<StageLane> lanes,
      Resequencer resequencer,
      Doorbell doorbell,
      long lingerNanos) {
    this.intake = intake;
    this.lanes = lanes;
    this.resequencer = resequencer;
    this.doorbell = doorbell;
    this.lingerNanos = lingerNanos;
  }

  // ------------------------------------------------------------------ from other threads

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
  void partWritten(InFlightBatch batch) {
    writtenParts.add(batch);
    doorbell.ring();
  }

  // ------------------------------------------------------------------ steps

  @Override
  public boolean step(long now) throws InterruptedException, PipelineFailedException {
    for (StageLane lane : lanes) {
      lane.resumeIn(now);
    }
    boolean progress = handleCompleted(now);
    progress |= restoreParts(now);
    for (int i = lanes.size() - 1; i >= 0; i--) {
      progress |= submit(lanes.get(i), now);
    }
    progress |= admit(now);
    if (!progress && inFlight == 0 && intake.isDrained()) {
      resequencer.end(intake.isComplete());
      done = true;
      return true;
    }
    return progress;
  }

  @Override
  public long nextStepIn(long now) {
    long resume = FOREVER;
    for (StageLane lane : lanes) {
      resume = Math.min(resume, lane.resumeIn(now));
    }
    if (!lanes.isEmpty() && !lanes.getFirst().hasRoom()) {
      return resume; // Or a completion will ring.
    }
    long openedAt = intake.openedAt();
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
      StageLane lane = lanes.get(batch.stage);
      lane.returned(now);
      switch (next.completion) {
        case Completion.Done d -> {
          lane.healthy();
          returned(batch, lane, d, now);
        }
        case Completion.Lost l -> lost(batch, lane, l, now);
        case Completion.Separate s -> {
          batch.carefulIn = lane.index;
          cut(batch, lane, Math.clamp(s.row(), 1, batch.slot.rows() - 1), now);
        }
        case Completion.Unavailable(String reason, Duration retryAfter) -> {
          if (retryAfter.isZero() || !lane.pause(now, retryAfter.toNanos())) {
            throw new PipelineFailedException(
                "stage '"
                    + lane.stage.name()
                    + "' cannot go on: "
                    + reason
                    + "; what is not delivered is not acknowledged");
          }
          again(batch, lane, now);
        }
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
    again(batch, lanes.get(part.stage()), now);
    return true;
  }

  private boolean submit(StageLane lane, long now) throws InterruptedException {
    boolean progress = false;
    while (lane.hasRoom()) {
      InFlightBatch batch = lane.queue.peekFirst();
      if (batch == null) {
        break;
      }
      // Where that is interrupted, the batch stays first.
      CompletableFuture<Completion> call = lane.pool.submit(batch.slot, batch.options());
      lane.queue.removeFirst();
      lane.submitted(now);
      var _ = call.whenComplete((completion, error) -> completed(batch, completion, error));
      progress = true;
    }
    return progress;
  }

  private boolean admit(long now) throws InterruptedException {
    boolean progress = false;
    while (lanes.isEmpty() || (lanes.getFirst().hasRoom() && lanes.getFirst().queue.isEmpty())) {
      InFlightBatch batch = intake.poll(now, wishedRows(), earlyRows(), lingerNanos);
      if (batch == null) {
        break;
      }
      progress = true;
      inFlight++;
      resequencer.admitted(batch);
      batch.queuedAt = now;
      goOn(batch, 0, now);
      if (!lanes.isEmpty()) {
        submit(lanes.getFirst(), now);
      }
    }
    return progress;
  }

  private int wishedRows() {
    int rows = Integer.MAX_VALUE;
    for (StageLane lane : lanes) {
      rows = Math.min(rows, lane.wishedRows());
    }
    return rows;
  }

  private int earlyRows() {
    if (lanes.isEmpty() || !lanes.getFirst().pool.hasIdleWorker()) {
      return Integer.MAX_VALUE;
    }
    int rows = 1;
    for (StageLane lane : lanes) {
      rows = Math.max(rows, lane.earlyRows());
    }
    return rows;
  }

  // ------------------------------------------------------------------ one batch

  private void goOn(InFlightBatch batch, int stage, long now) {
    batch.stage = stage;
    if (stage < lanes.size() && batch.slot.rows() > 0) {
      batch.queuedAt = now;
      lanes.get(stage).queue.addLast(batch);
      return;
    }
    if (batch.parts.isEmpty()) {
      inFlight--;
    }
    resequencer.ready(batch);
  }

  /** The batch goes through the stage (once more), before all others that wait. */
  private static void again(InFlightBatch batch, StageLane lane, long now) {
    batch.stage = lane.index;
    batch.queuedAt = now;
    lane.queue.addFirst(batch);
  }

  private void returned(InFlightBatch batch, StageLane lane, Completion.Done completion, long now) {
    CallResult result = completion.result();
    if (result.overflowRow() >= 0) {
      cutOrReject(batch, lane, result.overflowRow(), now);
      return;
    }
    Batch rejected = copy(batch, lane, result);
    if (!batch.slot.keep(result)) {
      cutOrReject(batch, lane, batch.slot.rows() / 2, now);
      return;
    }
    lane.meter.done(completion, Math.max(0, submittedAfter(batch, completion, now)));
    if (!batch.split) {
      lane.observe(batch.rowsAtClose, result.serviceNanos() + completion.transportNanos());
    }
    for (int i = 0; i < result.rejected().size(); i++) {
      CallResult.RejectedRow row = result.rejected().get(i);
      reject(batch, lane, rejected, i, row.reason(), row.detail());
    }
    goOn(batch, lane.index + 1, now);
  }

  /** How long the batch waited for the stage to take it. */
  private static long submittedAfter(InFlightBatch batch, Completion.Done completion, long now) {
    return now
        - batch.queuedAt
        - completion.waitNanos()
        - completion.transportNanos()
        - completion.result().serviceNanos();
  }

  private static Batch copy(InFlightBatch batch, StageLane lane, CallResult result) {
    int[] rows = result.rejected().stream().mapToInt(CallResult.RejectedRow::row).toArray();
    return RowCopy.toHeap(batch.slot.view(lane.index), rows);
  }

  private void reject(
      InFlightBatch batch, StageLane lane, Batch rows, int row, String reason, String detail) {
    int number = rows.partition(row);
    Partition partition = intake.names().partition(number);
    long sequence = rows.sequence(row);
    batch.rejected.add(
        new Rejected(
            number,
            sequence,
            new Rejection(
                partition.sourceName,
                partition.name(),
                sequence,
                lane.stage.name(),
                reason,
                detail,
                new Rejection.Row(rows, row))));
  }

  /** The outputs fit only for the rows before {@code row}. */
  private void cutOrReject(InFlightBatch batch, StageLane lane, int row, long now) {
    int rows = batch.slot.rows();
    if (rows == 1 && batch.slot.spread()) {
      again(batch, lane, now);
      return;
    }
    if (rows == 1) {
      rejectRow(
          batch,
          lane,
          0,
          "what the function returned does not fit into a slot:"
              + " raise the slot size of the forebay",
          "");
      goOn(batch, lane.index + 1, now);
      return;
    }
    int first = Math.clamp(row, 1, rows - 1);
    lane.overflowed(first);
    cut(batch, lane, first, now);
  }

  private void cut(InFlightBatch batch, StageLane lane, int first, long now) {
    batch.split = true;
    batch.parts.addFirst(new InFlightBatch.Part(batch.slot.cut(first), lane.index));
    again(batch, lane, now);
  }

  private void rejectRow(
      InFlightBatch batch, StageLane lane, int row, String reason, String detail) {
    Batch copy = RowCopy.toHeap(batch.slot.view(lane.index), new int[] {row});
    reject(batch, lane, copy, 0, reason, detail);
    batch.slot.retain(lane.index, each -> each != row);
  }

  private void lost(InFlightBatch batch, StageLane lane, Completion.Lost lost, long now) {
    int rows = batch.slot.rows();
    batch.split = true;
    if (lost.row() >= 0 || rows == 1) {
      int guilty = Math.clamp(lost.row(), 0, rows - 1);
      rejectRow(batch, lane, guilty, lost.reason(), lost.evidence());
      if (guilty > 0 && guilty < batch.slot.rows()) {
        // The rows before it have got through once: they go first, and are not computed once more
        // for each record that is found behind.
        cut(batch, lane, guilty, now);
      } else if (batch.slot.rows() > 0) {
        again(batch, lane, now);
      } else {
        goOn(batch, lane.index + 1, now);
      }
    } else {
      batch.carefulIn = lane.index;
      cut(batch, lane, rows / 2, now);
    }
  }
}
