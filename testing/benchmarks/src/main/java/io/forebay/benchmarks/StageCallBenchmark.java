package io.forebay.benchmarks;

import io.forebay.slots.CallResult;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.StageFunction;
import io.forebay.workers.functions.BoundFunction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a worker does with a batch, and what the engine does with its result; per batch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls fill() first
public class StageCallBenchmark {
  /** Rows of the batch. */
  @Param({"20", "1000"})
  private int rows;

  private SlotArea area;
  private Slot slot;
  private StageFunction function;

  /** A slot with readings, and the lecture's function. */
  @Setup
  public void fill() {
    BoundFunction bound =
        FunctionBinder.bind(FunctionSpec.of(PoolWorkload.LECTURE), Readings.SCHEMA);
    SlotSchema schema = SlotSchema.of(Readings.SCHEMA, false, List.of(bound.outputs()));
    function = bound.newInstance();
    area = SlotArea.local(1, 1 << 20);
    slot = area.slot(0, schema);
    slot.format(rows, 0);
    StagedRow row = new StagedRow(schema);
    double[] values = Readings.values(rows);
    for (int record = 0; record < rows; record++) {
      byte[] sensor = Readings.sensor(record).getBytes(StandardCharsets.US_ASCII);
      row.clear();
      row.setBytes(0, sensor, 0, sensor.length);
      row.setLong(1, Readings.timestamp(record));
      row.setDouble(2, values[record]);
      if (!slot.append(row, 0, record)) {
        throw new IllegalStateException("record " + record + " does not fit");
      }
    }
  }

  /** Frees the slot. */
  @TearDown
  public void free() {
    area.close();
  }

  /** The function's call, in place. */
  @Benchmark
  public void call() {
    function.call(slot, 0);
  }

  /** The call, and the check of what it returned. */
  @Benchmark
  public CallResult callAndResult() {
    function.call(slot, 0);
    return slot.result(0);
  }
}
