package io.forebay.workers.api;

/**
 * Finds out how many rows a stage's batches should have, while it runs.
 *
 * <p>A call on {@code n} rows takes {@code t = a + b·n}: a fixed cost and a cost per row, which are
 * fitted to the calls seen so far, older ones counting less. The aim is {@code t} = {@value
 * #TARGET_MS} ms, or more where {@code a} would otherwise exceed a fortieth of it, but never more
 * than {@value #MOST_MS} ms or the given limit: long enough for fixed costs to vanish, short enough
 * that no worker waits for long. A call that cannot be shorter has a single row.
 *
 * <p>Calls of equal size tell nothing about {@code a}; so one call in {@value #PROBE_EVERY} is
 * asked for with half the rows, and the fit leans on the hypothesis a = 0 as far as the sizes do
 * not differ. Calls that take more than twice or less than half of what was expected, three in a
 * row, mean that the function's cost has changed: what was learned is forgotten.
 *
 * <p>Not thread-safe.
 */
public final class BatchSizer {
  static final int TARGET_MS = 20;
  static final int MOST_MS = 50;
  static final int PROBE_EVERY = 8;

  /** Rows of the first batches, while nothing is known. */
  static final int FIRST_ROWS = 16;

  /** The share of the fixed cost below which a small batch may go because a worker is idle. */
  private static final double EARLY_SHARE = 0.1;

  private static final double DECAY = 0.99;
  private static final int GROWTH = 4;
  private static final int SURPRISES = 3;

  private final double mostNanos;

  // Sums over the calls seen, exponentially weighted: 1, n, t, n·n, n·t.
  private double weight;
  private double sumRows;
  private double sumNanos;
  private double sumRowsRows;
  private double sumRowsNanos;

  private int surprises;
  private double fixedNanos;
  private double rowNanos;
  private int wish = FIRST_ROWS;
  private int largest = FIRST_ROWS;
  private int fits = Integer.MAX_VALUE;
  private int asked;

  /** Sizes batches for calls of at most {@code mostNanos}. */
  public BatchSizer(double mostNanos) {
    this.mostNanos = Math.max(1, Math.min(mostNanos, MOST_MS * 1e6));
  }

  /** Takes in that a call on {@code rows} rows took {@code nanos}. */
  public void observe(int rows, long nanos) {
    if (rows < 1) {
      return;
    }
    double took = Math.max(1, nanos);
    if (weight > 0) {
      double expected = fixedNanos + rowNanos * rows;
      surprises = took > 2 * expected || 2 * took < expected ? surprises + 1 : 0;
      if (surprises >= SURPRISES) {
        forget();
      }
    }
    weight = DECAY * weight + 1;
    sumRows = DECAY * sumRows + rows;
    sumNanos = DECAY * sumNanos + took;
    sumRowsRows = DECAY * sumRowsRows + (double) rows * rows;
    sumRowsNanos = DECAY * sumRowsNanos + rows * took;
    largest = Math.max(rows, (int) (largest * DECAY));
    fit();
    if (fits < Integer.MAX_VALUE) {
      fits = (int) Math.min(Integer.MAX_VALUE, fits * 1.02 + 1);
    }
  }

  /** Takes in that the outputs of only {@code rows} rows fitted into a slot. */
  public void overflowed(int rows) {
    fits = Math.max(1, rows);
  }

  private void forget() {
    weight = 0;
    sumRows = 0;
    sumNanos = 0;
    sumRowsRows = 0;
    sumRowsNanos = 0;
    surprises = 0;
  }

  private void fit() {
    double rows = sumRows / weight;
    double nanos = sumNanos / weight;
    double perRow = nanos / rows;
    double variance = Math.max(0, sumRowsRows / weight - rows * rows);
    double covariance = sumRowsNanos / weight - rows * nanos;
    double doubt = 0.001 * rows * rows;
    rowNanos = Math.clamp((covariance + doubt * perRow) / (variance + doubt), 0, perRow);
    fixedNanos = Math.max(0, nanos - rowNanos * rows);
    rowNanos = Math.max(rowNanos, 1e-3);
    double target = Math.min(mostNanos, Math.max(TARGET_MS * 1e6, 40 * fixedNanos));
    double best = (target - fixedNanos) / rowNanos;
    if (fixedNanos + rowNanos * Math.ceil(best) <= mostNanos) {
      best = Math.ceil(best);
    }
    wish = (int) Math.clamp(best, 1, (double) GROWTH * largest);
  }

  /** How many rows batches should have by what is known. */
  public int wish() {
    return Math.min(wish, fits);
  }

  /** How many rows the next batch should have at most. */
  public int rows() {
    int rows = wish();
    asked++;
    return asked % PROBE_EVERY == 0 ? Math.max(1, rows / 2) : rows;
  }

  /** With how many rows a batch is worth a call if a worker is idle anyway. */
  public int earlyRows() {
    if (weight == 0) {
      return 1;
    }
    double worth = fixedNanos * (1 / EARLY_SHARE - 1) / rowNanos;
    return (int) Math.clamp(Math.ceil(worth), 1, Integer.MAX_VALUE - 1);
  }

  /** The fitted fixed cost of a call. */
  public double fixedNanos() {
    return fixedNanos;
  }

  /** The fitted cost of a row. */
  public double rowNanos() {
    return rowNanos;
  }
}
