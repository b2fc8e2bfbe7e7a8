package io.forebay.cli.report;

import io.forebay.cli.report.Plot.Axis;
import io.forebay.cli.report.Plot.Line;
import io.forebay.cli.report.Plot.Point;
import io.forebay.observe.Diagnosis;
import io.forebay.observe.Format;
import io.forebay.observe.Recent;
import io.forebay.observe.Summary;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.StageSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/** A run as one page: what limited it, how it got on, and its tables. */
public final class RunReport {
  private static final Axis SECONDS = new Axis("seconds since the start", false, Figures::compact);

  /** More lines than that cannot be told apart. */
  private static final int MOST_LINES = 6;

  /** The pipeline between two snapshots. */
  private record Step(double seconds, PipelineSnapshot at, Recent recent) {}

  private final Summary summary;
  private final List<Step> steps;
  private final HtmlPage page;

  private RunReport(Summary summary, List<Step> steps, UnaryOperator<String> texts) {
    this.summary = summary;
    this.steps = steps;
    this.page = new HtmlPage(summary.run().name() + ": " + summary.outcome(), texts);
  }

  /**
   * The page.
   *
   * @param history of the run
   * @param texts is applied to each text in it
   */
  public static String of(Summary summary, RunHistory history, UnaryOperator<String> texts) {
    RunReport report = new RunReport(summary, steps(history, summary.run()), texts);
    report.outcome();
    report.causes();
    report.plots();
    report.tables();
    return report.page.html("Made by forebay run --report.");
  }

  private static List<Step> steps(RunHistory history, PipelineSnapshot last) {
    List<PipelineSnapshot> taken = new ArrayList<>(history.taken());
    taken.add(last);
    List<Step> steps = new ArrayList<>();
    PipelineSnapshot before = taken.getFirst();
    for (PipelineSnapshot at : taken.subList(1, taken.size())) {
      if (at.elapsed().compareTo(before.elapsed()) > 0) {
        steps.add(new Step(at.elapsed().toNanos() / 1e9, at, Recent.between(before, at)));
        before = at;
      }
    }
    return steps;
  }

  private void outcome() {
    page.lead(summary.verdict());
    if (!summary.reason().isEmpty()) {
      page.paragraph(summary.reason());
    }
    summary.account().forEach(page::paragraph);
  }

  private void causes() {
    page.heading("What limited it");
    for (Diagnosis cause : summary.causes()) {
      page.paragraph(
          cause.kind().label()
              + " ("
              + cause.part()
              + "), "
              + Format.percent(cause.share())
              + " of the time"
              + (cause.sentence().equals(summary.verdict()) ? "" : ": " + cause.sentence()));
      if (!cause.advice().isEmpty()) {
        page.lines(cause.advice().lines().toList());
      }
    }
  }

  private void plots() {
    if (steps.isEmpty()) {
      return;
    }
    page.heading("How it got on");
    page.plot(
        new Plot(SECONDS, new Axis("records a second", false, Figures::compact))
            .line(line("read", step -> step.recent().readPerSecond()))
            .line(line("committed", step -> step.recent().donePerSecond())),
        "Records are committed in groups.");
    page.plot(
        new Plot(SECONDS, new Axis("slots under way", false, Figures::compact))
            .line(line("slots", step -> step.at().slots() - (double) step.at().slotsFree())),
        "The forebay has " + Format.count(summary.run().slots()) + ".");
    ofStages("busy share of the workers", Format::percent, Recent.Stage::busyShare);
    ofStages("records in a batch", Figures::compact, Recent.Stage::rowsPerBatch);
    ofStages("time of a batch in the function", Format::time, stage -> stage.serviceMs() * 1e6);
  }

  private void ofStages(
      String label, DoubleFunction<String> tick, ToDoubleFunction<Recent.Stage> value) {
    List<StageSnapshot> stages = summary.run().stages();
    if (stages.isEmpty()) {
      return;
    }
    Plot plot = new Plot(SECONDS, new Axis(label, false, tick));
    for (int i = 0; i < Math.min(stages.size(), MOST_LINES); i++) {
      int index = i;
      plot.line(
          line(
              stages.get(i).name(),
              step -> value.applyAsDouble(step.recent().stages().get(index))));
    }
    page.plot(
        plot,
        stages.size() <= MOST_LINES
            ? "By stage."
            : "The first " + MOST_LINES + " of " + stages.size() + " stages.");
  }

  private Line line(String name, ToDoubleFunction<Step> value) {
    return new Line(
        name,
        steps.stream().map(step -> Point.of(step.seconds(), value.applyAsDouble(step))).toList(),
        false);
  }

  private void tables() {
    page.heading("Parts");
    summary.tables().forEach(table -> page.table(table.header(), table.rows()));
  }
}
