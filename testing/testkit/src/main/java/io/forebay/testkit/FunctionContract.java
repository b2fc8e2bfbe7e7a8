package io.forebay.testkit;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.RecordFunction;
import io.forebay.Schema;
import io.forebay.errors.RecordRejectedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a function keeps its contract: the same rows in give the same rows out, in any
 * division into batches, when a call is repeated, on a slice, on any instance, and however strings
 * are encoded. Give it rows of every kind that the function will meet, nulls and bad ones too.
 *
 * <pre>{@code
 * FunctionContract.check(LectureFeatures::new, readings);
 * }</pre>
 */
public final class FunctionContract {
  private static final int DIVISIONS = 20;

  private FunctionContract() {}

  /** What became of one row. */
  private sealed interface Outcome {
    record Rows(List<Map<String, @Nullable Object>> rows) implements Outcome {}

    record Rejected(String reason) implements Outcome {}

    record Threw(String exception) implements Outcome {}
  }

  /**
   * Checks a {@link BatchFunction}.
   *
   * @param functions makes a new instance at each call
   * @throws AssertionError if the contract is broken; the message says which row differs and when
   */
  public static void check(Supplier<? extends BatchFunction> functions, Batch rows) {
    List<Outcome> expected = new ArrayList<>();
    for (int row = 0; row < rows.rows(); row++) {
      expected.addAll(outcomes(functions.get(), rows.slice(row, row + 1)));
    }

    BatchFunction function = functions.get();
    Schema outputs = function.outputs(rows.schema());
    same(outputs, functions.get().outputs(rows.schema()), "outputs() of two instances");
    same(outputs, function.outputs(rows.schema()), "outputs() called again");

    same(expected, outcomes(function, rows), "all rows in one batch");
    same(expected, outcomes(function, rows), "the same batch again on the same instance");
    same(expected, outcomes(functions.get(), rows), "the same batch on another instance");

    Batch encoded = Batches.of(rows.schema(), Batches.values(rows), true);
    same(expected, outcomes(function, encoded), "dictionary-encoded strings");
    Batch plain = Batches.of(rows.schema(), Batches.values(rows), false);
    same(expected, outcomes(function, plain), "plain strings");

    for (int seed = 1; seed <= DIVISIONS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Outcome> divided = new ArrayList<>();
      int from = 0;
      while (from < rows.rows()) {
        int to = Math.min(rows.rows(), from + 1 + random.nextInt(1 + random.nextInt(20)));
        divided.addAll(outcomes(function, rows.slice(from, to)));
        from = to;
      }
      same(expected, divided, "rows divided into slices at random, seed " + seed);
    }
  }

  /**
   * Checks a {@link RecordFunction}: the result depends on the record alone.
   *
   * @param functions makes a new instance at each call
   * @throws AssertionError if the contract is broken
   */
  public static <I extends Record, O extends Record> void check(
      Supplier<? extends RecordFunction<I, O>> functions, List<I> records) {
    List<Outcome> expected = new ArrayList<>();
    for (I in : records) {
      expected.add(outcome(functions.get(), in));
    }

    RecordFunction<I, O> function = functions.get();
    for (int seed = 1; seed <= DIVISIONS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      for (int call = 0; call < records.size(); call++) {
        int i = random.nextInt(records.size());
        Outcome again = outcome(function, records.get(i));
        if (!again.equals(expected.get(i))) {
          throw new AssertionError(
              "one instance called in another order, seed %d: for %s it returned %s, but %s when called alone"
                  .formatted(seed, records.get(i), again, expected.get(i)));
        }
      }
    }
  }

  private static <I extends Record, O extends Record> Outcome outcome(
      RecordFunction<I, O> function, I in) {
    try {
      return new Outcome.Rows(List.of(Map.of("", function.apply(in))));
    } catch (RecordRejectedException rejected) {
      return new Outcome.Rejected(String.valueOf(rejected.getMessage()));
    } catch (Exception e) {
      return new Outcome.Threw(e.toString());
    }
  }

  /**
   * What becomes of each row; where the function throws, the rows to blame are found by halving.
   */
  private static List<Outcome> outcomes(BatchFunction function, Batch batch) {
    FunctionResult result;
    try {
      result = Batches.apply(function, batch);
    } catch (Exception e) {
      if (batch.rows() == 1) {
        return List.of(new Outcome.Threw(e.toString()));
      }
      int half = batch.rows() / 2;
      List<Outcome> outcomes = new ArrayList<>(outcomes(function, batch.slice(0, half)));
      outcomes.addAll(outcomes(function, batch.slice(half, batch.rows())));
      return outcomes;
    }
    List<Outcome> outcomes = new ArrayList<>();
    int next = 0;
    List<Map<String, @Nullable Object>> rows = result.rows();
    for (int row = 0; row < batch.rows(); row++) {
      String reason = result.rejected().get(row);
      if (reason != null) {
        outcomes.add(new Outcome.Rejected(reason));
        continue;
      }
      int count = Collections.frequency(result.inputRows(), row);
      outcomes.add(new Outcome.Rows(List.copyOf(rows.subList(next, next + count))));
      next += count;
    }
    return outcomes;
  }

  private static void same(Object expected, Object actual, String when) {
    if (!expected.equals(actual)) {
      throw new AssertionError("%s: %s differs from %s".formatted(when, actual, expected));
    }
  }

  private static void same(List<Outcome> expected, List<Outcome> actual, String when) {
    for (int row = 0; row < expected.size(); row++) {
      if (!expected.get(row).equals(actual.get(row))) {
        throw new AssertionError(
            "%s: row %d became %s, but %s when it was alone in its batch"
                .formatted(when, row, actual.get(row), expected.get(row)));
      }
    }
  }
}
