package io.forebay.workers.api;

/** Writes the rows of a batch. */
@FunctionalInterface
public interface BatchFill {
  /** Appends rows to {@code rows}; runs on the thread that submits, before the batch is sent. */
  void fill(RowWriter rows);
}
