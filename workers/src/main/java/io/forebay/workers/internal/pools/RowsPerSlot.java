package io.forebay.workers.internal.pools;

/**
 * How many arguments to give to a worker at once: about {@link #TARGET_NANOS} of work, so that
 * crossing the border does not matter and no worker waits long for the others at the end. Belongs
 * to one thread.
 */
final class RowsPerSlot {
  private static final double TARGET_NANOS = 20_000_000;
  private static final int MOST = 8192;
  private static final int GROWTH = 4;

  private final boolean fixed;
  private int rows;
  private double nanosPerRow;

  /** {@code fixed} rows, or 0: found out. */
  RowsPerSlot(int fixed) {
    this.fixed = fixed > 0;
    this.rows = Math.max(1, fixed);
  }

  int rows() {
    return rows;
  }

  /** A slot has come back in which a row took so long on average; 0 if that is not known. */
  void observe(double nanos) {
    if (!fixed && nanos > 0) {
      nanosPerRow = nanosPerRow == 0 ? nanos : nanosPerRow + (nanos - nanosPerRow) / 4;
      double wanted = TARGET_NANOS / nanosPerRow;
      rows = (int) Math.clamp(wanted, 1, Math.min(MOST, (double) rows * GROWTH));
    }
  }
}
