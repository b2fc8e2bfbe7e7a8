package io.forebay.engine.internal.dispatch;

import io.forebay.engine.internal.batches.BatchReceiver;
import io.forebay.engine.internal.batches.InFlightBatch;
import java.util.ArrayDeque;

/**
 * Hands batches on to the sink runner, in the order in which they were closed where the pipeline is
 * ordered. It holds no more batches than there are slots. Used by the dispatcher.
 */
public final class Resequencer {
  private final boolean ordered;
  private final BatchReceiver receiver;
  private final ArrayDeque<InFlightBatch> order = new ArrayDeque<>();

  public Resequencer(boolean ordered, BatchReceiver receiver) {
    this.ordered = ordered;
    this.receiver = receiver;
  }

  /** The batch comes behind all that were admitted before. */
  void admitted(InFlightBatch batch) {
    if (ordered) {
      order.addLast(batch);
    }
  }

  /** The batch, or the part of it that is in the slot, has passed all stages. */
  void ready(InFlightBatch batch) {
    if (!ordered) {
      receiver.take(batch);
      return;
    }
    batch.ready = true;
    for (InFlightBatch head = order.peekFirst();
        head != null && head.ready;
        head = order.peekFirst()) {
      head.ready = false;
      boolean last = head.parts.isEmpty();
      receiver.take(head);
      if (!last) {
        break; // The next part comes before the next batch.
      }
      order.removeFirst();
    }
  }

  /** There will be no more batches. */
  void end(boolean complete) {
    receiver.end(complete);
  }
}
