package io.forebay.cli.explain;

import java.util.List;

/**
 * What a call of {@code n} records costs: {@code t = a + b·n}.
 *
 * @param fixedNanos {@code a}, whatever the number of records
 * @param recordNanos {@code b}, for each record
 */
record CostLine(double fixedNanos, double recordNanos) {
  /** A call of so many records took so long. */
  record Call(double rows, double nanos) {}

  /**
   * The line with the least squares of relative errors, so that small batches count as much as
   * large ones. Neither cost is negative.
   */
  static CostLine through(List<Call> calls) {
    double weights = 0;
    double rows = 0;
    double rowsRows = 0;
    double nanos = 0;
    double rowsNanos = 0;
    for (Call call : calls) {
      double weight = 1 / Math.max(1, call.nanos * call.nanos);
      weights += weight;
      rows += weight * call.rows;
      rowsRows += weight * call.rows * call.rows;
      nanos += weight * call.nanos;
      rowsNanos += weight * call.rows * call.nanos;
    }
    if (weights == 0) {
      return new CostLine(0, 0);
    }
    double spread = weights * rowsRows - rows * rows;
    double slope =
        spread <= 1e-9 * weights * rowsRows
            ? rowsNanos / rowsRows // Only one size: all of it is for the records.
            : (weights * rowsNanos - rows * nanos) / spread;
    double fixed = (nanos - slope * rows) / weights;
    if (fixed < 0) {
      return new CostLine(0, rowsNanos / rowsRows);
    }
    return slope < 0 ? new CostLine(nanos / weights, 0) : new CostLine(fixed, slope);
  }

  double nanos(double rows) {
    return fixedNanos + recordNanos * rows;
  }

  /** From how many records on a call takes so long; infinite if none does. */
  double rowsFor(double nanos) {
    return recordNanos <= 0
        ? Double.POSITIVE_INFINITY
        : Math.max(1, Math.ceil((nanos - fixedNanos) / recordNanos));
  }

  /**
   * From how many records on several workers behind a border are faster than the same function
   * without one, which costs {@code recordNanos} a record; infinite if they never are.
   *
   * @param border what it costs to bring a batch to a worker and back
   */
  double breakEvenRows(CostLine border, int workers) {
    double won = (workers - 1) * recordNanos - border.recordNanos;
    return won <= 0
        ? Double.POSITIVE_INFINITY
        : Math.max(1, Math.ceil((fixedNanos + border.fixedNanos) / won));
  }
}
