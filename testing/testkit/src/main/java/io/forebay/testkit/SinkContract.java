package io.forebay.testkit;

import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a sink which is {@link Sink#effectivelyOnce} keeps its contract: what was committed
 * is there, with its progress, after a crash at any point; what was written behind the last commit
 * is cut off; and a resumed run leaves exactly what an undisturbed one leaves.
 *
 * <p>A crash is simulated by closing an output without a commit; what a killed process or a dying
 * machine leaves needs a test of its own.
 */
public final class SinkContract {
  private static final Schema SCHEMA =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("count", ColumnType.INT64),
          Field.of("good", ColumnType.BOOL));
  private static final int ROWS = 7;

  private SinkContract() {}

  /**
   * Checks a sink.
   *
   * @param places makes a new, empty place at each call
   * @throws AssertionError if the contract is broken
   */
  public static void check(Supplier<? extends Place<? extends Sink>> places) throws IOException {
    try (Sink sink = places.get().output()) {
      if (!sink.effectivelyOnce()) {
        throw new AssertionError("the sink is not effectively-once: nothing can be checked");
      }
    }
    new OutputContract<Sink>(places, (sink, step) -> sink.write(batch(step)), SCHEMA).check();
  }

  /**
   * Checks that a {@link Sink#retryable} sink goes on when its store was away: that it says so by a
   * {@link io.forebay.errors.RetryableException}, that the same object recovers and opens again,
   * that it has forgotten what was not committed, and, if it is effectively-once, that in the end
   * the rows are those of a run without an outage.
   *
   * @param places makes a new, empty place at each call, whose store is there
   * @throws AssertionError if the contract is broken
   */
  public static void checkRetryable(Supplier<? extends RetryablePlace<? extends Sink>> places)
      throws IOException {
    try (Sink sink = places.get().output()) {
      if (!sink.retryable()) {
        throw new AssertionError("the sink is not retryable: nothing can be checked");
      }
    }
    new OutageContract(places, SinkContract::batch, SCHEMA).check();
  }

  /** Step 1 has sequences 1 to 7, step 2 has 8 to 14, … */
  private static NumberedBatch batch(int step) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(
          Batches.row(
              "hall-" + (char) ('a' + i % 3) + " \"é\" 温",
              1_700_000_000_000L + step,
              i == 2 ? null : step + i / 8.0,
              i == 3 ? null : Long.MAX_VALUE - i,
              i % 2 == 0));
    }
    List<Column> columns = HeapColumns.columns(SCHEMA.fields(), rows, step % 2 == 0);
    return new NumberedBatch(SCHEMA, columns, null, ROWS, 1L + (step - 1L) * ROWS);
  }
}
