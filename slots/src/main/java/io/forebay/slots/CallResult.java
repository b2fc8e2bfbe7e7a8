package io.forebay.slots;

import java.util.List;

/**
 * What a call returned, checked and copied out of shared memory.
 *
 * @param stage the stage that was called
 * @param rowsIn rows given to the function
 * @param rowsOut rows that go on
 * @param filtered input rows left out
 * @param rejected input rows for dead letter, ascending
 * @param overflowRow -1, or the row at which the outputs did not fit: rows before it did, and the
 *     batch has to be cut there (at 1 if it is 0 and there is more than one row)
 * @param serviceNanos time in the function
 * @param cpuNanos CPU time of it, -1 if it was not measured
 * @param runDelayNanos how long it could have run but had no core, -1 if it was not measured
 */
public record CallResult(
    int stage,
    int rowsIn,
    int rowsOut,
    int filtered,
    List<RejectedRow> rejected,
    int overflowRow,
    long serviceNanos,
    long cpuNanos,
    long runDelayNanos) {
  /** Of a call whose run delay was not measured. */
  public CallResult(
      int stage,
      int rowsIn,
      int rowsOut,
      int filtered,
      List<RejectedRow> rejected,
      int overflowRow,
      long serviceNanos,
      long cpuNanos) {
    this(stage, rowsIn, rowsOut, filtered, rejected, overflowRow, serviceNanos, cpuNanos, -1);
  }

  /** A row that the function rejected. */
  public record RejectedRow(int row, String reason, String detail) {}

  /** Whether every row goes on as it was. */
  public boolean keptAll() {
    return rowsOut == rowsIn && filtered == 0 && rejected.isEmpty();
  }
}
