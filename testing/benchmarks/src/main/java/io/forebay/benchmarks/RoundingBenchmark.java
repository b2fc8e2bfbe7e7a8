package io.forebay.benchmarks;

import io.forebay.functions.DecimalRounding;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Rounding to 4 decimals as Python does it: the bit-exact fast path against its reference. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(RoundingBenchmark.VALUES)
public class RoundingBenchmark {
  static final int VALUES = 1000;

  private final double[] values = unrounded();

  private static double[] unrounded() {
    double[] values = Readings.values(VALUES);
    for (int i = 0; i < VALUES; i++) {
      values[i] = (values[i] - 20.0) / 60.0;
    }
    return values;
  }

  /** What the functions use. */
  @Benchmark
  public double fast() {
    double sum = 0;
    for (double value : values) {
      sum += DecimalRounding.halfEven(value, 4);
    }
    return sum;
  }

  /** What it has to equal. */
  @Benchmark
  public double reference() {
    double sum = 0;
    for (double value : values) {
      sum += new BigDecimal(value).setScale(4, RoundingMode.HALF_EVEN).doubleValue();
    }
    return sum;
  }
}
