package io.forebay.benchmarks;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64Column;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A slot, record by record: appending readings, and reading a column against an array. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(SlotBenchmark.ROWS)
@SuppressWarnings("NullAway.Init") // JMH calls fill() first
public class SlotBenchmark {
  static final int ROWS = 1000;

  /**
   * How many different sensors there are: 4 repeat (dictionary), as many as rows do not (plain).
   */
  @Param({"4", "100", "1000"})
  private int sensors;

  private final double[] values = Readings.values(ROWS);
  private final byte[][] names = new byte[ROWS][];
  private SlotArea area;
  private Slot slot;
  private StagedRow row;

  /** Fills the slot twice: how strings are laid out depends on the batch before. */
  @Setup
  public void fill() {
    for (int i = 0; i < ROWS; i++) {
      names[i] = ("sensor-" + i % sensors).getBytes(StandardCharsets.US_ASCII);
    }
    SlotSchema schema =
        SlotSchema.of(
            Readings.SCHEMA, false, List.of(Schema.of(Field.of("normalized", ColumnType.FLOAT64))));
    area = SlotArea.local(1, 256 << 10);
    slot = area.slot(0, schema);
    row = new StagedRow(schema);
    append();
    append();
  }

  /** Frees the slot. */
  @TearDown
  public void free() {
    area.close();
  }

  /** From values on the heap to a row in the slot. */
  @Benchmark
  public int append() {
    slot.format(ROWS, 1);
    for (int i = 0; i < ROWS; i++) {
      row.clear();
      row.setBytes(0, names[i], 0, names[i].length);
      row.setLong(1, Readings.timestamp(i));
      row.setDouble(2, values[i]);
      if (!slot.append(row, 0, i)) {
        throw new IllegalStateException("row " + i + " does not fit");
      }
    }
    return slot.rows();
  }

  /** Adds up a column. */
  @Benchmark
  public double column() {
    Float64Column column = slot.view(0).float64("value");
    double sum = 0;
    for (int i = 0; i < ROWS; i++) {
      sum += column.get(i);
    }
    return sum;
  }

  /** Adds up an array. */
  @Benchmark
  public double array() {
    double sum = 0;
    for (int i = 0; i < ROWS; i++) {
      sum += values[i];
    }
    return sum;
  }
}
