package io.forebay.cli.explain;

import static io.forebay.observe.Format.count;
import static io.forebay.observe.Format.time;

import io.forebay.cli.explain.Explanation.Entry;
import io.forebay.cli.explain.StageReport.BatchPoint;
import io.forebay.cli.explain.StageReport.Place;
import io.forebay.cli.report.Figures;
import io.forebay.cli.report.HtmlPage;
import io.forebay.cli.report.Plot;
import io.forebay.cli.report.Plot.Axis;
import io.forebay.cli.report.Plot.Line;
import io.forebay.cli.report.Plot.Point;
import io.forebay.observe.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** An explanation as one page with pictures. */
public final class ExplanationHtml {
  private static final Axis ROWS = new Axis("records in a batch", true, Figures::compact);

  private final Explanation explanation;
  private final HtmlPage page;

  private ExplanationHtml(Explanation explanation, UnaryOperator<String> texts) {
    this.explanation = explanation;
    this.page = new HtmlPage("Forebay explains " + explanation.pipeline(), texts);
  }

  /**
   * The page.
   *
   * @param texts is applied to each text in it
   */
  public static String of(Explanation explanation, UnaryOperator<String> texts) {
    ExplanationHtml html = new ExplanationHtml(explanation, texts);
    ExplanationText.opening(explanation).forEach(html.page::paragraph);
    explanation.stages().forEach(html::stage);
    html.end();
    return html.page.html("Made by forebay explain.");
  }

  private void stage(Entry entry) {
    StageReport report = entry.report();
    page.heading("Stage " + report.name());
    page.lead(entry.advice().sentence());
    if (report.failure().isPresent()) {
      return;
    }
    page.paragraph(ExplanationText.evidence(report));
    report.notices().forEach(page::paragraph);
    page.table(
        List.of("the same sample", "records/s", "in the function", "to feed"),
        report.places().stream().map(place -> row(report, place)).toList());
    ExplanationText.costs(report, explanation.cores()).forEach(page::paragraph);
    if (report.batches().size() > 1) {
      page.plot(
          calls(report),
          "Shaded: calls of 5 to 50 ms, the band that pays. Dashed: the cost of a call and of each"
              + " record that fits best.");
      page.plot(each(report), "What a record costs, its share of the call included.");
    }
    report
        .scaling()
        .filter(scaling -> scaling.measured().size() > 1)
        .ifPresent(scaling ->
            page.plot(speedup(scaling), String.join(" ", ExplanationText.scaling(report))));
  }

  private static List<String> row(StageReport report, Place place) {
    return List.of(
        ExplanationText.where(report.stage(), place),
        Figures.rate(place.recordsPerSecond()),
        time(place.cost().nanosPerRecord()),
        ExplanationText.toFeed(place));
  }

  private static Plot calls(StageReport report) {
    List<Point> measured = new ArrayList<>();
    List<Point> fitted = new ArrayList<>();
    for (BatchPoint each : report.batches()) {
      measured.add(Point.of(each.rows(), each.nanos() + each.borderNanos()));
      fitted.add(
          Point.of(
              each.rows(), report.line().nanos(each.rows()) + report.border().nanos(each.rows())));
    }
    return new Plot(ROWS, new Axis("time of a call", true, Format::time))
        .band("5–50 ms", BatchPlot.BAND_FROM_NANOS, BatchPlot.BAND_TO_NANOS)
        .line(new Line("measured", measured, false))
        .line(new Line("a + b·n", fitted, true));
  }

  private static Plot each(StageReport report) {
    return new Plot(ROWS, new Axis("time of a record", true, Format::time))
        .line(new Line("function and border", points(report, BatchPoint::nanosPerRecord), false))
        .line(
            new Line("function alone", points(report, each -> each.nanos() / each.rows()), false));
  }

  private static List<Point> points(StageReport report, ToDoubleFunction<BatchPoint> value) {
    return report.batches().stream()
        .map(each -> Point.of(each.rows(), value.applyAsDouble(each)))
        .toList();
  }

  private static Plot speedup(Scaling scaling) {
    int most = 4 * scaling.measured().getLast().workers();
    DoubleFunction<String> whole = value -> count(Math.round(value));
    return new Plot(
            new Axis("workers", false, whole),
            new Axis("times as fast as one worker", false, Figures::compact))
        .line(
            new Line(
                "measured",
                scaling.measured().stream()
                    .map(each -> Point.of(each.workers(), scaling.speedup(each)))
                    .toList(),
                false))
        .line(
            new Line(
                "Amdahl's law",
                IntStream.rangeClosed(1, most)
                    .mapToObj(workers -> Point.of(workers, scaling.modelled(workers)))
                    .toList(),
                true));
  }

  private void end() {
    List<String> lines = ExplanationText.closing(explanation);
    if (lines.isEmpty()) {
      return;
    }
    page.heading("The whole pipeline");
    List<String> yaml = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith(ExplanationText.INDENT)) {
        yaml.add(line.substring(ExplanationText.INDENT.length()));
      } else {
        endOf(yaml);
        page.paragraph(line);
      }
    }
    endOf(yaml);
  }

  private void endOf(List<String> yaml) {
    if (!yaml.isEmpty()) {
      page.lines(yaml);
      yaml.clear();
    }
  }
}
