package io.forebay.workers;

import io.forebay.AsyncFunction;
import io.forebay.Batch;
import io.forebay.BatchWriter;
import io.forebay.ConfigurationException;
import io.forebay.RecordFunction;
import io.forebay.Schema;

/**
 * Maps rows to Java records and back, component by component, for functions that the engine calls
 * record by record (async and blocking stages). Thread-safe.
 */
public final class RecordMapping {
  /**
   * Finds and checks an {@link AsyncFunction} or {@link RecordFunction}.
   *
   * @throws ConfigurationException as {@link BoundFunction#bind}
   */
  public static RecordMapping bind(FunctionSpec spec, Schema input) {
    throw new UnsupportedOperationException();
  }

  /** The columns the function adds or replaces. */
  public Schema outputs() {
    throw new UnsupportedOperationException();
  }

  /** The function: an {@link AsyncFunction} or a {@link RecordFunction}; one for the stage. */
  public Object newInstance() {
    throw new UnsupportedOperationException();
  }

  /** The row as the function's input record. */
  public Record read(Batch batch, int row) {
    throw new UnsupportedOperationException();
  }

  /** Writes the function's result as the row's output columns; rows in ascending order. */
  public void write(Record result, BatchWriter out, int row) {
    throw new UnsupportedOperationException();
  }
}
