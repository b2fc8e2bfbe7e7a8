package io.forebay.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.forebay.cli.report.Plot.Axis;
import io.forebay.cli.report.Plot.Line;
import io.forebay.cli.report.Plot.Point;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class PlotTest {
  private static final Axis ROWS = new Axis("rows", true, Figures::rows);
  private static final Axis SECONDS = new Axis("seconds", false, Figures::factor);

  private static String svg(Plot plot) {
    return plot.svg(UnaryOperator.identity());
  }

  private static List<Double> circles(String svg, String coordinate) {
    return Pattern.compile("<circle[^>]* " + coordinate + "=\"([0-9.]+)\"")
        .matcher(svg)
        .results()
        .map((MatchResult found) -> Double.valueOf(found.group(1)))
        .toList();
  }

  @Test
  void spaces_decades_equally_on_a_logarithmic_axis() {
    String svg =
        svg(
            new Plot(ROWS, SECONDS)
                .line(
                    new Line(
                        "a", List.of(Point.of(1, 1), Point.of(10, 2), Point.of(100, 3)), false)));
    List<Double> x = circles(svg, "cx");
    assertThat(x.get(1) - x.get(0)).isCloseTo(x.get(2) - x.get(1), offset(0.2));
    List<Double> y = circles(svg, "cy");
    assertThat(y.get(0) - y.get(1)).isCloseTo(y.get(1) - y.get(2), offset(0.2)).isPositive();
  }

  @Test
  void leaves_out_what_has_no_place_and_draws_nothing_outside() {
    String svg =
        svg(
            new Plot(ROWS, SECONDS)
                .line(
                    new Line(
                        "a",
                        List.of(Point.of(0, 1), Point.of(5, Double.NaN), Point.of(3, 4)),
                        false))
                .line(new Line("nothing", List.of(Point.of(-1, 1)), false)));
    assertThat(circles(svg, "cx")).hasSize(1);
    assertThat(svg).doesNotContain("NaN", "Infinity", "nothing");
  }

  @Test
  void shows_how_far_rounds_are_apart_only_where_they_are() {
    Line line = new Line("a", List.of(new Point(1, 5, 4, 6), Point.of(2, 5)), false);
    assertThat(svg(new Plot(ROWS, SECONDS).line(line)).split("V[0-9]", -1)).hasSize(2);
  }

  @Test
  void draws_the_axes_when_there_is_nothing_to_draw() {
    assertThat(svg(new Plot(ROWS, SECONDS))).startsWith("<svg").contains("rows", "seconds");
  }

  @Test
  void writes_nothing_but_text() {
    HtmlPage page = new HtmlPage("<b>&\"'", text -> text.replace("secret", "***"));
    page.plot(
        new Plot(ROWS, SECONDS).line(new Line("<i>secret", List.of(Point.of(1, 1)), false)),
        "</figure>\ud800");
    page.lines(List.of("<script>", "a & b"));
    page.table(List.of("x"), List.of(List.of("<td>\u0000")));
    String html = page.html("end");
    assertThat(html)
        .doesNotContain("<b>", "<i>", "secret", "<script>", "\u0000", "\ud800")
        .contains("&lt;b&gt;&amp;&quot;&#39;", "&lt;i&gt;***", "a &amp; b");
    assertThat(html.split("</figure>", -1)).hasSize(2);
  }
}
