package io.forebay.cli;

import io.forebay.RecordFunction;
import java.util.Map;

/** Computes for as many steps a record as it is told. */
public final class Spinner implements RecordFunction<Spinner.In, Spinner.Out> {
  /** What it takes. */
  public record In(double value) {}

  /** What it adds. */
  public record Out(double spun) {}

  private final int steps;

  /** Of {@code steps}. */
  public Spinner(Map<String, String> parameters) {
    steps = Integer.parseInt(parameters.getOrDefault("steps", "1"));
  }

  @Override
  public Out apply(In in) {
    return new Out(spin(in.value(), steps));
  }

  private static double spin(double from, int steps) {
    double sum = from;
    for (int i = 1; i <= steps; i++) {
      sum += Math.sqrt(sum + i);
    }
    return sum;
  }
}
