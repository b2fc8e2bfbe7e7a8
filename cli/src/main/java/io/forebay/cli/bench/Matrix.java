package io.forebay.cli.bench;

import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.Stage;
import io.forebay.errors.ConfigurationException;
import io.forebay.snapshot.Placement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is varied.
 *
 * @param places where functions that compute run; none given: everywhere they can
 * @param workers how many; none given: one, two, four and so on up to the cores, and for stages
 *     that wait a quarter, as many, and four times as many as the file says
 * @param batches rows; empty is the size that is found while it runs
 */
public record Matrix(Set<Placement> places, Set<Integer> workers, List<OptionalInt> batches) {
  private static final List<OptionalInt> USUAL_BATCHES =
      List.of(
          OptionalInt.of(1),
          OptionalInt.of(20),
          OptionalInt.of(300),
          OptionalInt.of(4_000),
          OptionalInt.empty());

  private static final int MOST_WORKERS = 1_000;
  private static final int MOST_ROWS = 10_000_000;

  /**
   * As it was written on the command line; empty lists where nothing was.
   *
   * @throws ConfigurationException in one sentence
   */
  public static Matrix of(List<String> places, List<String> workers, List<String> batches) {
    Set<Placement> where = new LinkedHashSet<>();
    places.forEach(each -> where.add(placement(each)));
    Set<Integer> counts = new TreeSet<>();
    workers.forEach(each -> counts.add(number("--workers", each, MOST_WORKERS)));
    List<OptionalInt> sizes = new ArrayList<>();
    for (String each : batches) {
      sizes.add(
          each.strip().equals("auto")
              ? OptionalInt.empty()
              : OptionalInt.of(number("--batch", each, MOST_ROWS)));
    }
    return new Matrix(
        where, counts, sizes.isEmpty() ? USUAL_BATCHES : sizes.stream().distinct().toList());
  }

  private static Placement placement(String text) {
    try {
      return Placement.valueOf(text.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "--on is a list of inline, threads and processes, and '" + text + "' is none of them");
    }
  }

  private static int number(String option, String text, int most) {
    try {
      int number = Integer.parseInt(text.strip().replace("_", ""));
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new ConfigurationException(
        option
            + " is a list of numbers from 1 to "
            + most
            + (option.equals("--batch") ? ", or auto" : "")
            + ", and '"
            + text
            + "' is none");
  }

  /**
   * The cells of a stage: what isolates first, so that a function that does harm is found there;
   * that of the file is among them.
   *
   * @throws ConfigurationException in one sentence, if there is none
   */
  List<Cell> cells(Stage stage, int cores) {
    Set<Cell> cells = new LinkedHashSet<>();
    switch (stage) {
      case Stage.Cpu cpu -> {
        for (Placement on : placesOf(cpu)) {
          for (int count : on == Placement.INLINE ? Set.of(1) : workersUpTo(cores)) {
            batches.forEach(rows -> cells.add(Cell.of(cpu, on, count, rows)));
          }
        }
      }
      case Stage.Async async ->
          waiting(async.concurrency()).forEach(count -> cells.add(Cell.of(async, count)));
      case Stage.Blocking blocking ->
          waiting(blocking.threads()).forEach(count -> cells.add(Cell.of(blocking, count)));
    }
    cells.add(configured(stage, cores));
    return List.copyOf(cells);
  }

  /** As the file has it. */
  static Cell configured(Stage stage, int cores) {
    return switch (stage) {
      case Stage.Cpu cpu -> {
        boolean physical = cpu.workers() == Stage.Cpu.PHYSICAL_CORES;
        int workers = cpu.on() == Placement.INLINE ? 1 : physical ? cores : cpu.workers();
        OptionalInt batch =
            cpu.batch() instanceof BatchSize.Fixed(int rows)
                ? OptionalInt.of(rows)
                : OptionalInt.empty();
        yield Cell.of(cpu, cpu.on(), workers, batch);
      }
      case Stage.Async async -> Cell.of(async, async.concurrency());
      case Stage.Blocking blocking -> Cell.of(blocking, blocking.threads());
    };
  }

  private List<Placement> placesOf(Stage.Cpu stage) {
    List<Placement> all =
        stage.function().isPython()
            ? List.of(Placement.PROCESSES)
            : List.of(Placement.PROCESSES, Placement.THREADS, Placement.INLINE);
    List<Placement> wished =
        all.stream().filter(each -> places.isEmpty() || places.contains(each)).toList();
    if (wished.isEmpty()) {
      throw new ConfigurationException(
          "the stage '"
              + stage.name()
              + "' is a Python function, which runs in worker processes only: leave --on out, or"
              + " name another stage with --stage");
    }
    return wished;
  }

  private Collection<Integer> workersUpTo(int cores) {
    if (!workers.isEmpty()) {
      return workers;
    }
    Set<Integer> counts = new TreeSet<>();
    for (int count = 1; count < cores; count *= 2) {
      counts.add(count);
    }
    counts.add(cores);
    return counts;
  }

  private Collection<Integer> waiting(int configured) {
    return workers.isEmpty()
        ? new TreeSet<>(List.of(Math.max(1, configured / 4), configured, 4 * configured))
        : workers;
  }
}
