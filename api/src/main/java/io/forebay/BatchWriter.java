package io.forebay;

import io.forebay.columns.BinaryWriter;
import io.forebay.columns.BoolWriter;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Float32Writer;
import io.forebay.columns.Float64ListWriter;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.Int32Writer;
import io.forebay.columns.Int64Writer;
import io.forebay.columns.StringWriter;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.OutputOverflowException;

/**
 * Takes what a {@link BatchFunction} returns. Belongs to one call and one thread.
 *
 * <p>With {@link RowShape#SAME} and {@link RowShape#FEWER} the rows of the output columns are the
 * rows of the input. With {@link RowShape#ANY} the function first asks for each output row with
 * {@link #emit}.
 */
public interface BatchWriter {
  /** The writer of the output column at {@code index} of {@link BatchFunction#outputs}. */
  ColumnWriter column(int index);

  /**
   * The writer of the output column of that name.
   *
   * @throws ConfigurationException if {@link BatchFunction#outputs} does not declare it
   */
  ColumnWriter column(String name);

  /**
   * Sends the input row to dead letter. Its output values are ignored.
   *
   * @param reason one sentence for the person who will look at the dead letter
   * @throws OutputOverflowException if the batch has no room for the reason
   */
  void reject(int row, String reason);

  /**
   * Leaves the input row out of the result; it is counted as filtered.
   *
   * @throws IllegalStateException if the function declares {@link RowShape#SAME}
   */
  void filter(int row);

  /**
   * Adds an output row that continues input row {@code row}: its input columns pass through. Calls
   * come in ascending order of {@code row}; an input row for which there is none is filtered.
   *
   * @return the output row, counted from 0
   * @throws IllegalStateException unless the function declares {@link RowShape#ANY}
   * @throws OutputOverflowException if the batch has no room for another row
   */
  int emit(int row);

  /** The bool output column of that name. */
  default BoolWriter bool(String name) {
    return (BoolWriter) column(name);
  }

  /** The int32 output column of that name. */
  default Int32Writer int32(String name) {
    return (Int32Writer) column(name);
  }

  /** The int64 or timestamp output column of that name. */
  default Int64Writer int64(String name) {
    return (Int64Writer) column(name);
  }

  /** The float32 output column of that name. */
  default Float32Writer float32(String name) {
    return (Float32Writer) column(name);
  }

  /** The float64 output column of that name. */
  default Float64Writer float64(String name) {
    return (Float64Writer) column(name);
  }

  /** The string output column of that name. */
  default StringWriter string(String name) {
    return (StringWriter) column(name);
  }

  /** The binary output column of that name. */
  default BinaryWriter binary(String name) {
    return (BinaryWriter) column(name);
  }

  /** The list output column of that name. */
  default Float64ListWriter list(String name) {
    return (Float64ListWriter) column(name);
  }
}
