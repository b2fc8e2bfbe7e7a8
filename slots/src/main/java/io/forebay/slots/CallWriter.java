package io.forebay.slots;

import io.forebay.BatchWriter;
import io.forebay.ColumnWriter;

/**
 * The {@link BatchWriter} of one call, and how the call ends. The header words that tell the engine
 * of the end are written last, by {@link #done} or {@link #overflowed}.
 */
public final class CallWriter implements BatchWriter {
  @Override
  public ColumnWriter column(int index) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ColumnWriter column(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void reject(int row, String reason) {
    throw new UnsupportedOperationException();
  }

  /** As {@link #reject(int, String)}, with a stack trace or other evidence. */
  public void reject(int row, String reason, String detail) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void filter(int row) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int emit(int row) {
    throw new UnsupportedOperationException();
  }

  /** A writer for rows {@code from} on: row 0 of the slice is row {@code from} of the batch. */
  public BatchWriter slice(int from) {
    throw new UnsupportedOperationException();
  }

  /** Where the call stands, for {@link #rewind}. */
  public Mark mark() {
    throw new UnsupportedOperationException();
  }

  /** Forgets everything written since {@code mark}. */
  public void rewind(Mark mark) {
    throw new UnsupportedOperationException();
  }

  /** A point within a call. */
  public interface Mark {}

  /**
   * Ends the call well.
   *
   * @param serviceNanos time in the function
   * @param cpuNanos CPU time of it, -1 if it was not measured
   */
  public void done(long serviceNanos, long cpuNanos) {
    throw new UnsupportedOperationException();
  }

  /** Ends the call because output did not fit: rows before {@code row} did. */
  public void overflowed(int row, long serviceNanos) {
    throw new UnsupportedOperationException();
  }
}
