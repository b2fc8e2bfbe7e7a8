package io.forebay.engine.internal.delivery;

import io.forebay.Batch;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.sinks.Redelivery;
import io.forebay.engine.internal.sinks.SinkAgent;
import io.forebay.engine.internal.sinks.SinkBatch;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The batches that sinks were given, until every sink has written them: then their rejections go to
 * dead letter, they are counted, and their slots become free. Used by the sink runner.
 */
final class UnwrittenBatches {
  private final SinkRunner.Wiring wiring;
  private final List<SinkAgent> sinks;
  private final Redelivery redelivery;
  private final GroupCommit commit;

  /** In the order in which they were handed out. */
  private final ArrayDeque<SinkBatch> unwritten = new ArrayDeque<>();

  private boolean midBatch;

  UnwrittenBatches(
      SinkRunner.Wiring wiring, List<SinkAgent> sinks, Redelivery redelivery, GroupCommit commit) {
    this.wiring = wiring;
    this.sinks = sinks;
    this.redelivery = redelivery;
    this.commit = commit;
  }

  /** Whether every sink has written everything. */
  boolean isEmpty() {
    return unwritten.isEmpty();
  }

  /** Whether some sink writes a part of a batch whose next part needs its slot. */
  boolean isHalfWritten() {
    return !unwritten.isEmpty() && !unwritten.getLast().last;
  }

  /** Whether more parts follow of the batch that was handed out last. */
  boolean isMidBatch() {
    return midBatch;
  }

  /** Has every sink write a batch, or the part of it that is in its slot. */
  void handOut(InFlightBatch batch) throws PipelineFailedException {
    boolean last = batch.parts.isEmpty();
    Batch view = batch.slot.view(wiring.stages());
    SinkBatch rows = new SinkBatch(batch, view, last);
    midBatch = !last;
    unwritten.add(rows);
    if (batch.trace != null) {
      batch.trace.handedOut();
    }
    if (view.rows() > 0) {
      if (redelivery.isNeeded()) {
        redelivery.keep(rows);
      }
      if (sinks.size() > 1) {
        rows.makeColumns();
      }
      rows.given(sinks.size());
      sinks.forEach(sink -> sink.give(new SinkAgent.Task.Write(rows)));
    }
    settle();
  }

  /** Lets go of what every sink has written. */
  void settle() throws PipelineFailedException {
    for (SinkBatch first = unwritten.peek();
        first != null && first.isWritten();
        first = unwritten.peek()) {
      unwritten.remove();
      settle(first);
    }
  }

  private void settle(SinkBatch rows) throws PipelineFailedException {
    InFlightBatch batch = rows.batch;
    boolean empty = rows.rows() == 0;
    if (!empty) {
      batch.tally.part(rows, wiring.multiplied());
      wiring.latency().written(rows);
    }
    if (!rows.last) {
      if (!empty && redelivery.isNeeded()) {
        redelivery.copy(rows);
      }
      wiring.partWritten().accept(batch);
      return;
    }
    wiring.deadLetters().write(batch.rejected);
    commit.rejected(batch.rejected);
    wiring.ledger().written(batch, wiring.multiplied());
    if (batch.trace != null) {
      batch.trace.written(batch.records);
    }
    wiring.latency().written(batch.arrivals);
    if (empty || !redelivery.isNeeded()) {
      wiring.intake().release(batch.slot);
    }
  }
}
