package io.forebay.engine.internal.measure;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.columns.Int64Column;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.snapshot.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * How long records take from their arrival, and from the time that they tell, until they are
 * committed everywhere. The sink runner writes: once a batch what was written, and at a commit what
 * that has settled. Anybody reads.
 */
public final class LatencyMeter {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Ticker ticker;
  private final LongSupplier epochMicros;
  private final UnsettledTimes arrivals = new UnsettledTimes();
  private final UnsettledTimes events = new UnsettledTimes();

  @GuardedBy("this")
  private final LatencyRecorder arrivalToCommit =
      new LatencyRecorder(NANOS_PER_SECOND, 400 * 86_400 * NANOS_PER_SECOND);

  /** In microseconds: of nanoseconds 64 bits hold only 292 years. */
  @GuardedBy("this")
  private final LatencyRecorder eventToCommit =
      new LatencyRecorder(MICROS_PER_SECOND, 20_000 * 366L * 86_400 * MICROS_PER_SECOND);

  /**
   * Reads these clocks.
   *
   * @param epochMicros the wall clock: microseconds since 1970
   */
  public LatencyMeter(Ticker ticker, LongSupplier epochMicros) {
    this.ticker = ticker;
    this.epochMicros = epochMicros;
  }

  /** All that a batch held is written, dead-lettered or filtered. */
  public void written(ArrivalTimes batch) {
    if (!Meters.ON) {
      return;
    }
    arrivals.at(ticker.nanos());
    batch.addTo(arrivals);
  }

  /**
   * Rows are written everywhere. The time of a row is its value in the first column of timestamps
   * that has one.
   */
  public void written(Batch rows) {
    List<Int64Column> columns = Meters.ON ? timestamps(rows) : List.of();
    if (columns.isEmpty()) {
      return;
    }
    events.at(epochMicros.getAsLong());
    Int64Column first = columns.getFirst();
    if (columns.size() == 1 || !first.mayHaveNulls()) {
      addAll(first, rows.rows());
    } else {
      addFirsts(columns, rows.rows());
    }
  }

  private static List<Int64Column> timestamps(Batch rows) {
    Schema schema = rows.schema();
    List<Int64Column> columns = new ArrayList<>(2);
    for (int i = 0; i < schema.size(); i++) {
      Field field = schema.field(i);
      if (field.type().isTimestamp()) {
        columns.add((Int64Column) rows.column(i));
      }
    }
    return columns;
  }

  private void addAll(Int64Column column, int rows) {
    for (int row = 0; row < rows; row++) {
      if (!column.isNull(row)) {
        events.add(micros(column, row), 1);
      }
    }
  }

  private void addFirsts(List<Int64Column> columns, int rows) {
    for (int row = 0; row < rows; row++) {
      for (Int64Column column : columns) {
        if (!column.isNull(row)) {
          events.add(micros(column, row), 1);
          break;
        }
      }
    }
  }

  private static long micros(Int64Column column, int row) {
    long value = column.get(row);
    return switch (column.field().type()) {
      case TIMESTAMP_MS -> value * 1_000;
      case TIMESTAMP_NS -> Math.floorDiv(value, 1_000);
      default -> value;
    };
  }

  /** Everything that was written is committed everywhere. */
  public synchronized void committed() {
    LatencyRecorder ofArrivals = arrivalToCommit;
    arrivals.settle(ticker.nanos(), ofArrivals::took);
    LatencyRecorder ofEvents = eventToCommit;
    events.settle(epochMicros.getAsLong(), ofEvents::took);
  }

  public synchronized Latency.Both latency() {
    return new Latency.Both(arrivalToCommit.read(), eventToCommit.read());
  }
}
