package io.forebay.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * Records a second over the size of a batch, as a picture: both axes logarithmic; where a batch
 * takes 5 to 50 ms, the curve is thick. Readable on light and on dark pages.
 */
final class BatchCurve {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 440;
  private static final int LEFT = 76;
  private static final int RIGHT = 24;
  private static final int TOP = 84;
  private static final int BOTTOM = 56;

  /** The band of the lecture, in milliseconds. */
  static final double BAND_FROM = 5;

  static final double BAND_TO = 50;

  /**
   * A measured point.
   *
   * @param batchMillis how long a worker is at a batch
   */
  record Point(int batch, double recordsPerSecond, double batchMillis) {
    static Point of(int batch, double recordsPerSecond, int workers) {
      return new Point(batch, recordsPerSecond, 1e3 * batch * workers / recordsPerSecond);
    }

    boolean inBand() {
      return batchMillis >= BAND_FROM && batchMillis <= BAND_TO;
    }
  }

  /** What one contestant reached. */
  record Curve(String name, List<Point> points) {}

  private final StringBuilder svg = new StringBuilder();
  private final double mostBatch;
  private final double least;
  private final double most;

  private BatchCurve(List<Curve> curves) {
    List<Point> all = curves.stream().flatMap(curve -> curve.points().stream()).toList();
    mostBatch = Math.max(10, all.stream().mapToInt(Point::batch).max().orElse(10));
    least =
        Math.pow(
            10,
            Math.floor(
                Math.log10(all.stream().mapToDouble(Point::recordsPerSecond).min().orElse(1))));
    most =
        Math.max(
            10 * least, 1.5 * all.stream().mapToDouble(Point::recordsPerSecond).max().orElse(10));
  }

  /** The picture. */
  static String svg(List<Curve> curves) {
    BatchCurve picture = new BatchCurve(curves);
    picture.frame();
    for (int i = 0; i < curves.size(); i++) {
      picture.curve(curves.get(i), i);
    }
    return picture.svg.append("</svg>\n").toString();
  }

  private void frame() {
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Records a second over the size of a batch">
        <style>
          .page { fill: #ffffff; stroke: #d0d7de } .ink { fill: #24292f } .grid { stroke: #d8dee4 }
          .line { fill: none; stroke-width: 1.5 } .band { fill: none; stroke-width: 12; stroke-linecap: round; opacity: 0.4 }
          .s0 { stroke: #0969da } .f0 { fill: #0969da } .s1 { stroke: #1a7f37 } .f1 { fill: #1a7f37 } .s2 { stroke: #bc4c00 } .f2 { fill: #bc4c00 }
          @media (prefers-color-scheme: dark) {
            .page { fill: #0d1117; stroke: #30363d } .ink { fill: #e6edf3 } .grid { stroke: #30363d }
            .s0 { stroke: #58a6ff } .f0 { fill: #58a6ff } .s1 { stroke: #56d364 } .f1 { fill: #56d364 } .s2 { stroke: #ffa657 } .f2 { fill: #ffa657 }
          }
        </style>
        <rect class="page" x="0.5" y="0.5" width="%d" height="%d" rx="6"/>
        """
            .formatted(WIDTH, HEIGHT, WIDTH - 1, HEIGHT - 1));
    for (double batch = 1; batch <= mostBatch * 1.001; batch *= 10) {
      double x = x(batch);
      line(x, TOP, x, HEIGHT - BOTTOM);
      text(x, HEIGHT - BOTTOM + 20, "middle", "ink", compact(batch));
    }
    for (double rate = least; rate <= most; rate *= 10) {
      double y = y(rate);
      line(LEFT, y, WIDTH - RIGHT, y);
      text(LEFT - 8, y + 4, "end", "ink", compact(rate));
    }
    text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", "ink", "records in a batch");
    text(16, 26, "start", "ink", "records a second; thick where a batch takes 5 to 50 ms");
  }

  private void curve(Curve curve, int number) {
    StringBuilder path = new StringBuilder();
    StringBuilder band = new StringBuilder();
    for (int i = 0; i < curve.points().size(); i++) {
      Point point = curve.points().get(i);
      path.append(path.isEmpty() ? "M" : "L")
          .append(point(x(point.batch()), y(point.recordsPerSecond())));
      if (i > 0) {
        band.append(inBand(curve.points().get(i - 1), point));
      }
    }
    svg.append("<path class=\"band s%d\" d=\"%s\"/>\n".formatted(number, band));
    svg.append("<path class=\"line s%d\" d=\"%s\"/>\n".formatted(number, path));
    for (Point point : curve.points()) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n",
              number,
              x(point.batch()),
              y(point.recordsPerSecond())));
    }
    double x = 16 + number * 245.0;
    svg.append(
        String.format(
            Locale.ROOT,
            "<path class=\"line s%d\" d=\"M%.1f 52h22\"/><circle class=\"f%d\" cx=\"%.1f\""
                + " cy=\"52\" r=\"3\"/>\n",
            number,
            x,
            number,
            x + 11));
    text(x + 30, 56, "start", "ink", curve.name());
  }

  /** The part of the line between two points within the band. */
  private String inBand(Point a, Point b) {
    double begin = Math.log(a.batchMillis());
    double length = Math.log(b.batchMillis()) - begin;
    double enters = (Math.log(BAND_FROM) - begin) / length;
    double leaves = (Math.log(BAND_TO) - begin) / length;
    double from = Math.clamp(Math.min(enters, leaves), 0, 1);
    double to = Math.clamp(Math.max(enters, leaves), 0, 1);
    if (!(from < to)) {
      return "";
    }
    double x = x(a.batch());
    double y = y(a.recordsPerSecond());
    double across = x(b.batch()) - x;
    double up = y(b.recordsPerSecond()) - y;
    return "M"
        + point(x + from * across, y + from * up)
        + "L"
        + point(x + to * across, y + to * up);
  }

  private void line(double x1, double y1, double x2, double y2) {
    svg.append(
        String.format(
            Locale.ROOT, "<path class=\"grid\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", x1, y1, x2, y2));
  }

  private void text(double x, double y, String anchor, String type, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
            type,
            x,
            y,
            anchor,
            text));
  }

  private static String point(double x, double y) {
    return String.format(Locale.ROOT, "%.1f %.1f", x, y);
  }

  private double x(double batch) {
    return LEFT + (WIDTH - LEFT - RIGHT) * Math.log(batch) / Math.log(mostBatch);
  }

  private double y(double rate) {
    double share = Math.log(rate / least) / Math.log(most / least);
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
  }

  private static String compact(double value) {
    return value >= 1e6
        ? Math.round(value / 1e6) + " M"
        : value >= 1e3 ? Math.round(value / 1e3) + " k" : Long.toString(Math.round(value));
  }
}
