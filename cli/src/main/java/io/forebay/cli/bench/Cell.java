package io.forebay.cli.bench;

import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.Stage;
import io.forebay.observe.Format;
import io.forebay.snapshot.Placement;
import io.forebay.workers.api.WorkerPriority;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One way to run a stage.
 *
 * @param stage as it is run
 * @param on empty for stages that wait, which are not placed
 * @param workers or how many records may be waited for
 * @param batch rows; empty where the size is found while it runs, or is none of the stage's
 */
record Cell(Stage stage, Optional<Placement> on, int workers, OptionalInt batch) {
  static Cell of(Stage.Cpu stage, Placement on, int workers, OptionalInt batch) {
    BatchSize size = batch.isPresent() ? BatchSize.of(batch.getAsInt()) : BatchSize.auto();
    return new Cell(
        stage.on(on).workers(workers).batch(size).priority(WorkerPriority.NORMAL),
        Optional.of(on),
        workers,
        batch);
  }

  static Cell of(Stage.Async stage, int requests) {
    return new Cell(stage.concurrency(requests), Optional.empty(), requests, OptionalInt.empty());
  }

  static Cell of(Stage.Blocking stage, int threads) {
    return new Cell(stage.threads(threads), Optional.empty(), threads, OptionalInt.empty());
  }

  /** Where it runs: {@code processes}; of stages that wait, how they do. */
  String place() {
    return on.map(where -> where.name().toLowerCase(Locale.ROOT))
        .orElse(stage instanceof Stage.Async ? "async" : "blocking");
  }

  /** {@code auto}, {@code 4,000}; {@code -} where the stage has no batches of its own. */
  String size() {
    return batch.isPresent() ? Format.count(batch.getAsInt()) : on.isPresent() ? "auto" : "-";
  }

  /** {@code processes × 2, batches of 4,000}. */
  String label() {
    String where = on.equals(Optional.of(Placement.INLINE)) ? place() : place() + " × " + workers;
    return on.isEmpty()
        ? where
        : where + (batch.isEmpty() ? ", batch: auto" : ", batches of " + size());
  }

  /** The same place and workers, whatever the batches. */
  String line() {
    return on.equals(Optional.of(Placement.INLINE)) ? place() : place() + " × " + workers;
  }
}
