package io.forebay.engine.internal.tap;

import io.forebay.Batch;
import io.forebay.Rejection;
import io.forebay.internal.concurrent.Mailbox;
import io.forebay.internal.rows.RowCopy;
import io.forebay.tap.Tap;
import io.forebay.tap.TapPart;
import io.forebay.tap.TapSample;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One tap: copies what is asked for, within its rate and within its share of the time of the thread
 * that records pass on.
 *
 * <p>{@link #pass} and {@link #reject} belong to that thread, {@link #poll} and {@link #close} to
 * whoever has the tap; the mailbox hands over, the counts have one writer.
 */
final class OpenTap implements Tap {
  /** Samples of one batch at most. */
  private static final int MOST_ROWS = 64;

  /** When so many bytes wait for whoever has the tap, nothing more is copied. */
  private static final long MOST_BYTES = 1 << 20;

  /** All taps together may take a twentieth of the time. */
  private static final double SHARE = 0.05;

  /** For which a tap may look without a rest, at the beginning or after a pause. */
  private static final long MOST_AT_ONCE_NANOS = 500_000_000;

  /** For which it may hold up one batch. */
  private static final long MOST_A_BATCH_NANOS = 5_000_000;

  /** Rows between two looks at the clock. */
  private static final int CHUNK = 512;

  private static final IntPredicate ANY = row -> true;

  /** A sample, and what it takes on the heap. */
  private record Waiting(TapSample sample, long bytes) {}

  private final PipelineTaps.Place place;
  private final Optional<Where> where;
  private final double perSecond;
  private final PipelineTaps taps;

  /** Bounded by {@link #waitingBytes}. */
  private final Mailbox<Waiting> samples = Mailbox.boundedBySenders();

  private final AtomicLong waitingBytes = new AtomicLong();
  private volatile long passed;
  private volatile long looked;

  // Of the thread on which records pass.
  private long lastAt;
  private double samplesLeft;
  private double nanosLeft = MOST_AT_ONCE_NANOS;
  private int turn;
  private boolean broken;

  OpenTap(PipelineTaps.Place place, Optional<Where> where, double perSecond, PipelineTaps taps) {
    this.place = place;
    this.where = where;
    this.perSecond = perSecond;
    this.taps = taps;
    this.lastAt = taps.nanos();
    this.samplesLeft = burst();
  }

  private double burst() {
    return Math.max(1, perSecond);
  }

  // ------------------------------------------------------------------ where records pass

  void pass(Batch batch) {
    int rows = batch.rows();
    if (rows == 0) {
      return;
    }
    passed = passed + rows;
    long now = taps.nanos();
    if (mayLook(now)) {
      try {
        looked = looked + look(batch, rows, now);
      } catch (RuntimeException e) {
        broken = true; // A tap harms no batch; it sees nothing more.
      }
      nanosLeft -= taps.nanos() - now;
    }
  }

  void reject(Rejection rejection) {
    if (!place.sees(rejection)) {
      return;
    }
    passed = passed + 1;
    long now = taps.nanos();
    if (mayLook(now)) {
      try {
        looked = looked + 1;
        if (where.isEmpty() || place.matches(where.get(), rejection)) {
          give(new TapSample.Letter(Letters.copy(rejection)), RowBytes.of(rejection));
        }
      } catch (RuntimeException e) {
        broken = true;
      }
      nanosLeft -= taps.nanos() - now;
    }
  }

  private boolean mayLook(long now) {
    long since = Math.max(0, now - lastAt);
    lastAt = now;
    samplesLeft = Math.min(burst(), samplesLeft + since * 1e-9 * perSecond);
    nanosLeft = Math.min(MOST_AT_ONCE_NANOS, nanosLeft + since * SHARE / Math.max(1, taps.open()));
    return samplesLeft >= 1 && nanosLeft > 0 && hasRoom() && !broken;
  }

  private boolean hasRoom() {
    return waitingBytes.get() < MOST_BYTES;
  }

  /** Takes samples; returns how many rows it has looked at. */
  private int look(Batch batch, int rows, long now) {
    int most = (int) Math.min(MOST_ROWS, samplesLeft);
    IntPredicate wanted = wanted(batch);
    boolean any = wanted == ANY;
    int stride = any ? Math.max(1, rows / most) : 1;
    // Not always the first ones: a batch may have an order.
    int start = Math.floorMod(turn++, any ? stride : rows);
    int at = 0;
    for (int found = 0; at < rows && found < most && hasRoom(); at += stride) {
      if (at % CHUNK == 0 && at > 0 && taps.nanos() - now > MOST_A_BATCH_NANOS) {
        break;
      }
      int row = (start + at) % rows;
      if (wanted.test(row)) {
        found++;
        give(new TapSample.Row(RowCopy.toHeap(batch, new int[] {row})), RowBytes.of(batch, row));
      }
    }
    return any ? rows : Math.min(at, rows);
  }

  private IntPredicate wanted(Batch batch) {
    IntPredicate of = where.isEmpty() ? ANY : where.get().on(batch);
    IntPredicate from = place.partitions();
    if (from == PipelineTaps.ALL) {
      return of;
    }
    return row -> from.test(batch.partition(row)) && of.test(row);
  }

  private void give(TapSample sample, long bytes) {
    samplesLeft--;
    waitingBytes.addAndGet(bytes);
    samples.offer(new Waiting(sample, bytes));
  }

  // ------------------------------------------------------------------ whoever has the tap

  @Override
  public TapPart part() {
    return place.part();
  }

  @Override
  public @Nullable TapSample poll() {
    Waiting next = samples.poll();
    if (next == null) {
      return null;
    }
    waitingBytes.addAndGet(-next.bytes());
    return next.sample();
  }

  @Override
  public long passed() {
    return passed;
  }

  @Override
  public long looked() {
    return looked;
  }

  @Override
  public void close() {
    place.point().remove(this);
    samples.closeAndDrain();
    taps.closed(this);
  }
}
