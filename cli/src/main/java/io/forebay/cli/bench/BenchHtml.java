package io.forebay.cli.bench;

import io.forebay.cli.bench.BenchResult.OfCell;
import io.forebay.cli.bench.BenchResult.OfStage;
import io.forebay.cli.bench.BenchResult.Round;
import io.forebay.cli.report.Figures;
import io.forebay.cli.report.HtmlPage;
import io.forebay.cli.report.Plot;
import io.forebay.cli.report.Plot.Axis;
import io.forebay.cli.report.Plot.Line;
import io.forebay.cli.report.Plot.Point;
import io.forebay.observe.Format;
import io.forebay.observe.Table;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What was measured, as one page with pictures. */
public final class BenchHtml {
  private BenchHtml() {}

  /**
   * The page.
   *
   * @param texts is applied to each text in it
   */
  public static String of(BenchResult result, UnaryOperator<String> texts) {
    HtmlPage page = new HtmlPage("Forebay benchmark of " + result.pipeline(), texts);
    page.paragraph(BenchText.opening(result));
    result.notices().forEach(page::paragraph);
    for (OfStage stage : result.stages()) {
      page.heading("Stage " + stage.name());
      stage.failure().ifPresent(page::lead);
      BenchText.sentences(stage).forEach(page::lead);
      plots(stage, page);
      Table table = BenchText.table(stage);
      page.table(table.header(), table.rows());
      stage.notices().forEach(page::paragraph);
    }
    return page.html("Made by forebay bench.");
  }

  private static void plots(OfStage stage, HtmlPage page) {
    Map<String, List<OfCell>> lines =
        stage.cells().stream()
            .filter(each -> !each.rounds().isEmpty())
            .collect(
                Collectors.groupingBy(
                    each -> each.cell().line(), LinkedHashMap::new, Collectors.toList()));
    if (lines.isEmpty() || stage.configured().on().isEmpty()) {
      return;
    }
    page.plot(
        plot(lines, new Axis("records a second", true, Figures::compact), Round::recordsPerSecond),
        "The more the better. Upright: the rounds, from the least to the most.");
    page.plot(
        plot(lines, new Axis("time of a call", true, Format::time), Round::nanosPerCall)
            .band("5–50 ms", 5e6, 50e6),
        "Shaded: calls of 5 to 50 ms, the band that pays.");
  }

  private static Plot plot(
      Map<String, List<OfCell>> lines, Axis axis, ToDoubleFunction<Round> figure) {
    Plot plot = new Plot(new Axis("rows in a batch", true, Figures::compact), axis);
    lines.forEach((name, cells) ->
        plot.line(
            new Line(
                name,
                cells.stream()
                    .map(each ->
                        new Point(
                            each.median(Round::rowsPerBatch),
                            each.median(figure),
                            each.least(figure),
                            each.most(figure)))
                    .sorted(Comparator.comparingDouble(Point::x))
                    .toList(),
                false)));
    return plot;
  }
}
