package io.forebay.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures contestants side by side: A B C, A B C, … so that whatever the machine does meanwhile
 * meets all of them alike.
 */
final class Contest {
  /** One measurement. */
  interface Trial {
    /** Returns the figure, in the contest's unit. */
    double measure() throws Exception;
  }

  private final String title;
  private final String unit;
  private final Map<String, Contestant> contestants = new LinkedHashMap<>();

  private record Contestant(String name, Trial trial, List<Double> values) {}

  Contest(String title, String unit) {
    this.title = title;
    this.unit = unit;
  }

  Contest add(String name, Trial trial) {
    contestants.put(name, new Contestant(name, trial, new ArrayList<>()));
    return this;
  }

  /** Runs {@code warmups} rounds whose figures are forgotten, then {@code rounds}. */
  Contest run(int warmups, int rounds) throws Exception {
    for (int round = -warmups; round < rounds; round++) {
      for (Contestant contestant : contestants.values()) {
        double value = contestant.trial().measure();
        if (round >= 0) {
          contestant.values().add(value);
        }
        System.err.printf(
            "  %s %d/%d %s: %s %s%n",
            round < 0 ? "warm-up" : "round",
            round < 0 ? round + warmups + 1 : round + 1,
            round < 0 ? warmups : rounds,
            contestant.name(),
            Series.digits(value),
            unit);
      }
    }
    return this;
  }

  String title() {
    return title;
  }

  Series series(String name) {
    return all().stream()
        .filter(series -> series.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no contestant is called " + name));
  }

  List<Series> all() {
    return contestants.values().stream().map(c -> new Series(c.name(), unit, c.values())).toList();
  }
}
