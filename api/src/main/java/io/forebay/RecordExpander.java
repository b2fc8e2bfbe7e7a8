package io.forebay;

import java.util.function.Consumer;

/**
 * A function that makes any number of records of one: none (the record is filtered), one or many.
 * The columns of the input pass through to each. Otherwise as {@link RecordFunction}.
 */
@FunctionalInterface
public interface RecordExpander<I extends Record, O extends Record> {
  /** Calls {@code out} once for each record to emit. */
  void apply(I in, Consumer<? super O> out) throws Exception;
}
