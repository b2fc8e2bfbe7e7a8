package io.forebay.cli.explain;

import java.util.List;

/**
 * How the records a second grow with the workers: measured up to the cores that there are; beyond
 * that by Amdahl's law, {@code s(w) = w / (1 + σ·(w − 1))}, a model.
 *
 * @param measured ascending by workers, the first with one
 */
record Scaling(List<Point> measured) {
  /** So many workers did so much. */
  record Point(int workers, double recordsPerSecond) {}

  /** By which factor so many workers were faster than one. */
  double speedup(Point point) {
    double one = measured.getFirst().recordsPerSecond();
    return one <= 0 ? 1 : point.recordsPerSecond() / one;
  }

  /** The share of the work that more workers do not share, 0..1, as the largest point tells. */
  double serialShare() {
    Point last = measured.getLast();
    if (last.workers() < 2) {
      return 0;
    }
    double speedup = Math.max(1e-9, speedup(last));
    return Math.clamp((last.workers() / speedup - 1) / (last.workers() - 1), 0, 1);
  }

  /** What the model says of so many workers. */
  double modelled(int workers) {
    return workers / (1 + serialShare() * (workers - 1));
  }
}
