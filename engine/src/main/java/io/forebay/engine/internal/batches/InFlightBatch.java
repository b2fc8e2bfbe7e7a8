package io.forebay.engine.internal.batches;

import io.forebay.Rejection;
import io.forebay.engine.internal.measure.ArrivalTimes;
import io.forebay.internal.events.BatchTrace;
import io.forebay.slots.SavedRows;
import io.forebay.slots.Slot;
import io.forebay.workers.api.CallOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its way from the sources to the sinks: its slot, the records that could not be read or
 * were rejected, and how far each partition is read with it. Belongs to one thread at a time: the
 * intake (under its lock), the dispatcher, a stage, the sink runner.
 */
public final class InFlightBatch {
  /** Rows that wait until the rows before them have gone through the slot, and where they go on. */
  public record Part(SavedRows rows, int stage) {}

  public final Slot slot;
  public final long sequence;

  /** When its records arrived. */
  public final ArrivalTimes arrivals;

  /** Records handed in with this batch: rows and rejections by sources. */
  public int records;

  /** Rows in the slot when the batch was closed. */
  public int rowsAtClose;

  /** Records for dead letter so far. */
  public final List<Rejected> rejected = new ArrayList<>(0);

  private int rejectedChars;

  /** Parts that are to follow, next one first. */
  public final ArrayDeque<Part> parts = new ArrayDeque<>(0);

  /** Whether it was ever cut: what it took is no measure then. */
  public boolean split;

  /** The stage whose workers its rows have cost together; -1 if there is none. */
  public int carefulIn = -1;

  /** The stage that comes next. */
  public int stage;

  /** When it began to wait for that stage. */
  public long queuedAt;

  /** Whether the part in the slot has passed all stages. */
  public boolean ready;

  /** What the sinks have counted in the parts before. */
  public final Tally tally = new Tally(this);

  /** Who follows it, if anybody does. */
  public @Nullable BatchTrace trace;

  // Spans: for each partition with records in this batch, from where to where.
  private int spans;
  private Partition[] partitions = new Partition[4];
  private long[] previous = new long[4];
  private long[] last = new long[4];
  private long[] offsets = new long[4];
  private int[] counts = new int[4];

  // What finds the span of a partition, once somebody asks.
  private long[] order = {};
  private int found;

  public InFlightBatch(Slot slot, long sequence, ArrivalTimes arrivals) {
    this.slot = slot;
    this.sequence = sequence;
    this.arrivals = arrivals;
  }

  /** How the stage that comes next is to call its rows. */
  public CallOptions options() {
    return carefulIn == stage ? CallOptions.CAREFUL : CallOptions.USUAL;
  }

  /** Notes that a record of the partition has its place in this batch. */
  public void taken(Partition partition, long recordSequence, long offset) {
    if (partition.spanBatch != sequence) {
      partition.spanBatch = sequence;
      partition.spanIndex = newSpan(partition);
    }
    int span = partition.spanIndex;
    last[span] = recordSequence;
    offsets[span] = offset;
    counts[span]++;
    arrivals.taken(++records);
  }

  private int newSpan(Partition partition) {
    if (spans == partitions.length) {
      int size = 2 * spans;
      partitions = Arrays.copyOf(partitions, size);
      previous = Arrays.copyOf(previous, size);
      last = Arrays.copyOf(last, size);
      offsets = Arrays.copyOf(offsets, size);
      counts = Arrays.copyOf(counts, size);
    }
    partitions[spans] = partition;
    previous[spans] = partition.lastSequence;
    return spans++;
  }

  /** Adds a record for dead letter. */
  public void reject(Partition partition, long recordSequence, Rejection rejection) {
    rejected.add(new Rejected(partition.index, recordSequence, rejection));
    rejectedChars += rejection.reason().length();
    if (rejection.content() instanceof Rejection.Text text) {
      rejectedChars += text.start().length();
    }
  }

  /** How much text the rejections hold. */
  public int rejectedChars() {
    return rejectedChars;
  }

  public int spans() {
    return spans;
  }

  /** The span of the partition with that index, which has records in this batch. */
  int spanOf(int partition) {
    if (partitions[found].index != partition) {
      if (order.length != spans) {
        order = new long[spans];
        Arrays.setAll(order, span -> ((long) partitions[span].index << 32) | span);
        Arrays.sort(order);
      }
      int at = Arrays.binarySearch(order, (long) partition << 32);
      found = (int) order[at < 0 ? -at - 1 : at];
    }
    return found;
  }

  /** The partition with that index, which has records in this batch. */
  public Partition partitionOf(int index) {
    return partitions[spanOf(index)];
  }

  public Partition partition(int span) {
    return partitions[span];
  }

  /** The sequence of the record before the span's first, in its partition. */
  public long previous(int span) {
    return previous[span];
  }

  /** The sequence of the span's last record. */
  public long last(int span) {
    return last[span];
  }

  /** The offset behind the span's last record. */
  public long offset(int span) {
    return offsets[span];
  }

  /** How many records the span has. */
  public int count(int span) {
    return counts[span];
  }
}
