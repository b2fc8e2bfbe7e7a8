package io.forebay.engine.internal.delivery;

import io.forebay.Batch;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.sinks.Redelivery;
import io.forebay.engine.internal.sinks.SinkAgent;
import io.forebay.engine.internal.sinks.SinkBatch;
import io.forebay.engine.internal.windows.WindowFeed;
import io.forebay.engine.internal.windows.WindowStage;
import io.forebay.internal.rows.RowCopy;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The batches that sinks were given, until every sink has written them: then their rejections go to
 * dead letter, they are counted, and their slots become free. Used by the sink runner.
 */
final class UnwrittenBatches {
  private static final int MOST_OF_WINDOWS = 1 << 15;

  private final SinkRunner.Wiring wiring;
  private final List<SinkAgent> sinks;
  private final Redelivery redelivery;
  private final GroupCommit commit;

  /** In the order in which they were handed out. */
  private final ArrayDeque<SinkBatch> unwritten = new ArrayDeque<>();

  /** Rows of windows among them, which are in no slot. */
  private int rowsOfWindows;

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

  /** Whether so many rows of windows wait that no more are to be made. */
  boolean isFull() {
    return rowsOfWindows >= MOST_OF_WINDOWS;
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
      give(rows);
    }
    settle();
  }

  /** Merges a batch, or the part of it that is in its slot, into windows. */
  void merge(InFlightBatch batch, WindowStage windows, long now) throws PipelineFailedException {
    boolean last = batch.parts.isEmpty();
    midBatch = true; // Also where what follows fails: then there is nothing that can be committed.
    List<Batch> over = windows.merge(batch, now);
    if (batch.slot.rows() > 0) {
      batch.tally.part(batch.slot.view(wiring.stages() - 1), wiring.multiplied());
    }
    if (!last) {
      wiring.partWritten().accept(batch);
    } else {
      if (batch.trace != null) {
        batch.trace.handedOut();
      }
      finish(batch);
      wiring.intake().release(batch.slot);
      midBatch = false;
    }
    List<Batch> late = windows.takeLate();
    wiring.ledger().late(late.stream().mapToInt(Batch::rows).sum());
    handOut(late, windows);
    made(over, windows);
  }

  /** Rows of windows that are over go to the sinks, or first through the stages behind. */
  void made(List<Batch> over, WindowStage windows) throws PipelineFailedException {
    @Nullable WindowFeed behind = windows.behind();
    if (behind == null) {
      handOut(over, windows);
    } else {
      behind.add(over);
    }
  }

  /** Has every sink write what the stages behind have made of rows of windows. */
  void handOut(InFlightBatch batch, WindowStage windows, WindowFeed behind)
      throws PipelineFailedException {
    Batch result = behind.result(batch);
    if (result.rows() > 0) { // On the heap, as all rows of windows: the slot is free sooner.
      int[] all = IntStream.range(0, result.rows()).toArray();
      handOut(List.of(RowCopy.toHeap(result, all)), windows);
    }
    if (batch.parts.isEmpty()) {
      reject(batch);
      behind.release(batch);
    } else {
      behind.partWritten(batch);
    }
  }

  /** Has every sink write rows of windows. */
  void handOut(List<Batch> rowsOfThem, WindowStage windows) throws PipelineFailedException {
    windows.given(rowsOfThem);
    for (Batch each : rowsOfThem) {
      SinkBatch rows = SinkBatch.ofWindows(each);
      unwritten.add(rows);
      rowsOfWindows += each.rows();
      give(rows);
    }
    settle();
  }

  private void give(SinkBatch rows) {
    if (redelivery.isNeeded()) {
      redelivery.keep(rows);
    }
    if (sinks.size() > 1) {
      rows.makeColumns();
    }
    rows.given(sinks.size());
    sinks.forEach(sink -> sink.give(new SinkAgent.Task.Write(rows)));
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
    if (batch == null) {
      rowsOfWindows -= rows.rows();
      wiring.latency().written(rows);
      return;
    }
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
    finish(batch);
    if (empty || !redelivery.isNeeded()) {
      wiring.intake().release(batch.slot);
    }
  }

  /** Nothing of the batch follows: what was rejected goes to dead letter, and it counts. */
  private void finish(InFlightBatch batch) throws PipelineFailedException {
    reject(batch);
    wiring.ledger().written(batch, wiring.multiplied());
    wiring.deadLetters().requireFew(wiring.ledger().writtenCounts(), false);
    if (batch.trace != null) {
      batch.trace.written(batch.records);
    }
    wiring.latency().written(batch.arrivals);
  }

  private void reject(InFlightBatch batch) throws PipelineFailedException {
    wiring.deadLetters().write(batch.rejected);
    @Nullable WindowStage windows = wiring.windows();
    if (windows != null) {
      windows.letters(batch.rejected);
    }
    commit.rejected(batch.rejected);
  }
}
