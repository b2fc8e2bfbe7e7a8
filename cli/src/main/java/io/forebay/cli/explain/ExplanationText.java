package io.forebay.cli.explain;

import static io.forebay.observe.Format.count;
import static io.forebay.observe.Format.percent;
import static io.forebay.observe.Format.time;

import io.forebay.cli.explain.Explanation.Entry;
import io.forebay.cli.explain.Explanation.Gain;
import io.forebay.cli.explain.Explanation.Round;
import io.forebay.cli.explain.StageReport.Place;
import io.forebay.cli.report.Figures;
import io.forebay.cli.trial.Sample;
import io.forebay.cli.trial.StageCost;
import io.forebay.engine.api.Stage;
import io.forebay.observe.Diagnosis;
import io.forebay.snapshot.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An explanation in lines for a terminal. */
public final class ExplanationText {
  /** Before what belongs to the line above. */
  static final String INDENT = "  ";

  private final Explanation explanation;
  private final List<String> lines = new ArrayList<>();

  private ExplanationText(Explanation explanation) {
    this.explanation = explanation;
  }

  /** The lines. */
  public static List<String> of(Explanation explanation) {
    ExplanationText text = new ExplanationText(explanation);
    text.sample();
    explanation.stages().forEach(text::stage);
    text.end();
    return text.lines;
  }

  /** What was tried, and what there is to know first. */
  static List<String> opening(Explanation explanation) {
    ExplanationText text = new ExplanationText(explanation);
    text.sample();
    return text.lines;
  }

  /** What is said of the whole pipeline; lines that begin with {@link #INDENT} are YAML. */
  static List<String> closing(Explanation explanation) {
    ExplanationText text = new ExplanationText(explanation);
    text.end();
    return text.lines.stream().filter(line -> !line.isEmpty()).toList();
  }

  private void sample() {
    List<String> read = new ArrayList<>();
    for (Sample sample : explanation.samples()) {
      read.add(
          count(sample.rows().rows())
              + " records of "
              + sample.name()
              + (sample.rejected() == 0
                  ? ""
                  : " (and " + count(sample.rejected()) + " that cannot be read)"));
    }
    lines.add(
        "Tried on "
            + String.join(" and ", read)
            + ", again and again; nothing was written or acknowledged. "
            + (explanation.cores() == 1 ? "1 core." : explanation.cores() + " cores."));
    lines.addAll(explanation.notices());
  }

  private void stage(Entry entry) {
    StageReport report = entry.report();
    lines.add("");
    lines.add(entry.advice().sentence());
    if (report.failure().isPresent()) {
      return;
    }
    lines.add(INDENT + evidence(report));
    report.notices().forEach(notice -> lines.add(INDENT + notice));
    places(report);
    costs(report, explanation.cores()).forEach(line -> lines.add(INDENT + line));
    BatchPlot.lines(report.batches()).forEach(line -> lines.add(INDENT + line));
    scaling(report).forEach(line -> lines.add(INDENT + line));
  }

  static String evidence(StageReport report) {
    StageCost cost = report.cost();
    List<String> parts = new ArrayList<>();
    parts.add(time(cost.nanosPerRecord()) + " a record in the function");
    if (cost.cpuShare() >= 0) {
      parts.add("on the CPU for " + percent(cost.cpuShare()) + " of it");
    }
    if (cost.runDelayShare() > 0) {
      parts.add("without a core for " + percent(cost.runDelayShare()));
    }
    if (cost.lockShare() > 0) {
      parts.add("waiting for a lock for " + percent(cost.lockShare()));
    }
    if (cost.gcShare() > 0) {
      parts.add("collecting garbage for " + percent(cost.gcShare()));
    }
    if (report.allocatedBytes() >= 0) {
      parts.add(count(Math.round(report.allocatedBytes())) + " bytes allocated a record");
    }
    String nature = report.nature().label();
    return "It " + nature + ": " + String.join(", ", parts) + ".";
  }

  private void places(StageReport report) {
    lines.add(
        INDENT
            + String.format(
                Locale.ROOT,
                "%-22s %14s %18s %14s",
                "the same sample",
                "records/s",
                "in the function",
                "to feed"));
    for (Place place : report.places()) {
      lines.add(
          INDENT
              + String.format(
                  Locale.ROOT,
                  "%-22s %14s %18s %14s",
                  where(report.stage(), place),
                  Figures.rate(place.recordsPerSecond()),
                  time(place.cost().nanosPerRecord()),
                  toFeed(place)));
    }
  }

  /** What it takes to bring a record there and back. */
  static String toFeed(Place place) {
    boolean feeds = place.on().isPresent() && place.on().get() != Placement.INLINE;
    return feeds ? time(place.cost().borderNanosPerRecord()) : "-";
  }

  static String where(Stage stage, Place place) {
    String workers = count(place.workers());
    return place
        .on()
        .map(on ->
            switch (on) {
              case INLINE -> "inline";
              case THREADS -> "threads × " + workers;
              case PROCESSES -> "processes × " + workers;
            })
        .orElse(stage instanceof Stage.Async ? workers + " requests" : workers + " threads");
  }

  /** What a call and a record cost; nothing where too few batches were tried. */
  static List<String> costs(StageReport report, int cores) {
    if (report.batches().size() < 2) {
      return List.of();
    }
    CostLine line = report.line();
    CostLine border = report.border();
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "A call costs "
            + time(line.fixedNanos())
            + " and "
            + time(line.recordNanos())
            + " a record; to a worker process and back it takes "
            + time(border.fixedNanos())
            + (border.recordNanos() < 0.05
                ? "."
                : " and " + time(border.recordNanos()) + " a record."));
    if (cores > 1 && !report.isPython()) {
      double rows = line.breakEvenRows(border, cores);
      sentences.add(
          Double.isInfinite(rows)
              ? "No batch is so large that " + cores + " worker processes would overtake it inline."
              : cores
                  + " worker processes overtake it inline from batches of "
                  + Figures.rows(rows)
                  + (rows == 1 ? " record on." : " records on."));
    }
    sentences.add(
        "A call takes 5 to 50 ms, the band that pays, with "
            + Figures.rows(line.rowsFor(BatchPlot.BAND_FROM_NANOS))
            + " to "
            + Figures.rows(line.rowsFor(BatchPlot.BAND_TO_NANOS))
            + " records; 'batch: auto' aims at 20 ms, as far as a slot has room.");
    return sentences;
  }

  /** What more workers brought and would bring; nothing where one was tried. */
  static List<String> scaling(StageReport report) {
    return report
        .scaling()
        .filter(each -> each.measured().size() > 1)
        .map(ExplanationText::scaling)
        .stream()
        .toList();
  }

  private static String scaling(Scaling scaling) {
    List<String> parts = new ArrayList<>();
    for (Scaling.Point point : scaling.measured()) {
      parts.add(
          (point.workers() == 1 ? "1 worker " : point.workers() + " workers ")
              + Figures.factor(scaling.speedup(point))
              + "×");
    }
    int most = scaling.measured().getLast().workers();
    return "Measured: "
        + String.join(", ", parts)
        + ". With more cores, by Amdahl's law (a model, "
        + percent(scaling.serialShare())
        + " of the work not shared): "
        + 2 * most
        + " workers "
        + Figures.factor(scaling.modelled(2 * most))
        + "×, "
        + 4 * most
        + " workers "
        + Figures.factor(scaling.modelled(4 * most))
        + "×.";
  }

  private void end() {
    explanation
        .whole()
        .ifPresent(whole -> {
          lines.add("");
          lines.add(
              "The whole pipeline did "
                  + Figures.rate(whole.recordsPerSecond())
                  + " records a second on the sample. "
                  + limit(whole.limit()));
          pace(whole.recordsPerSecond());
        });
    explanation
        .gain()
        .ifPresent(gain -> {
          lines.add("");
          lines.add(gain(gain));
          explanation
              .change()
              .ifPresent(change -> {
                change.yaml().forEach(line -> lines.add(INDENT + line));
                if (!change.dropped().isEmpty()) {
                  lines.add(
                      INDENT
                          + "(without "
                          + String.join(", ", change.dropped())
                          + ", where it has them)");
                }
              });
        });
    verified();
    if (explanation.whole().isPresent() && explanation.change().isEmpty()) {
      lines.add("There is nothing to change in " + explanation.file() + ".");
    }
  }

  private void verified() {
    if (explanation.gain().isPresent() && explanation.verified().isPresent()) {
      Gain verified = explanation.verified().get();
      lines.add(
          "Verified: predicted "
              + Figures.precise(explanation.gain().get().factor())
              + " times, measured "
              + Figures.precise(verified.factor())
              + " times (from "
              + Figures.precise(verified.range()[0])
              + " to "
              + Figures.precise(verified.range()[1])
              + " in "
              + verified.after().size()
              + " rounds, in turns with the file as it is).");
    }
  }

  private static String limit(Diagnosis limit) {
    return switch (limit.kind()) {
      case SOURCE, DECODE, NONE ->
          "No stage limits it: handing in the sample does, so that in a run the sources or the"
              + " sinks will.";
      default -> limit.sentence();
    };
  }

  /** What the pipeline file says of the sources' pace. */
  private void pace(double recordsPerSecond) {
    double pace = explanation.samples().stream().mapToDouble(Sample::recordsPerSecond).sum();
    boolean all = explanation.samples().stream().allMatch(sample -> sample.recordsPerSecond() > 0);
    if (all && pace < recordsPerSecond) {
      lines.add(
          "In a run the sources give "
              + Figures.rate(pace)
              + " records a second: they limit it, and no change of a stage makes it faster.");
    }
  }

  private String gain(Gain gain) {
    String less =
        gain.cpuFactor() <= 0.95
            ? percent(1 - gain.cpuFactor()) + " less CPU time a record"
            : "about as much CPU time a record";
    String what =
        gain.isFaster()
            ? Figures.times(gain.factor()) + " the records a second"
            : "about as many records a second and " + less;
    return "To change in "
        + explanation.file()
        + ", for "
        + what
        + " ("
        + Figures.rate(gain.before(Round::recordsPerSecond))
        + " → "
        + Figures.rate(gain.after(Round::recordsPerSecond))
        + " records a second on the sample):";
  }
}
