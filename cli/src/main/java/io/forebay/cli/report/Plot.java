package io.forebay.cli.report;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Lines over two axes, as SVG that stands within a page of {@link HtmlPage}, whose colours it has.
 * Points that have no place on a logarithmic axis, because they are not positive, are left out.
 */
public final class Plot {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 330;
  private static final int LEFT = 74;
  private static final int RIGHT = 16;
  private static final int BOTTOM = 46;
  private static final int LEGEND_LINE = 20;
  private static final int COLOURS = 6;

  /**
   * An axis.
   *
   * @param label what it shows, with its unit
   * @param tick how a number on it is written
   */
  public record Axis(String label, boolean logarithmic, DoubleFunction<String> tick) {}

  /**
   * A point.
   *
   * @param low the least that was measured there, shown if it is not {@code y}
   * @param high the most
   */
  public record Point(double x, double y, double low, double high) {
    /** That was measured once. */
    public static Point of(double x, double y) {
      return new Point(x, y, y, y);
    }
  }

  /**
   * A line through points, from the left to the right.
   *
   * @param modelled computed, not measured: dashed, without its points
   */
  public record Line(String name, List<Point> points, boolean modelled) {}

  private record Band(String label, double from, double to) {}

  private final Axis x;
  private final Axis y;
  private final List<Line> lines = new ArrayList<>();
  private final List<Band> bands = new ArrayList<>();

  /** A picture without lines; its title is what the upright axis shows. */
  public Plot(Axis x, Axis y) {
    this.x = x;
    this.y = y;
  }

  /** Adds a line; empty ones are left out. */
  public Plot line(Line line) {
    List<Point> shown =
        line.points.stream().filter(point -> hasPlace(x, point.x) && hasPlace(y, point.y)).toList();
    if (!shown.isEmpty()) {
      lines.add(new Line(line.name, shown, line.modelled));
    }
    return this;
  }

  /** Marks what lies between two values of the upright axis. */
  public Plot band(String label, double from, double to) {
    bands.add(new Band(label, from, to));
    return this;
  }

  private static boolean hasPlace(Axis axis, double value) {
    return Double.isFinite(value) && (!axis.logarithmic || value > 0);
  }

  /** The picture; {@code texts} makes text of what is written into it. */
  String svg(UnaryOperator<String> texts) {
    return new Drawing(this, texts).svg();
  }

  /** From where to where an axis goes, and its ticks. */
  private record Scale(Axis axis, double from, double to, double start, double end) {
    static Scale of(Axis axis, DoubleStream values, double start, double end) {
      double[] all = values.filter(value -> hasPlace(axis, value)).toArray();
      double least = DoubleStream.of(all).min().orElse(1);
      double most = DoubleStream.of(all).max().orElse(1);
      if (axis.logarithmic) {
        double from = Math.pow(10, Math.floor(Math.log10(least) + 1e-9));
        double to = Math.pow(10, Math.ceil(Math.log10(most) - 1e-9));
        return new Scale(axis, from, to > from ? to : 10 * from, start, end);
      }
      double from = Math.min(0, least);
      return new Scale(
          axis, from, most > from ? most + (most - from) * 0.04 : from + 1, start, end);
    }

    double at(double value) {
      double share =
          axis.logarithmic
              ? Math.log(value / from) / Math.log(to / from)
              : (value - from) / (to - from);
      return start + Math.clamp(share, 0, 1) * (end - start);
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      if (axis.logarithmic) {
        double decades = Math.rint(Math.log10(to / from));
        for (int i = 0; i <= decades; i += decades > 6 ? 2 : 1) {
          ticks.add(from * Math.pow(10, i));
        }
        return ticks;
      }
      double step = step((to - from) / 6);
      for (double i = Math.ceil(from / step); i * step <= to; i++) {
        ticks.add(i * step);
      }
      return ticks;
    }

    /** 1, 2 or 5 times a power of ten, at least so much. */
    private static double step(double least) {
      double decade = Math.pow(10, Math.floor(Math.log10(least)));
      return Stream.of(1, 2, 5)
          .mapToDouble(digit -> digit * decade)
          .filter(step -> step >= least)
          .findFirst()
          .orElse(10 * decade);
    }
  }

  private static final class Drawing {
    private final Plot plot;
    private final UnaryOperator<String> texts;
    private final StringBuilder svg = new StringBuilder();
    private final Scale across;
    private final Scale up;
    private final int top;

    Drawing(Plot plot, UnaryOperator<String> texts) {
      this.plot = plot;
      this.texts = texts;
      this.top = 34 + LEGEND_LINE * ((plot.lines.size() + 2) / 3);
      this.across = Scale.of(plot.x, points().mapToDouble(Point::x), LEFT, WIDTH - (double) RIGHT);
      this.up =
          Scale.of(
              plot.y,
              points().flatMapToDouble(point -> DoubleStream.of(point.low, point.y, point.high)),
              HEIGHT - (double) BOTTOM,
              top);
    }

    private Stream<Point> points() {
      return plot.lines.stream().flatMap(line -> line.points.stream());
    }

    String svg() {
      add(
          "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\" font-size=\"12\""
              + " fill=\"var(--ink)\">",
          WIDTH, HEIGHT, texts.apply(plot.y.label));
      add("<text x=\"8\" y=\"18\" font-weight=\"600\">%s</text>", texts.apply(plot.y.label));
      plot.bands.forEach(this::band);
      axes();
      for (int i = 0; i < plot.lines.size(); i++) {
        line(plot.lines.get(i), "var(--c" + i % COLOURS + ")");
        legend(i);
      }
      add("</svg>");
      return svg.toString();
    }

    private void band(Band band) {
      double from = up.at(band.to);
      double height = up.at(band.from) - from;
      if (height > 0) {
        add(
            "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"var(--c1)\""
                + " opacity=\".16\"/>",
            LEFT, from, WIDTH - LEFT - RIGHT, height);
        text(WIDTH - RIGHT - 6.0, from + 14, "end", band.label);
      }
    }

    private void axes() {
      for (double tick : across.ticks()) {
        double at = across.at(tick);
        grid(at, top, at, HEIGHT - BOTTOM);
        text(at, HEIGHT - BOTTOM + 17.0, "middle", plot.x.tick.apply(tick));
      }
      for (double tick : up.ticks()) {
        double at = up.at(tick);
        grid(LEFT, at, WIDTH - RIGHT, at);
        text(LEFT - 7.0, at + 4, "end", plot.y.tick.apply(tick));
      }
      text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10.0, "middle", plot.x.label);
    }

    private void line(Line line, String colour) {
      StringBuilder path = new StringBuilder();
      for (Point point : line.points) {
        path.append(path.isEmpty() ? 'M' : 'L')
            .append(String.format(Locale.ROOT, "%.1f %.1f", across.at(point.x), up.at(point.y)));
      }
      add(
          "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"%s/>",
          path, colour, line.modelled ? " stroke-dasharray=\"5 4\"" : "");
      if (line.modelled || line.points.size() > 60) {
        return;
      }
      for (Point point : line.points) {
        double at = across.at(point.x);
        if (point.low < point.high && hasPlace(plot.y, point.low)) {
          add(
              "<path d=\"M%.1f %.1fV%.1f\" stroke=\"%s\" stroke-width=\"1.2\"/>",
              at, up.at(point.low), up.at(point.high), colour);
        }
        add(
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"><title>%s: %s, %s</title>"
                + "</circle>",
            at,
            up.at(point.y),
            colour,
            texts.apply(line.name),
            texts.apply(plot.x.tick.apply(point.x)),
            texts.apply(plot.y.tick.apply(point.y)));
      }
    }

    /** Three names a line. */
    private void legend(int index) {
      double at = 12 + (index % 3) * ((WIDTH - 24) / 3.0);
      double height = 38 + LEGEND_LINE * (index / 3);
      Line line = plot.lines.get(index);
      add(
          "<path d=\"M%.1f %.1fh18\" stroke=\"var(--c%d)\" stroke-width=\"3\"%s/>",
          at, height - 4, index % COLOURS, line.modelled ? " stroke-dasharray=\"5 4\"" : "");
      text(at + 23, height, "start", line.name);
    }

    private void grid(double fromX, double fromY, double toX, double toY) {
      add("<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"var(--line)\"/>", fromX, fromY, toX, toY);
    }

    private void text(double atX, double atY, String anchor, String text) {
      add(
          "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
          atX, atY, anchor, texts.apply(text));
    }

    @FormatMethod
    private void add(String format, Object... values) {
      svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
  }
}
