package io.forebay;

import java.util.concurrent.CompletionStage;

/**
 * A function that waits, for example for an answer from the network, and never blocks the thread
 * that calls it. The engine keeps a bounded number of records in flight. Records are mapped as for
 * {@link RecordFunction}; the rules for classes are the same, but one instance serves all records
 * of a stage, from several threads, and may hold a client. If it is {@link AutoCloseable}, it is
 * closed at the end.
 */
@FunctionalInterface
public interface AsyncFunction<I extends Record, O extends Record> {
  /**
   * Starts the work for one record and returns at once. The stage completes exceptionally for this
   * record as {@link RecordFunction#apply} throws.
   */
  CompletionStage<O> apply(I in);
}
