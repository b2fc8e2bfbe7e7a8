package io.forebay.testkit;

import io.forebay.Batch;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What a function made of a batch.
 *
 * @param batch the rows that go on, with the input's columns and the function's outputs
 * @param inputRows for each of these rows the input row that it continues
 * @param rejected the input rows that go to dead letter, with their reasons
 * @param filtered the input rows that were left out
 */
public record FunctionResult(
    Batch batch,
    List<Integer> inputRows,
    SortedMap<Integer, String> rejected,
    SortedSet<Integer> filtered) {
  /** The rows that go on, see {@link Batches#rows(Batch)}. */
  public List<Map<String, @Nullable Object>> rows() {
    return Batches.rows(batch);
  }
}
