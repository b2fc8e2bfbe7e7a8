package io.forebay.cli.bench;

import io.forebay.cli.bench.BenchResult.OfCell;
import io.forebay.cli.bench.BenchResult.OfStage;
import io.forebay.cli.bench.BenchResult.Round;
import io.forebay.cli.report.Figures;
import io.forebay.observe.Format;
import io.forebay.observe.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was measured, in lines for a terminal. */
public final class BenchText {
  private static final int BAR = 24;

  private BenchText() {}

  /** The lines. */
  public static List<String> of(BenchResult result) {
    List<String> lines = new ArrayList<>();
    lines.add(opening(result));
    lines.addAll(result.notices());
    for (OfStage stage : result.stages()) {
      lines.add("");
      if (stage.failure().isPresent()) {
        lines.add(stage.failure().get());
        continue;
      }
      lines.addAll(bars(stage, table(stage).lines()));
      lines.addAll(stage.notices());
      lines.addAll(sentences(stage));
    }
    return lines;
  }

  /** On what it was tried. */
  static String opening(BenchResult result) {
    List<String> read =
        result.samples().stream()
            .map(each -> Format.count(each.rows().rows()) + " records of " + each.name())
            .toList();
    return "Each stage alone, on "
        + String.join(" and ", read)
        + ", again and again, "
        + (result.rounds() == 1 ? "1 round" : result.rounds() + " rounds, in turns")
        + "; nothing was written or acknowledged. "
        + (result.cores() == 1 ? "1 core." : result.cores() + " cores.");
  }

  /** A row for each cell; the medians of its rounds. */
  static Table table(OfStage stage) {
    Table table =
        new Table(
            stage.name(),
            "workers",
            "batch",
            "rows a batch",
            "records/s",
            "spread",
            "a record",
            "a call",
            "CPU a record");
    for (OfCell each : stage.cells()) {
      Cell cell = each.cell();
      String place = cell.place() + (cell.equals(stage.configured()) ? " (the file)" : "");
      String workers = Format.count(cell.workers());
      if (each.rounds().isEmpty()) {
        table.row(place, workers, cell.size(), "-", "-", "-", "-", "-", "-");
        continue;
      }
      double cpu = each.median(Round::cpuNanos);
      table.row(
          place,
          workers,
          cell.size(),
          Figures.rows(each.median(Round::rowsPerBatch)),
          Figures.rate(each.median(Round::recordsPerSecond)),
          each.rounds().size() == 1 ? "-" : "± " + Format.percent(each.spread()),
          Format.time(each.median(Round::nanosPerRecord)),
          Format.time(each.median(Round::nanosPerCall)),
          cpu < 0 ? "-" : Format.time(cpu));
    }
    return table;
  }

  /** The table with a bar behind each row, as long as its records a second. */
  private static List<String> bars(OfStage stage, List<String> rows) {
    double most = stage.fastest().map(each -> each.median(Round::recordsPerSecond)).orElse(1.0);
    int width = rows.stream().mapToInt(String::length).max().orElse(0);
    List<String> lines = new ArrayList<>(List.of(rows.getFirst()));
    for (int i = 0; i < stage.cells().size(); i++) {
      OfCell cell = stage.cells().get(i);
      double share = cell.rounds().isEmpty() ? 0 : cell.median(Round::recordsPerSecond) / most;
      String row = rows.get(i + 1);
      lines.add(
          (row + " ".repeat(width - row.length() + 2) + "█".repeat((int) Math.round(share * BAR)))
              .stripTrailing());
    }
    return lines;
  }

  /** Which is fastest, and how the file compares. */
  static List<String> sentences(OfStage stage) {
    Optional<OfCell> fastest = stage.fastest();
    if (fastest.isEmpty()) {
      return List.of();
    }
    double most = fastest.get().median(Round::recordsPerSecond);
    String first =
        "Fastest: "
            + fastest.get().cell().label()
            + ", "
            + Figures.rate(most)
            + " records a second.";
    return stage
        .asConfigured()
        .filter(file -> !file.equals(fastest.get()))
        .map(file -> {
          double rate = file.median(Round::recordsPerSecond);
          double apart = most / Math.max(1e-9, rate);
          boolean within = apart - 1 <= file.spread() + fastest.get().spread();
          return List.of(
              first,
              "The file has "
                  + file.cell().label()
                  + ": "
                  + Figures.rate(rate)
                  + (within
                      ? ", which is no less within what the rounds differ by."
                      : ", " + Figures.precise(apart) + " times less."));
        })
        .orElse(List.of(first));
  }
}
