package io.forebay.engine.internal.measure;

import io.forebay.engine.internal.loops.Ticker;
import java.util.Arrays;

/**
 * When the records of one batch arrived. The clock is read for its first record, and then so often
 * that about half a millisecond lies between two readings: for every record where they come slowly,
 * for one in thousands where they come fast. In between they are taken to have come evenly. Guarded
 * as the batch is.
 */
public final class ArrivalTimes {
  /** What lies between two readings, about; where the batch is closed between two, twice that. */
  static final long GAP_NANOS = 500_000;

  /** A batch that takes long to fill keeps every other one. */
  private static final int MOST_READINGS = 128;

  /** What lies closer together counts as one instant. */
  private static final long SAME_NANOS = 50_000;

  private static final int PIECES = 8;

  private final Ticker ticker;
  private long[] times = new long[8];

  /** How many records had come then. */
  private int[] records = new int[8];

  private int readings = 1;
  private long gap = GAP_NANOS;
  private int stride = 1;

  /** What the stride is at least. */
  private int leastStride = 1;

  private int next = Meters.ON ? 2 : Integer.MAX_VALUE;

  /** Of a batch that is opened for its first record. */
  public ArrivalTimes(Ticker ticker) {
    this.ticker = ticker;
    times[0] = ticker.nanos();
    records[0] = 1;
  }

  /** When the first came. */
  public long first() {
    return times[0];
  }

  /** A record has come, and is the batch's so-and-so-manieth. */
  public void taken(int nth) {
    if (nth >= next) {
      read(nth, ticker.nanos());
    }
  }

  private void read(int nth, long now) {
    long since = now - times[readings - 1];
    if (since < gap) {
      stride = Math.min(2 * stride, 1 << 20);
    } else if (since > 2 * gap) {
      stride = (int) Math.max(leastStride, stride * gap / since);
    }
    add(nth, now);
    next = nth + stride;
  }

  private void add(int nth, long now) {
    if (readings == MOST_READINGS) {
      readings /= 2;
      for (int i = 0; i < readings; i++) {
        times[i] = times[2 * i];
        records[i] = records[2 * i];
      }
      gap *= 2;
      leastStride *= 2;
      stride = Math.max(stride, leastStride);
    } else if (readings == times.length) {
      times = Arrays.copyOf(times, 2 * readings);
      records = Arrays.copyOf(records, 2 * readings);
    }
    times[readings] = now;
    records[readings++] = nth;
  }

  /** No more will come. They came at the pace of those before, not until now. */
  public void closed(int all) {
    if (all > records[readings - 1]) {
      add(all, Math.min(ticker.nanos(), times[readings - 1] + 2 * gap));
    }
  }

  /** Adds all of them, once closed. */
  void addTo(UnsettledTimes unsettled) {
    int before = 0;
    for (int i = 0; i < readings; i++) {
      int count = records[i] - before;
      long from = i == 0 ? times[0] : times[i - 1];
      int pieces = times[i] - from <= SAME_NANOS ? 1 : Math.min(count, PIECES);
      int done = 0;
      for (int piece = 1; piece <= pieces; piece++) {
        int until = (int) ((long) count * piece / pieces);
        double middle = (done + 1 + until) / (2.0 * count); // Of one record: its own place.
        unsettled.add(from + Math.round((times[i] - from) * middle), until - done);
        done = until;
      }
      before = records[i];
    }
  }
}
