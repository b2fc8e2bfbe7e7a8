package io.forebay.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What one contestant reached, round by round. */
record Series(String name, String unit, List<Double> values) {
  Series {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("'" + name + "' was not measured");
    }
    values = List.copyOf(values);
  }

  double median() {
    double[] sorted = sorted();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  double min() {
    return sorted()[0];
  }

  double max() {
    return sorted()[values.size() - 1];
  }

  /** Round by round, this over {@code other}: what was measured side by side is compared. */
  Series over(Series other) {
    double[] ratios = new double[Math.min(values.size(), other.values.size())];
    for (int round = 0; round < ratios.length; round++) {
      ratios[round] = values.get(round) / other.values.get(round);
    }
    return new Series(name + " / " + other.name, "×", Arrays.stream(ratios).boxed().toList());
  }

  /** The one of these with the largest median. */
  static Series best(List<Series> all) {
    return all.stream()
        .max((a, b) -> Double.compare(a.median(), b.median()))
        .orElseThrow(() -> new IllegalArgumentException("nothing to choose from"));
  }

  private double[] sorted() {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  /** Three or four significant digits, with M and k. */
  static String digits(double value) {
    double magnitude = Math.abs(value);
    if (magnitude >= 1e6) {
      return String.format(Locale.ROOT, "%.2f M", value / 1e6);
    }
    if (magnitude >= 1e4) {
      return String.format(Locale.ROOT, "%.1f k", value / 1e3);
    }
    if (magnitude >= 100) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return String.format(Locale.ROOT, magnitude >= 1 ? "%.2f" : "%.4f", value);
  }
}
