package io.forebay.engine.internal.dispatch;

import io.forebay.Batch;
import io.forebay.Rejection;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.batches.PartitionNames;
import io.forebay.engine.internal.batches.Rejected;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.measure.Meters;
import io.forebay.internal.events.BatchEvent;
import io.forebay.internal.rows.RowCopy;
import io.forebay.slots.CallResult;
import io.forebay.workers.api.Completion;
import java.time.Duration;

/**
 * What follows from how a stage's call on a batch has ended: which rows go to dead letter, where
 * the batch is cut, and whether it goes on. Used by the dispatcher.
 *
 * <p>A batch whose outputs do not fit is cut: its first part goes on, the rest waits on the heap
 * and goes through the same slot when the sinks have taken the first part. So no second slot is
 * ever needed, and there is no deadlock.
 */
final class CompletionHandler {
  /** Where a batch goes. */
  enum Next {
    /** To the next stage, or to the sinks. */
    ON,
    /** Through the same stage, before all others that wait. */
    AGAIN
  }

  private final PartitionNames names;

  CompletionHandler(PartitionNames names) {
    this.names = names;
  }

  /**
   * Takes in how the call has ended.
   *
   * @throws PipelineFailedException if the stage cannot go on
   */
  Next handle(InFlightBatch batch, RunningStage stage, Completion completion, long now)
      throws PipelineFailedException {
    return switch (completion) {
      case Completion.Done done -> {
        stage.healthy();
        yield returned(batch, stage, done, now);
      }
      case Completion.Lost lost -> lost(batch, stage, lost);
      case Completion.Separate separate -> {
        batch.carefulIn = stage.index;
        yield cut(batch, stage, Math.clamp(separate.row(), 1, batch.slot.rows() - 1));
      }
      case Completion.Unavailable(String reason, Duration retryAfter) -> {
        if (retryAfter.isZero() || !stage.pause(now, retryAfter.toNanos())) {
          throw new PipelineFailedException(
              "stage '"
                  + stage.definition.name()
                  + "' cannot go on: "
                  + reason
                  + "; what is not delivered is not acknowledged");
        }
        yield Next.AGAIN;
      }
    };
  }

  private Next returned(
      InFlightBatch batch, RunningStage stage, Completion.Done completion, long now) {
    CallResult result = completion.result();
    if (result.overflowRow() >= 0) {
      return cutOrReject(batch, stage, result.overflowRow());
    }
    int[] rows = result.rejected().stream().mapToInt(CallResult.RejectedRow::row).toArray();
    Batch rejected = RowCopy.toHeap(batch.slot.view(stage.index), rows);
    long bytesIn = Meters.ON ? batch.slot.view(stage.index).valueBytes() : 0;
    if (!batch.slot.keep(result)) {
      return cutOrReject(batch, stage, batch.slot.rows() / 2);
    }
    long queued = Math.max(0, submittedAfter(batch, completion, now));
    long bytesOut = Meters.ON ? batch.slot.view(stage.index + 1).valueBytes() : 0;
    stage.meter.done(completion, queued, bytesIn, bytesOut);
    BatchEvent.returned(
        stage.definition.name(),
        batch.sequence,
        result.rowsIn(),
        queued + completion.waitNanos(),
        result.serviceNanos(),
        completion.transportNanos(),
        completion.worker());
    if (batch.trace != null) {
      batch.trace.called(
          stage.definition.name(),
          result.rowsIn(),
          queued + completion.waitNanos(),
          result.serviceNanos(),
          completion.transportNanos(),
          completion.worker());
    }
    if (!batch.split) {
      stage.observe(batch.rowsAtClose, result.serviceNanos() + completion.transportNanos());
    }
    for (int i = 0; i < rows.length; i++) {
      CallResult.RejectedRow row = result.rejected().get(i);
      reject(batch, stage, rejected, i, row.reason(), row.detail());
    }
    stage.returned.pass(batch.slot.view(stage.index + 1));
    return Next.ON;
  }

  /** How long the batch waited for the stage to take it. */
  private static long submittedAfter(InFlightBatch batch, Completion.Done completion, long now) {
    return now
        - batch.queuedAt
        - completion.waitNanos()
        - completion.transportNanos()
        - completion.result().serviceNanos();
  }

  /** The outputs fit only for the rows before {@code row}. */
  private Next cutOrReject(InFlightBatch batch, RunningStage stage, int row) {
    int rows = batch.slot.rows();
    if (rows == 1 && batch.slot.spread()) {
      return Next.AGAIN;
    }
    if (rows == 1) {
      rejectRow(
          batch,
          stage,
          0,
          "what the function returned does not fit into a slot:"
              + " raise the slot size of the forebay",
          "");
      return Next.ON;
    }
    int first = Math.clamp(row, 1, rows - 1);
    stage.overflowed(first);
    return cut(batch, stage, first);
  }

  private static Next cut(InFlightBatch batch, RunningStage stage, int first) {
    batch.split = true;
    batch.parts.addFirst(new InFlightBatch.Part(batch.slot.cut(first), stage.index));
    return Next.AGAIN;
  }

  private Next lost(InFlightBatch batch, RunningStage stage, Completion.Lost lost) {
    int rows = batch.slot.rows();
    batch.split = true;
    if (lost.row() < 0 && rows > 1) {
      batch.carefulIn = stage.index;
      return cut(batch, stage, rows / 2);
    }
    int guilty = Math.clamp(lost.row(), 0, rows - 1);
    rejectRow(batch, stage, guilty, lost.reason(), lost.evidence());
    if (guilty > 0 && guilty < batch.slot.rows()) {
      // The rows before it have got through once: they go first, and are not computed once more
      // for each record that is found behind.
      return cut(batch, stage, guilty);
    }
    return batch.slot.rows() > 0 ? Next.AGAIN : Next.ON;
  }

  private void rejectRow(
      InFlightBatch batch, RunningStage stage, int row, String reason, String detail) {
    Batch copy = RowCopy.toHeap(batch.slot.view(stage.index), new int[] {row});
    reject(batch, stage, copy, 0, reason, detail);
    batch.slot.retain(stage.index, each -> each != row);
  }

  private void reject(
      InFlightBatch batch, RunningStage stage, Batch rows, int row, String reason, String detail) {
    int number = rows.partition(row);
    Partition partition = names.partition(number);
    long sequence = rows.sequence(row);
    Rejection rejection =
        new Rejection(
            partition.sourceName,
            partition.name(),
            sequence,
            stage.definition.name(),
            reason,
            detail,
            new Rejection.Row(rows, row));
    batch.rejected.add(new Rejected(number, sequence, rejection));
    stage.returned.reject(rejection);
  }
}
